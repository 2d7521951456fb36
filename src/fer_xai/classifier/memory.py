"""What was said once about a model file, kept beside it so that nobody has to say it again."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_xai.errors import InputError

if TYPE_CHECKING:
    from fer_xai.classifier.classifier import Classifier

_KEPT = ("emotions", "scaling", "colour", "output", "illumination")


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


def recall(path: Path) -> dict[str, Any]:
    """Settings remembered for a model file, as arguments of `Classifier`; none where nothing was said.

    Raises
    ------
    InputError
        If what was written is damaged.
    """
    for memory in (_beside(path), _cached(path)):
        if memory.is_file():
            try:
                remembered = json.loads(memory.read_text())
                return {key: remembered[key] for key in _KEPT if remembered.get(key) is not None}
            except (ValueError, TypeError) as error:
                raise InputError(f"{memory} is damaged ({error}): delete it and say its settings again") from error
    return {}


def remember(path: str | Path, classifier: Classifier) -> Path:
    """Write a classifier's emotions, scaling, colour, output and illumination beside its model file.

    Returns
    -------
    Path
        Where it was written: ``MODEL.fer-xai.json``, or a file in the user's cache, keyed by the model's content,
        where the model's folder cannot be written.

    Raises
    ------
    InputError
        If neither place can be written.
    """
    path = Path(path)
    settings = {name: getattr(classifier, name) for name in _KEPT}
    text = json.dumps({**settings, "emotions": list(classifier.emotions)}, indent=1)
    for memory in (_beside(path), _cached(path)):
        try:
            memory.parent.mkdir(parents=True, exist_ok=True)
            partial = memory.with_name(f"{memory.name}.{os.getpid()}.partial")
            partial.write_text(text)
            os.replace(partial, memory)
        except OSError:
            continue
        return memory
    raise InputError(f"cannot remember the settings of {path}: neither its folder nor the user's cache can be written")
