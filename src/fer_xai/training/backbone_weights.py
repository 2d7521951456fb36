"""Weights for a backbone: downloaded by Keras, or from a file in any of the layouts people have."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from fer_xai.classifier.refusal import refuse_code
from fer_xai.classifier.storage import refuse_storage
from fer_xai.errors import InputError, first_line
from fer_xai.training.backbones import Backbone, bare

_STORE = "https://storage.googleapis.com/tensorflow/keras-applications/"
_PATIENCE = 10.0

Layers = list[tuple[str, list[np.ndarray]]]


def fill_backbone(net: keras.Model, backbone: Backbone, source: str) -> None:
    """Give the backbone inside `net` its weights.

    Parameters
    ----------
    net : keras.Model
    backbone : Backbone
    source : str
        ``imagenet`` (Keras downloads them once), ``none`` (they stay random), or a file: Keras's own ``.h5``,
        ``.weights.h5``, a whole model as ``.keras`` or ``.h5``, each with or without a top.

    Raises
    ------
    InputError
        If nothing can be downloaded, or the file is missing or holds another net.
    """
    if source == "none":
        return
    inner = net.get_layer(backbone.name)
    if source == "imagenet":
        inner.set_weights(_download(backbone).get_weights())
    else:
        _read(inner, Path(source), backbone)


def _download(backbone: Backbone) -> keras.Model:
    if not backbone.download:
        raise InputError(
            f"{backbone.name} has no weights that can be downloaded: give them with --backbone-weights PATH, "
            "or none for random weights"
        )
    with _impatient_sockets(), contextlib.redirect_stdout(sys.stderr):
        try:
            if not _is_cached(backbone):
                _refuse_offline()
            return bare(backbone, "imagenet")
        # Keras wraps whatever goes wrong on the way in plain exceptions.
        except Exception as error:
            raise InputError(
                f"ImageNet weights of {backbone.name} cannot be downloaded ({first_line(error)}): "
                "give a file with --backbone-weights PATH, or none for random weights"
            ) from error


@contextlib.contextmanager
def _impatient_sockets() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _is_cached(backbone: Backbone) -> bool:
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    return any(file.name.replace("_", "").startswith(backbone.name) for file in (home / "models").glob("*notop*.h5"))


def _refuse_offline() -> None:
    """Ask the store for an answer, in a thread of its own: looking up a name has no time limit."""
    failed: list[BaseException] = [TimeoutError(f"no answer within {_PATIENCE:.0f} seconds")]

    def ask() -> None:
        try:
            urllib.request.urlopen(urllib.request.Request(_STORE, method="HEAD"), timeout=_PATIENCE).close()
        except urllib.error.HTTPError:
            failed.clear()  # an answer, if not to a useful question
        except OSError as error:
            failed[0] = error
        else:
            failed.clear()

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    if failed:
        raise failed[0]


def _read(inner: keras.Model, path: Path, backbone: Backbone) -> None:
    if not path.is_file():
        raise InputError(f"no backbone weights at {path}: give a file, imagenet, or none for random weights")
    refuse_storage(path)
    if path.name.endswith(".weights.h5") and _load(inner, path):
        return
    for arrays in _orders(_stored(path), inner):
        for variables in (inner.weights, [*inner.trainable_weights, *inner.non_trainable_weights]):
            if [tuple(v.shape) for v in variables] == [a.shape for a in arrays[: len(variables)]]:
                for variable, array in zip(variables, arrays, strict=False):
                    variable.assign(array)
                return
    raise InputError(f"{path} does not hold the weights of {backbone.name}: give another file, or none")


def _load(inner: keras.Model, path: Path) -> bool:
    """Let Keras read its own layout; what stands in the file after the last layer, such as a top, is left."""
    before = inner.get_weights()
    try:
        inner.load_weights(path)
    # Keras raises whatever its readers raise; another layout may fit.
    except Exception:
        inner.set_weights(before)
        return False
    return True


def _orders(stored: Layers, inner: keras.Model) -> Iterator[list[np.ndarray]]:
    """The file's arrays as they may belong to the net's: by the names of layers, else one after the other."""
    by_name = {name.replace("/", "_"): arrays for name, arrays in stored}
    wanted = [layer.name for layer in inner.layers if layer.weights]
    if not any(_is_automatic(name) for name in wanted) and all(name in by_name for name in wanted):
        yield [array for name in wanted for array in by_name[name]]
    yield [array for _, arrays in stored for array in arrays]


def _is_automatic(name: str) -> bool:
    """Whether Keras numbered the layer itself, so that its name says nothing."""
    return name.rstrip("0123456789").rstrip("_") in ("conv2d", "batch_normalization", "dense", "normalization")


def _stored(path: Path) -> Layers:
    """Each layer's name and arrays, in the file's order; nested models count as one layer."""
    if path.suffix == ".keras":
        refuse_code(path)
        return _of_model(_opened(path))
    try:
        with h5py.File(path) as file:
            group = file.get("model_weights", file)
            if "layer_names" in group.attrs:
                return [(_text(name), _arrays(group[_text(name)])) for name in group.attrs["layer_names"]]
    except (OSError, KeyError) as error:
        raise InputError(f"{path} cannot be read as weights: {first_line(error)}") from error
    raise InputError(f"{path} holds no weights in a layout of Keras: expected .h5, .weights.h5 or .keras")


def _opened(path: Path) -> keras.Model:
    try:
        return keras.saving.load_model(path, compile=False)
    # As above: whatever is raised, the file cannot be used.
    except Exception as error:
        raise InputError(f"{path} cannot be read as a Keras model: {first_line(error)}") from error


def _of_model(model: keras.Model) -> Layers:
    """A whole model's layers, those of a backbone inside it in its place."""
    found: Layers = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += _of_model(layer)
        elif layer.weights:
            found.append((layer.name, [np.asarray(array) for array in layer.get_weights()]))
    return found


def _arrays(group: Any) -> list[np.ndarray]:
    names: Sequence[Any] = group.attrs.get("weight_names", ())
    return [np.asarray(group[_text(name)]) for name in names]


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)
