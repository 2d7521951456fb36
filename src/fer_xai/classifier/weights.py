"""Weights without an architecture: the user's builder makes the model, the file fills it."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from fer_xai.errors import InputError


def build_and_fill(path: Path, builder: Callable[[], Any], input_shape: Sequence[int] | None = None) -> Any:
    """Build a model and read all its weights from a file; nothing else in the file is looked at.

    Parameters
    ----------
    path : Path
        ``.weights.h5``, or a whole ``.keras`` / ``.h5`` file.
    builder : callable
        Gives the Keras model, without arguments.
    input_shape : tuple, optional
        (H, W, C), for a builder whose model is not built.

    Raises
    ------
    InputError
        If the builder fails or gives no model, or the weights are not exactly the model's.
    """
    called = getattr(builder, "__name__", "the builder")
    try:
        model = builder()
    # The builder is the user's own code: what it raises is told in one line, with the cause kept.
    except Exception as error:
        raise InputError(f"{called}() failed: {type(error).__name__}: {error}") from error
    if not hasattr(model, "load_weights"):
        raise InputError(f"{called}() gave {type(model).__name__}; expected a keras.Model")
    _build(model, called, input_shape)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model.load_weights(str(path))
    # Keras tells a mismatch by ValueError, KeyError, OSError or a warning, depending on the format.
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(f"the weights in {path} do not fit the model of {called}(): {reason}") from error
    _refuse_leftovers(path, model, called)
    return model


def _build(model: Any, called: str, input_shape: Sequence[int] | None) -> None:
    if model.built:
        return
    if input_shape is None:
        raise InputError(
            f"the model of {called}() is not built: give its input (input_shape=(48, 48, 1), --input-shape 48x48x1)"
        )
    import numpy as np

    model(np.zeros((1, *input_shape), np.float32))


def _refuse_leftovers(path: Path, model: Any, called: str) -> None:
    """Keras looks for the model's layers in the file, and would not notice that the file knows more."""
    in_file, in_model = _count(path), len(model.weights)
    if in_file != in_model:
        raise InputError(
            f"the weights in {path} do not fit the model of {called}(): "
            f"the file holds {in_file} arrays, the model has {in_model}"
        )


def _count(path: Path) -> int:
    """Number of weight arrays in a file; those of the optimizer, the metrics and random seeds are no weights."""
    import h5py

    names: list[str] = []
    with _weights_of(path) as opened, h5py.File(opened) as file:
        root = file.get("model_weights", file)
        root.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
    return sum(not any(part in name for part in ("optimizer", "seed_generator", "metrics")) for name in names)


def _weights_of(path: Path) -> IO[bytes]:
    """The HDF5 file with the weights: the file itself, or the one inside a ``.keras`` archive."""
    if path.suffix != ".keras":
        return path.open("rb")
    with zipfile.ZipFile(path) as archive:
        return io.BytesIO(archive.read("model.weights.h5"))
