"""A classifier as a file: the model whole or not at all, and beside it what it must be told when it is opened."""

from __future__ import annotations

import os
from pathlib import Path

from fer_xai.classifier.classifier import Classifier
from fer_xai.classifier.memory import remember
from fer_xai.errors import InputError


def save_classifier(classifier: Classifier, path: str | Path) -> Path:
    """Write a Keras 3 classifier to a ``.keras`` file, and its settings to ``MODEL.fer-xai.json``.

    Parameters
    ----------
    classifier : Classifier
    path : path
        Ends in ``.keras``.

    Returns
    -------
    Path
        Where the settings were written.

    Raises
    ------
    InputError
        If the name ends otherwise, the place cannot be written, or it is no model of Keras 3.
    """
    path = Path(path)
    check_place(path)
    if classifier.model is None or not type(classifier.model).save.__module__.startswith("keras."):
        raise InputError(f"{classifier.name} is no model of Keras 3: it cannot be written as .keras")
    # Keras insists on the ending.
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial.keras")
    try:
        classifier.model.save(partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return remember(path, classifier)


def check_place(path: Path) -> None:
    """Make sure, without writing, that a model file can be written there.

    Raises
    ------
    InputError
        If the name does not end in ``.keras``, or its folder is missing or cannot be written.
    """
    if path.suffix != ".keras":
        raise InputError(f"--out {path}: expected a name that ends in .keras")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"--out {path} cannot be written: give a file in a folder that exists and can be written")
