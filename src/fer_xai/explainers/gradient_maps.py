"""From gradients on a face's colours to one map on its pixels, and how gradients of many points are gathered."""

from __future__ import annotations

import numpy as np
from scipy.special import log_softmax

from fer_xai.engine import Engine
from fer_xai.errors import InputError

SCORES = ("logit", "probability", "loss")
SHOWN = ("absolute", "signed", "times_input")


def check_score(method: str, of: str) -> None:
    """Refuse an unknown score."""
    if of not in SCORES:
        raise InputError(f"{method}: of={of!r}; use {', '.join(SCORES)}")


def check_shown(method: str, show: str) -> None:
    """Refuse an unknown way of showing a gradient."""
    if show not in SHOWN:
        raise InputError(f"{method}: show={show!r}; use {', '.join(SHOWN)}")


def shown(gradient: np.ndarray, faces: np.ndarray, show: str) -> np.ndarray:
    """One map (N, H, W) of gradients (N, H, W, C).

    ``absolute``: the largest magnitude over colours; ``signed``: the sum over colours; ``times_input``: the sum of
    gradient × face.
    """
    if show == "absolute":
        return np.abs(gradient).max(axis=-1)
    return (gradient * faces if show == "times_input" else gradient).sum(axis=-1)


def add_by_face(total: np.ndarray, face: np.ndarray, values: np.ndarray) -> None:
    """Add rows to the totals of their faces; rows of one face stand together."""
    starts = np.flatnonzero(np.diff(face, prepend=-1))
    total[face[starts]] += np.add.reduceat(values, starts, axis=0)


def scores(engine: Engine, faces: np.ndarray, of: str) -> np.ndarray:
    """Every emotion's score (N, E) that gradients are taken of."""
    logits, probabilities = engine.predict(faces)
    if of == "probability" or logits is None:
        return probabilities
    return log_softmax(logits, axis=-1) if of == "loss" else logits
