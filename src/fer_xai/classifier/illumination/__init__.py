"""Illumination corrections: named Keras layers in front of a model, inside the traced program.

One file per treatment in ``treatments/``: a module with ``LAYER``, an `IlluminationLayer`. Explanations thus include
the treatment: maps and gradients live on the face as it was before.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from fer_xai.errors import unknown

_TREATMENTS = f"{__name__}.treatments"


def list_treatments() -> tuple[str, ...]:
    """Names of all treatments."""
    folder = importlib.import_module(_TREATMENTS)
    return tuple(sorted(module.name for module in pkgutil.iter_modules(folder.__path__)))


def illumination_layer(name: str) -> Any:
    """A new Keras layer of the treatment `name`, from faces (N, H, W, 1 or 3) in [0, 1] to such faces.

    Raises
    ------
    InputError
        If there is no such treatment.
    """
    if name not in list_treatments():
        raise unknown("illumination", name, list_treatments())
    return importlib.import_module(f"{_TREATMENTS}.{name}").LAYER(name=f"illumination_{name}")


def registered_names() -> frozenset[str]:
    """Names under which Keras knows these layers in model files; they are registered by this call."""
    import keras

    modules = [importlib.import_module(f"{_TREATMENTS}.{name}") for name in list_treatments()]
    return frozenset(keras.saving.get_registered_name(module.LAYER) for module in modules)
