"""A SavedModel folder: a graph, so it is opened only when trusted."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fer_xai.errors import InputError


def read_saved_model(path: Path, trust_model: bool, input_shape: Sequence[int] | None = None) -> Any:
    """The Keras model in a SavedModel.

    A folder that Keras 2 wrote gives its layers back, where tf_keras is there. Of any other, only the serving
    signature is known: gradients pass through it, its layers are not seen.

    Raises
    ------
    InputError
        If the folder is no SavedModel, is not trusted, or has no signature with one image as its input.
    """
    if not (path / "saved_model.pb").exists():
        raise InputError(f"{path} is a folder without saved_model.pb: give a SavedModel folder or a model file")
    if not trust_model:
        raise InputError(f"{path} is a SavedModel, whose graph is code: pass --trust-model if you trust its source")
    if (path / "keras_metadata.pb").exists() and importlib.util.find_spec("tf_keras") is not None:
        import tf_keras

        # Layers of the user's own may not come back; the signature always does. tf_keras raises anything at all.
        with contextlib.suppress(Exception):
            return tf_keras.saving.load_model(str(path), compile=False)
    return _around_signature(path, input_shape)


def _around_signature(path: Path, input_shape: Sequence[int] | None) -> Any:
    import keras
    import tensorflow as tf

    signatures = tf.saved_model.load(str(path)).signatures
    if "serving_default" not in signatures:
        raise InputError(f"{path} has no signature serving_default, only {', '.join(signatures) or 'none'}")
    specs = list(signatures["serving_default"].structured_input_signature[1].values())
    if len(specs) != 1 or not specs[0].dtype.is_floating:
        takes = ", ".join(f"{spec.dtype.name} {spec.shape}" for spec in specs) or "nothing"
        raise InputError(f"{path} takes {takes}; a classifier of faces has one image input of floating point numbers")
    shape = specs[0].shape[1:] if specs[0].shape.rank else input_shape
    if shape is None:
        raise InputError(f"{path} does not tell its input's shape: give it (input_shape=…, --input-shape 48x48x1)")
    inputs = keras.Input(tuple(shape), dtype=specs[0].dtype.name)
    outputs = keras.layers.TFSMLayer(str(path), call_endpoint="serving_default")(inputs)
    # A signature's outputs come in another order in every process.
    return keras.Model(inputs, {name: outputs[name] for name in sorted(outputs)}, name=path.name)
