"""An explanation in one ``.npz`` file: arrays and JSON, never pickles."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.atomic import partial_file
from fer_xai.errors import InputError
from fer_xai.explanation.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.faces.landmarks import Landmarks

FORMAT, VERSION = "fer-xai explanation", 1


def save(explanation: Explanation, path: str | Path) -> Path:
    """Write an explanation; the same explanation gives the same bytes.

    Raises
    ------
    InputError
        If the name does not end in ``.npz``, its folder is missing or read-only, or the details hold what is neither
        a number, text, a list nor an array of numbers.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise InputError(f"{path}: an explanation is kept in a file that ends in .npz")
    arrays = _arrays(explanation)
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path} cannot be written: give a folder that exists")
    try:
        with partial_file(path) as partial, partial.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}): give another folder") from error
    return path


def load(path: str | Path) -> Explanation:
    """Read what `save` wrote.

    Raises
    ------
    InputError
        If there is no such file, it holds something else or Python objects, or a newer fer-xai wrote it.
    """
    path = Path(path)
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = dict(file)
        told = json.loads(arrays["about"].tobytes())
    except FileNotFoundError as error:
        raise InputError(f"no explanation at {path}") from error
    except (OSError, ValueError, KeyError, AttributeError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is no explanation: give a file that Explanation.save wrote") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise InputError(f"{path} is no explanation: give a file that Explanation.save wrote")
    if told["version"] > VERSION:
        raise InputError(f"{path} was written by fer-xai {told['fer_xai']}, which is newer: update fer-xai")
    try:
        return _explanation(told, arrays)
    except (KeyError, ValueError, TypeError, IndexError, OSError) as error:
        raise InputError(f"{path} is a damaged explanation ({type(error).__name__}: {error}): write it anew") from error


def _arrays(explanation: Explanation) -> dict[str, np.ndarray]:
    """Everything as arrays: the big things by their name, the small things as JSON text in ``about``."""
    from fer_xai import __version__

    arrays = {
        "attributions": explanation.attributions,
        "probabilities": explanation.probabilities,
        "pixels": _pixels(explanation.faces),
        "table": _as_bytes(explanation.faces.table),
    }
    if explanation.segments is not None:
        arrays["segments"] = explanation.segments
    if explanation.landmarks is not None:
        arrays |= {"points": explanation.landmarks.points, "scores": explanation.landmarks.scores}
    about = {
        "format": FORMAT,
        "version": VERSION,
        "fer_xai": __version__,
        "method": explanation.method,
        "targets": list(explanation.targets),
        "emotions": list(explanation.emotions),
        "skipped": list(explanation.faces.skipped),
        "settings": _pack(explanation.settings, "settings", arrays),
        "details": _pack(explanation.details, "details", arrays),
        "landmarks": None if explanation.landmarks is None else list(explanation.landmarks.source),
    }
    return {"about": np.frombuffer(json.dumps(about).encode(), np.uint8), **arrays}


def _explanation(told: dict[str, Any], arrays: dict[str, np.ndarray]) -> Explanation:
    table = pd.read_parquet(io.BytesIO(arrays["table"].tobytes()))
    faces = Faces(arrays["pixels"], table, skipped=tuple(told["skipped"]))
    source = told["landmarks"]
    found = Explanation(
        attributions=arrays["attributions"],
        faces=faces,
        method=told["method"],
        targets=tuple(told["targets"]),
        probabilities=arrays["probabilities"],
        emotions=tuple(told["emotions"]),
        settings=_unpack(told["settings"], arrays),
        segments=arrays.get("segments"),
        details=_unpack(told["details"], arrays),
        landmarks=None if source is None else Landmarks(arrays["points"], arrays["scores"], tuple(source)),
    )
    if not len(faces) == len(found) == len(found.targets) == len(found.probabilities):
        raise ValueError("faces, attributions, targets and probabilities are not equally many")
    return found


def _pixels(faces: Faces) -> np.ndarray:
    """The pixels, as bytes where nothing is lost by it."""
    images, whole = faces.images(), faces.pixels()
    return whole if np.array_equal(whole.astype(np.float32) / np.float32(255), images) else images


def _as_bytes(table: pd.DataFrame) -> np.ndarray:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return np.frombuffer(buffer.getvalue(), np.uint8)


def _pack(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """A value as JSON; arrays in it are put aside in `arrays` under its name."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        return value.item()
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufU":
        arrays[name] = value
        return {"array": name}
    if isinstance(value, list | tuple):
        packed = [_pack(inner, f"{name}.{n}", arrays) for n, inner in enumerate(value)]
        return packed if isinstance(value, list) else {"tuple": packed}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: _pack(inner, f"{name}.{key}", arrays) for key, inner in value.items()}}
    raise InputError(f"{name} is a {type(value).__name__}, which cannot be kept: numbers, text, lists and arrays can")


def _unpack(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_unpack(inner, arrays) for inner in value]
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "array":
        return arrays[inner]
    if kind == "tuple":
        return tuple(_unpack(part, arrays) for part in inner)
    return {key: _unpack(part, arrays) for key, part in inner.items()}
