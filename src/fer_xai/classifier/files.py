"""Open a model file without running anything that is inside it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from fer_xai.classifier.bundled import list_classifiers
from fer_xai.classifier.refusal import refuse_code
from fer_xai.classifier.saved_model import read_saved_model
from fer_xai.classifier.storage import refuse_storage
from fer_xai.classifier.weights import build_and_fill
from fer_xai.errors import InputError, first_line

SUFFIXES = (".keras", ".h5", ".hdf5")


def check_path(path: Path) -> None:
    """Refuse what is not there, or cannot be a model by its name."""
    if not path.exists():
        bundled, near = " or ".join(list_classifiers()), get_close_matches(path.name, list_classifiers(), n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ":"
        raise InputError(
            f"no model at {path}{meant} give a .keras, .h5 or .hdf5 file, a SavedModel folder, or a bundled one "
            f"by name ({bundled})"
        )
    if not path.is_dir() and path.suffix not in SUFFIXES:
        raise InputError(f"{path} is no model file: expected .keras, .h5 or .hdf5, or a SavedModel folder")


def read_model(
    path: Path,
    trust_model: bool = False,
    builder: Callable[[], Any] | None = None,
    input_shape: Sequence[int] | None = None,
) -> Any:
    """The Keras model in a file or folder, of Keras 3 or, where that cannot read it, of Keras 2 (tf_keras).

    See `fer_xai.load_classifier` for the arguments and what is refused.
    """
    check_path(path)
    if path.is_dir():
        return read_saved_model(path, trust_model, input_shape)
    refuse_storage(path)
    if builder is not None:
        return build_and_fill(path, builder, input_shape)
    if not trust_model:
        refuse_code(path)
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=not trust_model)
    # Keras raises whatever its readers raise (OSError, KeyError, TypeError, zipfile's own): all mean an unusable file.
    except Exception as error:
        return _read_with_keras_2(path, trust_model, error)


def _read_with_keras_2(path: Path, trust_model: bool, refusal: Exception) -> Any:
    why = f"{path} cannot be read as a Keras model: {first_line(refusal)}"
    if importlib.util.find_spec("tf_keras") is None:
        raise InputError(f"{why} (if Keras 2 wrote it: pip install 'fer-xai[keras2]')") from refusal
    import tf_keras

    try:
        return tf_keras.saving.load_model(str(path), compile=False, safe_mode=not trust_model)
    # As with Keras 3: whatever is raised, the file cannot be used.
    except Exception as error:
        raise InputError(f"{why}; nor by Keras 2: {first_line(error)}") from error
