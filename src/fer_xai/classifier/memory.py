"""What was said once about a model file, kept beside it so that nobody has to say it again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_xai.atomic import write_bytes
from fer_xai.errors import InputError

if TYPE_CHECKING:
    from fer_xai.classifier.classifier import Classifier

KEPT = ("emotions", "scaling", "colour", "output", "illumination")


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
    named = path if path.name else path.absolute()  # the folder that one stands in may be a model
    return Path(f"{named}.fer-xai.json")


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
                return _checked(json.loads(memory.read_text("utf-8")))
            except (ValueError, RecursionError) as error:
                raise InputError(f"{memory} is damaged ({error}): delete it and say its settings again") from error
    return {}


def _checked(remembered: Any) -> dict[str, Any]:
    if not isinstance(remembered, dict):
        raise ValueError("no JSON object")
    settings = {key: remembered[key] for key in KEPT if remembered.get(key) is not None}
    for key, value in settings.items():
        texts = value if key == "emotions" and isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{key} is no text")
    return settings


def remember(path: str | Path, classifier: Classifier, names: Collection[str] = KEPT) -> Path:
    """Write a classifier's settings beside its model file.

    Parameters
    ----------
    path : path
        Of the model.
    classifier : Classifier
        With the settings.
    names : collection of str
        Which of them; the others stay assumed. Default all: emotions, scaling, colour, output, illumination.

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
    text = json.dumps({name: getattr(classifier, name) for name in KEPT if name in names}, indent=1)
    for memory in (_beside(path), _cached(path)):
        try:
            write_bytes(memory, text.encode())
        except OSError:
            continue
        return memory
    raise InputError(f"cannot remember the settings of {path}: neither its folder nor the user's cache can be written")
