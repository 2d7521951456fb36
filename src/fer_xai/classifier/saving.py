"""A classifier as a file: the model whole or not at all, and beside it what it must be told when it is opened."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from fer_xai.atomic import partial_file
from fer_xai.classifier.classifier import Classifier
from fer_xai.classifier.memory import remember
from fer_xai.errors import InputError

_WEIGHTS = "model.weights.h5"


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
    with partial_file(path, ".keras") as partial:
        classifier.model.save(partial)
    return remember(path, classifier)


def halve(path: str | Path) -> None:
    """Round the weights in a ``.keras`` file to half precision, in place: half the size.

    The model is as before, in float32, when the file is opened: only its weights have lost their last digits.

    Raises
    ------
    InputError
        If the file is no ``.keras`` file of Keras 3, or a weight is too large for half precision (65,504).
    """
    path = Path(path)
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial.keras")
    try:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                content = old.read(name)
                # A stamp of its own, not the clock's: the same model gives the same bytes.
                new.writestr(
                    zipfile.ZipInfo(name), _half(content) if name == _WEIGHTS else content, zipfile.ZIP_DEFLATED
                )
        os.replace(partial, path)
    except (zipfile.BadZipFile, FileNotFoundError) as error:
        raise InputError(f"{path} is no .keras file of Keras 3: its weights cannot be halved") from error
    finally:
        partial.unlink(missing_ok=True)


def _half(weights: bytes) -> bytes:
    import h5py

    rounded = io.BytesIO()
    with h5py.File(io.BytesIO(weights)) as old, h5py.File(rounded, "w") as new:

        def copy(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                new.create_dataset(name, data=_round(item[()]))
            else:
                new.require_group(name)
            new[name].attrs.update(item.attrs)

        new.attrs.update(old.attrs)
        old.visititems(copy)
    return rounded.getvalue()


def _round(values: np.ndarray) -> np.ndarray:
    if values.dtype != np.float32:
        return values
    if np.abs(values).max(initial=0) > np.finfo(np.float16).max:
        raise InputError(f"a weight of {np.abs(values).max():g} is too large for half precision")
    return values.astype(np.float16)


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
