"""What a classifier answers, as long as it is an answer."""

from __future__ import annotations

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.engine.choose import engine_for
from fer_xai.errors import InputError
from fer_xai.faces import Faces


def answers(classifier: Classifier, faces: Faces) -> np.ndarray:
    """Probabilities (N, E) of faces.

    Raises
    ------
    InputError
        If any is NaN or infinite.
    """
    return check_answers(classifier, faces, engine_for(classifier).predict(faces.images())[1])


def check_answers(classifier: Classifier, faces: Faces, probabilities: np.ndarray) -> np.ndarray:
    """The same probabilities (N, E), if they are an answer.

    Raises
    ------
    InputError
        If any is NaN or infinite.
    """
    broken = np.flatnonzero(~np.isfinite(probabilities).all(axis=1))
    if len(broken):
        raise InputError(
            f"{classifier.name} answers NaN or infinity on {len(broken)} of {len(faces)} faces, e.g. "
            f"{faces.ids[broken[0]]}: check its weights and scaling (fer-xai inspect), or leave such faces out "
            "(fer-xai clean finds pictures of one colour)"
        )
    return probabilities
