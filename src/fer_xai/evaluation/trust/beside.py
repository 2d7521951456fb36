"""Agreement between methods: do two of them point at the same pixels of a face, beyond what any two faces share?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.evaluation.intervals import mean
from fer_xai.evaluation.trust.ranking import standard_ranks, top_parts, unit

TOP = 0.10

_COLUMNS = (
    *("method", "other", "n", "rank_correlation", "low", "high", "chance_correlation"),
    *("top_overlap", "top_low", "top_high", "chance_overlap"),
)


def method_agreement(maps: Mapping[str, np.ndarray], top: float = TOP) -> pd.DataFrame:
    """Compare every two methods' maps of the same faces.

    Parameters
    ----------
    maps : mapping of str to ndarray (N, H, W)
        Signed attributions by method.
    top : float
        Share of the pixels that counts as the top.

    Returns
    -------
    DataFrame
        A row for each pair of methods, in their order:

        method, other, n
            Their names, and the faces on which neither map is constant.
        rank_correlation, low, high
            Spearman's, over a face's pixels; the mean over faces with its 95 % interval (Student's).
        chance_correlation
            The same between one method's map of a face and the other's of *another* face, the mean over all pairs of
            faces: what two methods share because faces stand in the middle and are alike, whatever the classifier sees.
            (Maps shifted at random, round the image, correlate at exactly 0 on average.)
        top_overlap, top_low, top_high
            Share of the top tenth of pixels that two maps have in common, 0…1. Ties at its edge belong to it in equal
            parts; overlap is then the cosine of the two sets of parts, which for whole pixels is that share.
        chance_overlap
            The same with another face's map. (Maps shifted at random share a tenth.)

        Chance levels are NaN with fewer than two faces.

    Raises
    ------
    InputError
        If maps differ in shape.

    References
    ----------
    Krishna et al. 2022, "The disagreement problem in explainable machine learning" (rank correlation, top-k agreement).
    """
    shapes = {np.shape(values) for values in maps.values()}
    if len(shapes) > 1:
        raise InputError(f"received maps of shapes {', '.join(map(str, sorted(shapes)))}: give maps of the same faces")
    flat = {method: values.reshape(len(values), -1) for method, values in maps.items()}
    ranked = {method: standard_ranks(rows) for method, rows in flat.items()}
    tops = {method: unit(_top(rows, top)) for method, rows in flat.items()}
    found = []
    for method, other in combinations(maps, 2):
        known = np.isfinite(ranked[method]).all(axis=1) & np.isfinite(ranked[other]).all(axis=1)
        alike, other_faces = _alike(ranked[method][known], ranked[other][known])
        common, other_common = _alike(tops[method][known], tops[other][known])
        correlation, overlap = mean(alike), mean(common)
        numbers = (
            *(int(known.sum()), correlation.value, correlation.low, correlation.high, other_faces),
            *(overlap.value, overlap.low, overlap.high, other_common),
        )
        found.append((method, other, *numbers))
    return pd.DataFrame(found, columns=list(_COLUMNS))


def _alike(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, float]:
    """Inner product of unit rows face by face, (N,), and its mean over all pairs of different faces."""
    own, n = np.einsum("np,np->n", first, second), len(first)
    if n < 2:
        return own, np.nan
    return own, float((first.sum(axis=0) @ second.sum(axis=0) - own.sum()) / (n * (n - 1)))


def _top(rows: np.ndarray, top: float) -> np.ndarray:
    return top_parts(rows, np.full(len(rows), max(1, round(top * rows.shape[1]))))
