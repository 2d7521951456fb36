"""Label sets and their names."""

from __future__ import annotations

from collections.abc import Sequence

from fer_xai.errors import InputError, unknown

CANONICAL = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt")
FER2013 = CANONICAL[:7]
FERPLUS = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt")
ALPHABETICAL = tuple(sorted(FER2013))

AFFECTNET = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", "contempt")
RAFDB = ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")

_SETS = {
    "fer2013": FER2013,
    "ferplus": FERPLUS,
    "alphabetical": ALPHABETICAL,
    "affectnet": AFFECTNET,
    "rafdb": RAFDB,
}
_SYNONYMS = {
    "anger": "angry",
    "disgusted": "disgust",
    "afraid": "fear",
    "fearful": "fear",
    "happiness": "happy",
    "joy": "happy",
    "sadness": "sad",
    "surprised": "surprise",
    "neutrality": "neutral",
    "contemptuous": "contempt",
}


def canonical(name: str) -> str:
    """Return the library's name of an emotion.

    Parameters
    ----------
    name : str
        Any case; usual synonyms (anger, happiness, …) are accepted.

    Raises
    ------
    InputError
        If the name is unknown.
    """
    key = str(name).strip().lower()
    key = _SYNONYMS.get(key, key)
    if key not in CANONICAL:
        raise unknown("emotion", name, CANONICAL)
    return key


def parse_emotions(spec: str | Sequence[str]) -> tuple[str, ...]:
    """Return the emotions that `spec` names, in its order.

    Parameters
    ----------
    spec : str or sequence of str
        ``fer2013``, ``ferplus``, ``alphabetical``, ``affectnet``, ``rafdb``, a comma list, or names.

    Raises
    ------
    InputError
        If a name is unknown or given twice.
    """
    if isinstance(spec, str) and spec.lower() in _SETS:
        return _SETS[spec.lower()]
    if isinstance(spec, str) and "," not in spec and spec.strip().lower() not in {*CANONICAL, *_SYNONYMS}:
        raise unknown("order of emotions", spec, (*_SETS, "a comma list of emotions"))
    names = tuple(canonical(name) for name in (spec.split(",") if isinstance(spec, str) else spec))
    if len(set(names)) < len(names):
        raise InputError(f"emotions {' '.join(names)}: one is named twice")
    return names
