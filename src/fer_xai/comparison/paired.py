"""Differences on the same faces: their mean, its interval, and how often chance would give as much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_xai.facs.resampling import Units, bca_interval
from fer_xai.facs.significance import LEVEL, mean_of_sums
from fer_xai.few import FEWEST
from fer_xai.holm import holm

RESAMPLES = 999
FLIPS = 9999  # so many that Holm's correction over some hundred tests leaves room for significance
_NUMBERS = 4_000_000  # signs at a time: 32 MB


@dataclass(frozen=True)
class Paired:
    """Means of K differences over the faces that have them all.

    Attributes
    ----------
    value, low, high : ndarray (K,)
        Mean difference with its 95 % BCa bootstrap interval over faces; NaN with fewer than three faces.
    p : ndarray (K,)
        Two-sided: how often so large a mean comes about if the two models' figures are exchanged at random on each
        face; 1 where no face differs.
    n : int
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    n: int


def paired(differences: np.ndarray, seed: int) -> Paired:
    """Measure differences (N, K), one row per face; rows with NaN are left out. Their order does not matter."""
    values = differences[np.isfinite(differences).all(axis=1)]
    n, unknown = len(values), np.full(differences.shape[1], np.nan)
    if n < FEWEST:
        return Paired(values.mean(axis=0) if n else unknown, unknown, unknown, unknown, n)
    units = Units.of(np.column_stack([values, np.ones(n)]), np.zeros(n, int), 1)
    low, high = bca_interval(units, lambda sums: mean_of_sums(sums)[..., 0, :], seed, RESAMPLES)
    ordered = units.values[:, :-1]
    return Paired(ordered.mean(axis=0), low, high, _flipped(ordered, seed), n)


def _flipped(values: np.ndarray, seed: int) -> np.ndarray:
    """Share of random exchanges, the study itself among them, that reach the observed sums: Fisher's sign-flip test."""
    rng, sums = np.random.default_rng(seed), np.abs(values.sum(axis=0))
    reach, reached = sums - 1e-9 * np.maximum(np.abs(values).sum(axis=0), 1e-300), np.zeros(len(sums), int)
    step = max(1, _NUMBERS // len(values))
    for start in range(0, FLIPS, step):
        signs = rng.choice([-1.0, 1.0], size=(min(step, FLIPS - start), len(values)))
        reached += (np.abs(signs @ values) >= reach).sum(axis=0)
    p: np.ndarray = (reached + 1) / (FLIPS + 1)
    return p


def corrected(table: pd.DataFrame) -> pd.DataFrame:
    """Add Holm's correction of ``p`` over all rows, ``p_holm``, and ``significant``.

    That is whether it is below .05 *and* the interval ``low`` … ``high`` leaves out zero: the two never
    disagree.
    """
    p = holm(table["p"].to_numpy(np.float64))
    clear = (table["low"] > 0) | (table["high"] < 0)
    return table.assign(p_holm=p, significant=(p < LEVEL) & clear)
