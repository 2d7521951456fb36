"""Refuse a model file that holds code, by reading its configuration before anything of it is built."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fer_xai.classifier.illumination import registered_names
from fer_xai.errors import InputError

# Objects that run code from inside the file, from a place that it names, or any TensorFlow operation it likes.
_CODE = frozenset(
    {
        *("Lambda", "__lambda__", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
        *("TensorFlowOpLayer", "ClassMethod", "InstanceMethod"),
    }
)
# Keras 2 stores each bare TensorFlow call as a layer that names the function. These only compute.
_OPERATION_LAYERS = frozenset({"TFOpLambda", "SlicingOpLambda"})
_COMPUTES = re.compile(
    r"(compat\.v1\.)?((math|nn|linalg|__operators__)\.\w+|image\.(resize\w*|rgb_to_\w+|grayscale_to_rgb|adjust_\w+)"
    r"|reshape|concat|stack|unstack|split|cast|transpose|expand_dims|squeeze|tile|pad|slice|strided_slice|shape|identity"
    r"|(zeros|ones)_like|reverse|repeat|gather|gather_nd|one_hot|clip_by_value|where|convert_to_tensor|broadcast_to)"
)
# A configuration may name any module to import an object from; these hold nothing but layers and their parts.
_KERAS_MODULES = re.compile(
    r"builtins|(tf_)?keras(_hub|_cv|_nlp)?(\.src)?(\.engine|\.mixed_precision|\.dtype_policies)?"
    r"(\.(layers|models|initializers|activations|regularizers|constraints|losses|metrics|optimizers|functional"
    r"|sequential|training|input_layer|policy|dtype_policy|dtype_policies|mixed_precision)(\.\w+)*)?"
)


def refuse_code(path: Path) -> None:
    """Refuse a ``.keras`` or ``.h5`` file whose configuration names anything that is code.

    Raises
    ------
    InputError
        If it does, or if the file has no readable configuration.
    """
    for part in _objects(_configuration(path)):
        kind = str(part["class_name"])
        inner = part.get("config")
        if kind in _CODE:
            raise _refused(path, f"a {kind.strip('_')} layer")
        if kind in _OPERATION_LAYERS:
            function = str(inner.get("function")) if isinstance(inner, dict) else "?"
            if not _COMPUTES.fullmatch(function):
                raise _refused(path, f"a call of tf.{function}")
        module = part.get("module")
        if _names_ours(part):
            if (part.get("registered_name") or kind) not in registered_names():
                raise InputError(
                    f"{path} names {module}.{kind}, which is no layer that fer-xai saves in models: pass --trust-model "
                    "if you trust the file's source"
                )
            continue
        if module is not None and not _KERAS_MODULES.fullmatch(str(module)) and not _is_registered(part):
            raise InputError(
                f"{path} names {module}.{kind}, which is code outside Keras: give the function that builds the model "
                "(builder=…, --builder FILE.py:FUNCTION), or pass --trust-model if you trust the file's source"
            )


def _refused(path: Path, what: str) -> InputError:
    return InputError(f"{path} holds {what}, which is code: pass --trust-model if you trust its source")


def _names_ours(part: dict[str, Any]) -> bool:
    """Whether an object claims to be of this package; in the older ``.h5`` form its name alone says so."""
    module = str(part.get("module")).split(".")[0]
    names = (str(part.get("registered_name")), str(part["class_name"]))
    return module == "fer_xai" or any(name.startswith("fer_xai>") for name in names)


def _is_registered(part: dict[str, Any]) -> bool:
    """Whether this process knows the object already: then Keras takes that one and imports nothing."""
    import keras

    return keras.saving.get_registered_object(part.get("registered_name") or str(part["class_name"])) is not None


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Every object in a configuration, however deep."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        for inner in config.values():
            yield from _objects(inner)
    elif isinstance(config, list):
        for inner in config:
            yield from _objects(inner)


def _configuration(path: Path) -> Any:
    import zipfile

    import h5py

    try:
        if path.suffix == ".keras":
            with zipfile.ZipFile(path) as archive:
                return json.loads(archive.read("config.json"))
        with h5py.File(path) as file:
            config = file.attrs.get("model_config")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} cannot be read as a Keras model: {str(error).splitlines()[0]}") from error
    except ValueError as error:
        raise _no_json(path, error) from error
    if config is None:
        raise InputError(
            f"{path} holds weights without an architecture: give the function that builds the model "
            "(builder=…, --builder FILE.py:FUNCTION), or save the whole model"
        )
    try:
        return json.loads(config)
    except ValueError as error:
        raise _no_json(path, error) from error


def _no_json(path: Path, error: ValueError) -> InputError:
    return InputError(f"{path} cannot be read as a Keras model: its configuration is no JSON ({error})")
