"""Probabilities of many faces, and what they would be if a classifier could choose among fewer emotions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.engine import answers
from fer_xai.errors import InputError
from fer_xai.faces import Faces

_BLOCK = 512
Track = Callable[[str, int, int], None]


def predict(classifier: Classifier, faces: Faces, track: Track | None = None) -> np.ndarray:
    """Probabilities (N, E) of faces, a block at a time; ``track(what, done, total)`` shows progress."""
    parts = []
    for start in range(0, len(faces), _BLOCK):
        parts.append(answers(classifier, faces[start : start + _BLOCK]))
        if track:
            track("faces", min(start + _BLOCK, len(faces)), len(faces))
    return np.concatenate(parts)


def among(probabilities: np.ndarray, emotions: Sequence[str], shared: Sequence[str]) -> np.ndarray:
    """Probabilities (N, S) if the classifier could only choose among `shared` emotions, in that order.

    Raises
    ------
    InputError
        If it knows none of them, or gives them no probability at all on some face.
    """
    places = [list(emotions).index(emotion) for emotion in shared if emotion in emotions]
    if not places:
        raise InputError(f"the classifier knows none of {', '.join(shared)}; it knows {', '.join(emotions)}")
    rows = probabilities[:, places]
    sums = rows.sum(axis=1, keepdims=True)
    if not (sums > 0).all():
        raise InputError("on some face every shared emotion has probability 0: nothing can be shared out anew")
    return rows / sums
