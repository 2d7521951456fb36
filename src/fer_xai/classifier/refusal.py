"""Refuse a model file that holds code, by reading its configuration before anything of it is built."""

from __future__ import annotations

import builtins
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fer_xai.classifier.illumination import registered_names
from fer_xai.errors import InputError, first_line

# Objects that run code from inside the file, from a place that it names, or any TensorFlow operation it likes.
_CODE = frozenset(
    {
        *("Lambda", "__lambda__", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
        *("TensorFlowOpLayer", "ClassMethod", "InstanceMethod"),
    }
)
# Their vocabulary may be the path of any file of this machine, or an address.
_READS_FILES = frozenset({"TextVectorization", "StringLookup", "IntegerLookup", "IndexLookup"})
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
# Functions are only taken from where there is nothing but arithmetic: others open files, or other models.
_FUNCTION_MODULES = re.compile(
    r"builtins|(tf_)?keras(\.src)?\.(activations|initializers|losses|metrics|regularizers|constraints|ops)(\.\w+)*"
)
_CLASS_NAME = re.compile(r"_?[A-Z]\w*|__\w+__")


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
        if kind in _READS_FILES:
            raise _refused(path, f"a {kind} layer, which reads a file that it names")
        if kind == "function":
            _refuse_function(path, part)
            continue
        if kind in _OPERATION_LAYERS:
            function = str(inner.get("function")) if isinstance(inner, dict) else "?"
            if not _COMPUTES.fullmatch(function):
                raise _refused(path, f"a call of tf.{function}")
        module = part.get("module")
        if _names_ours(part):
            if not _is_ours(part):
                raise InputError(
                    f"{path} names {module}.{kind}, which is no layer that fer-xai saves in models: pass --trust-model "
                    "if you trust the file's source"
                )
            continue
        if module is not None and not _is_of_keras(str(module), kind) and not _is_registered(part):
            raise _outside(path, f"{module}.{kind}")


def _refuse_function(path: Path, part: dict[str, Any]) -> None:
    """Refuse a function that is none of Keras's arithmetic, nor registered under its own name."""
    import keras

    name, module = str(part.get("config")), str(part.get("module"))
    if keras.saving.get_registered_object(name) is not None:
        return
    if not _FUNCTION_MODULES.fullmatch(module) or (module == "builtins" and hasattr(builtins, name)):
        raise _outside(path, f"{module}.{name}")


def _is_of_keras(module: str, kind: str) -> bool:
    """Whether a class is one of Keras's: its modules also hold functions, which open files and other models."""
    if not _KERAS_MODULES.fullmatch(module) or not _CLASS_NAME.fullmatch(kind):
        return False
    return not (module == "builtins" and hasattr(builtins, kind))


def _outside(path: Path, named: str) -> InputError:
    return InputError(
        f"{path} names {named}, which is code outside Keras: give the function that builds the model "
        "(builder=…, --builder FILE.py:FUNCTION), or pass --trust-model if you trust the file's source"
    )


def _refused(path: Path, what: str) -> InputError:
    said = what if "," in what else f"{what}, which is code"
    return InputError(f"{path} holds {said}: pass --trust-model if you trust its source")


def _names_ours(part: dict[str, Any]) -> bool:
    """Whether an object claims to be of this package; in the older ``.h5`` form its name alone says so."""
    module = str(part.get("module")).split(".")[0]
    names = (str(part.get("registered_name")), str(part["class_name"]))
    return module == "fer_xai" or any(name.startswith("fer_xai>") for name in names)


def _is_ours(part: dict[str, Any]) -> bool:
    """Whether it is a layer of this package, by its module too: Keras 2, which may be asked, does not know its name."""
    module, kind = part.get("module"), str(part["class_name"])
    registered = str(part.get("registered_name") or kind)
    in_place = module is None or str(module).startswith("fer_xai.classifier.illumination.")
    return in_place and registered in registered_names() and kind in (registered, registered.partition(">")[2])


def _is_registered(part: dict[str, Any]) -> bool:
    """Whether this process knows the class already, by the same name: then Keras takes that one and imports nothing."""
    import keras

    kind = str(part["class_name"])
    known = keras.saving.get_registered_object(part.get("registered_name") or kind)
    return known is not None and kind in (getattr(known, "__name__", None), part.get("registered_name"))


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Every object in a configuration, however deep, the outer ones first."""
    waiting = [config]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "class_name" in one:
                yield one
            waiting += reversed(list(one.values()))
        elif isinstance(one, list):
            waiting += reversed(one)


def _configuration(path: Path) -> Any:
    import zipfile

    import h5py

    try:
        if path.suffix == ".keras":
            with zipfile.ZipFile(path) as archive:
                return json.loads(archive.read("config.json"))
        with h5py.File(path) as file:
            config = file.attrs.get("model_config")
    except (ValueError, RecursionError) as error:
        raise _no_json(path, error) from error
    # Damaged files have zipfile and HDF5 raise whatever they like.
    except Exception as error:
        raise InputError(f"{path} cannot be read as a Keras model: {first_line(error)}") from error
    if config is None:
        raise InputError(
            f"{path} holds weights without an architecture: give the function that builds the model "
            "(builder=…, --builder FILE.py:FUNCTION), or save the whole model"
        )
    try:
        return json.loads(config)
    except (ValueError, TypeError, RecursionError) as error:
        raise _no_json(path, error) from error


def _no_json(path: Path, error: Exception) -> InputError:
    why = "is nested too deeply" if isinstance(error, RecursionError) else f"is no JSON ({error})"
    return InputError(f"{path} cannot be read as a Keras model: its configuration {why}")
