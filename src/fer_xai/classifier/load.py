"""Open a model file without running anything that is inside it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fer_xai.classifier.classifier import Classifier
from fer_xai.errors import InputError

# Layers that run code from inside the file, or from a place that the file names.
_CODE = frozenset({"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"})
BUNDLED = Path(__file__).parent / "bundled" / "compact.keras"


def load_classifier(
    model: Any = None,
    emotions: str | Sequence[str] | None = None,
    scaling: str | None = None,
    trust_model: bool = False,
) -> Classifier:
    """Wrap a model file or a Keras model.

    Parameters
    ----------
    model : path, keras.Model, Classifier or None
        ``.keras``, ``.h5`` / ``.hdf5`` (Keras 2's too; optimizer settings are not read), a SavedModel folder
        (needs `trust_model`), a model in memory, or `None` for the bundled classifier.
    emotions, scaling
        See `Classifier`. What is given is remembered in ``MODEL.fer-xai.json`` beside the file (in the user's
        cache where that folder cannot be written) and used when the file is opened again.
    trust_model : bool
        Allow code inside the file (Lambda layers, SavedModel graphs) to run.

    Returns
    -------
    Classifier

    Raises
    ------
    InputError
        If the file is missing, is no model, holds code and is not trusted, or does not fit the emotions.
    """
    if isinstance(model, Classifier):
        return model
    if model is not None and not isinstance(model, str | os.PathLike):
        return Classifier(model, emotions, scaling or "unit")
    path = BUNDLED if model is None else Path(model)
    keras_model = _read(path, trust_model)
    remembered = _recall(path)
    classifier = Classifier(
        keras_model,
        emotions if emotions is not None else remembered.get("emotions"),
        scaling or remembered.get("scaling", "unit"),
        name=path.stem,
    )
    if emotions is not None or scaling is not None:
        _remember(path, classifier)
    return classifier


def _read(path: Path, trust_model: bool) -> Any:
    if not path.exists():
        raise InputError(f"no model at {path}: give a .keras, .h5 or .hdf5 file, or a SavedModel folder")
    if path.is_dir():
        return _read_saved_model(path, trust_model)
    if path.suffix not in (".keras", ".h5", ".hdf5"):
        raise InputError(f"{path} is no model file: expected .keras, .h5 or .hdf5, or a SavedModel folder")
    if not trust_model:
        _refuse_code(path)
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=not trust_model)
    # Keras raises whatever its readers raise (OSError, KeyError, TypeError, zipfile's own): all mean an unusable file.
    except Exception as error:
        reason = str(error).strip().splitlines()
        raise InputError(
            f"{path} cannot be read as a Keras model: {reason[0] if reason else type(error).__name__}"
        ) from error


def _read_saved_model(path: Path, trust_model: bool) -> Any:
    if not (path / "saved_model.pb").exists():
        raise InputError(f"{path} is a folder without saved_model.pb: give a SavedModel folder or a model file")
    if not trust_model:
        raise InputError(f"{path} is a SavedModel, whose graph is code: pass --trust-model if you trust its source")
    import keras
    import tensorflow as tf

    signature = tf.saved_model.load(str(path)).signatures["serving_default"]
    spec = next(iter(signature.structured_input_signature[1].values()))
    inputs = keras.Input(spec.shape[1:], dtype=spec.dtype.name)
    outputs = keras.layers.TFSMLayer(str(path), call_endpoint="serving_default")(inputs)
    return keras.Model(inputs, next(iter(outputs.values())), name=path.name)


def _refuse_code(path: Path) -> None:
    """Refuse a file whose configuration names a layer that is code, before anything of it is built."""
    try:
        named = _class_names(json.loads(_config(path)))
    except ValueError as error:
        raise InputError(f"{path} cannot be read as a Keras model: its configuration is no JSON ({error})") from error
    for kind in sorted(_CODE & named):
        raise InputError(f"{path} holds a {kind} layer, which is code: pass --trust-model if you trust its source")


def _class_names(config: Any) -> set[str]:
    """Every ``class_name`` in a model's configuration, however deep."""
    inner = config.values() if isinstance(config, dict) else config if isinstance(config, list) else ()
    own = {str(config["class_name"])} if isinstance(config, dict) and "class_name" in config else set()
    return own.union(*map(_class_names, inner))


def _config(path: Path) -> str:
    import zipfile

    import h5py

    try:
        if path.suffix == ".keras":
            with zipfile.ZipFile(path) as archive:
                return archive.read("config.json").decode()
        with h5py.File(path) as file:
            config = file.attrs.get("model_config")
            if config is None:
                raise InputError(f"{path} holds weights without an architecture: save the whole model instead")
            return config.decode() if isinstance(config, bytes) else str(config)
    except (OSError, KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a Keras model: {str(error).splitlines()[0]}") from error


def content_hash(path: Path) -> str:
    """SHA-256 of a model file, or of all files of a model folder in order of name."""
    digest = hashlib.sha256()
    for part in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if part.is_file():
            with part.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".fer-xai.json")


def _cached(path: Path) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return cache / "fer-xai" / f"{content_hash(path)}.json"


def _recall(path: Path) -> dict[str, Any]:
    for memory in (_beside(path), _cached(path)):
        if memory.is_file():
            try:
                remembered = json.loads(memory.read_text())
                return {key: remembered[key] for key in ("emotions", "scaling") if key in remembered}
            except (ValueError, TypeError) as error:
                raise InputError(
                    f"{memory} is damaged ({error}): delete it and say --emotions and --scaling again"
                ) from error
    return {}


def _remember(path: Path, classifier: Classifier) -> None:
    text = json.dumps({"emotions": list(classifier.emotions), "scaling": classifier.scaling}, indent=1)
    for memory in (_beside(path), _cached(path)):
        try:
            memory.parent.mkdir(parents=True, exist_ok=True)
            partial = memory.with_name(f"{memory.name}.{os.getpid()}.partial")
            partial.write_text(text)
            os.replace(partial, memory)
        except OSError:
            continue
        return
    raise InputError(
        f"cannot remember emotions and scaling of {path}: neither its folder nor the user's cache can be written"
    )
