"""The classifiers that come with fer-xai, by name; each has a card beside its file."""

from __future__ import annotations

import os
from pathlib import Path

DEFAULT = "compact"
_FOLDER = Path(__file__).parent

#: Each one's weights, as `Classifier.describe` hashes them, and what it learned from.
WEIGHTS = {
    "ad61375d49320badc51d1043f3c505cf1ca089649f3715ab959e1c8f7ab9fc06": "FER2013's training faces",
    "dcbbf66dcacf3e29e05220867267bcc2412492f739bf2a8edf583177fd33f82e": "FER2013's training faces",
}

#: How all of them were trained.
SETTINGS = {"scaling": "unit", "emotions": "fer2013"}


def list_classifiers() -> list[str]:
    """Names of the bundled classifiers, the default first; each may stand where a model file may.

    Examples
    --------
    >>> from fer_xai import list_classifiers
    >>> list_classifiers()[0]
    'compact'
    """
    names = sorted(path.stem for path in _FOLDER.glob("*.keras"))
    return sorted(names, key=lambda name: name != DEFAULT)


def is_bundled(path: Path) -> bool:
    """Whether a file is one of theirs."""
    return path.parent == _FOLDER


def model_path(model: str | os.PathLike[str] | None) -> Path:
    """The file that a path, a bundled classifier's name, or `None` (the default one) stands for.

    What exists as a file or folder is taken as such, whatever its name.
    """
    named = DEFAULT if model is None else os.fspath(model)
    if (model is None or not Path(named).exists()) and named in list_classifiers():
        return _FOLDER / f"{named}.keras"
    return Path(named)
