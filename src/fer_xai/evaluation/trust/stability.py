"""Does a map stay when nothing that matters changes? The same faces, slightly changed, explained once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from fer_xai.classifier import Classifier
from fer_xai.evaluation.trust.attribute import Attribute
from fer_xai.evaluation.trust.ranks import correlation_with_others, rank_correlation
from fer_xai.evaluation.trust.rows import Measured, joined, trust_rows

STABILITY = "stability"
# Five of 255 grey levels: less than a camera's own noise indoors.
NOISE = 0.02
# Of the width: 2 pixels of 48, where FER2013's faces lie 3.6 pixels apart.
SHIFT = 1 / 24


class Change(NamedTuple):
    """A change of faces (N, H, W, C) that leaves what they express, and how maps are laid over each other again.

    Attributes
    ----------
    name : str
    faces : ndarray (N, H, W, C)
        Changed.
    seed : int
        For the attributers.
    before, after : callable
        From maps (N, H, W) of the faces as they were, and as they are now, to the same places of both.
    """

    name: str
    faces: np.ndarray
    seed: int
    before: Callable[[np.ndarray], np.ndarray]
    after: Callable[[np.ndarray], np.ndarray]


def stability(
    classifier: Classifier,
    faces: np.ndarray,
    attributers: Mapping[str, Attribute],
    maps: Mapping[str, np.ndarray],
    seed: int = 0,
) -> pd.DataFrame:
    """How much of each map is found again, moved back, when the face is changed a little and the target stays.

    Parameters
    ----------
    classifier : Classifier
        Any, a plain function too.
    faces : ndarray (N, H, W, C) float32 in [0, 1]
    attributers : mapping of str to callable
        Each method, and maps that are no explanations, as functions.
    maps : mapping of str to ndarray (N, H, W)
        What each of them gave for these faces and this seed.
    seed : int

    Returns
    -------
    DataFrame
        Trust rows of the metric ``stability``, of the variants

        mirroring
            The face mirrored, and its map mirrored back.
        a shift of *n* px
            The face moved down and to the right by a twenty-fourth of its width each, its edges extended; only what is
            on both pictures is compared.
        noise
            Gaussian noise of standard deviation 0.02, the same pattern on all faces.
        other random numbers
            The same face with another seed; 1 for methods that draw none.

        ``value`` is the rank correlation over the pixels; ``chance`` that with the changed maps of the *other* faces:
        what place alone gives. A mirrored or moved face may change the answer too, and a map that follows it is right
        to change: these figures are of method and model together.

    References
    ----------
    Alvarez-Melis & Jaakkola 2018, "On the robustness of interpretability methods" (small changes, small noise).
    Lenc & Vedaldi 2015, "Understanding image representations by measuring their equivariance" (moves undone).
    """
    tables = []
    for change in _changes(faces, seed):
        found = {}
        for method, attribute in attributers.items():
            before = change.before(maps[method])
            after = change.after(attribute(classifier, change.faces, change.seed))
            found[method] = Measured(rank_correlation(before, after), correlation_with_others(before, after))
        tables.append(trust_rows(found, STABILITY, change.name))
    return joined(tables)


def _changes(faces: np.ndarray, seed: int) -> Iterator[Change]:
    by = max(1, round(SHIFT * faces.shape[2]))
    moved = np.pad(faces, ((0, 0), (by, 0), (by, 0), (0, 0)), mode="edge")[:, :-by, :-by]
    # One pattern for all, so that a face's figure does not depend on which others there are.
    pattern = np.random.default_rng(seed).normal(0, NOISE, faces.shape[1:]).astype(np.float32)
    yield Change("mirroring", np.ascontiguousarray(faces[:, :, ::-1]), seed, _same, lambda maps: maps[:, :, ::-1])
    yield Change(f"a shift of {by} px", moved, seed, lambda maps: maps[:, :-by, :-by], lambda maps: maps[:, by:, by:])
    yield Change("noise", np.clip(faces + pattern, 0, 1), seed, _same, _same)
    yield Change("other random numbers", faces, seed + 1, _same, _same)


def _same(maps: np.ndarray) -> np.ndarray:
    return maps
