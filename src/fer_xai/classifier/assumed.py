"""What nobody said of a model and was therefore assumed: most wrong explanations start there."""

from __future__ import annotations

import logging
import re
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fer_xai.classifier.classifier import Classifier

LOGGER = "fer_xai.classifier"

_told: weakref.WeakSet[Any] = weakref.WeakSet()

# How the pixels of Keras's own backbones are scaled (keras.applications), by the beginning of their names.
_CONVENTIONS = {
    "resnet50v2": "tf",
    "resnet": "caffe",
    "vgg": "caffe",
    "inception": "tf",
    "xception": "tf",
    "mobilenet": "tf",
    "efficientnet": "raw",
}


def tell_what_is_assumed(classifier: Classifier, path: Path | None = None) -> None:
    """Log, once for each model, which of its settings nobody said, and how to find them out.

    Parameters
    ----------
    classifier : Classifier
    path : path, optional
        Its file, where it has one.
    """
    if not classifier.assumed or classifier.model in _told:
        return
    _told.add(classifier.model)
    values = {"scaling": classifier.scaling, "emotions": " ".join(classifier.emotions)}
    told = ", ".join(f"{name} {values[name]}" for name in classifier.assumed)
    find_out = f", or find out from labelled faces: fer-xai inspect {path} --data FACES" if path else ""
    name = path.name if path else classifier.name
    said = " ".join(part for part in (f"assumed of {name}: {told}.", made_for(classifier)) if part)
    logging.getLogger(LOGGER).warning(f"{said} Say what training did{find_out}")


def made_for(classifier: Classifier) -> str:
    """Which scaling a backbone inside the model is usually given, where that is another one than was assumed."""
    from fer_xai.classifier.taps import models_in

    if "scaling" not in classifier.assumed:
        return ""
    for name in (re.sub(r"_\d+$", "", model.name.lower()) for model in models_in(classifier.model)):
        usual = next((scaling for begin, scaling in _CONVENTIONS.items() if name.startswith(begin)), classifier.scaling)
        if usual != classifier.scaling:
            return f"Its {name}, if it is Keras's, is usually given scaling {usual}."
    return ""
