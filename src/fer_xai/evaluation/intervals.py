"""A measured figure with its 95 % interval, by Wilson, Student, or resampling of faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fer_xai.few import FEWEST

LEVEL = 0.95
_DRAWS = 2000


@dataclass(frozen=True)
class Estimate:
    """A figure with the ends of its 95 % interval, over `n` faces."""

    value: float
    low: float
    high: float
    n: int


def share(successes: float, n: int) -> Estimate:
    """A share of faces with Wilson's interval; NaN throughout where there are no faces.

    Parameters
    ----------
    successes : float
        Faces that count; credits in [0, 1] may be summed, and the interval is then of the nearest whole number.
    n : int
    """
    from scipy.stats import binomtest

    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    interval = binomtest(round(successes), n).proportion_ci(LEVEL, method="wilson")
    return Estimate(float(successes / n), float(interval.low), float(interval.high), n)


def mean(values: np.ndarray) -> Estimate:
    """The mean of a figure per face (N,) with Student's interval; its ends are NaN for fewer than three faces."""
    from scipy.stats import sem, t

    n = len(values)
    if n < FEWEST:
        return Estimate(float(values.mean()) if n else np.nan, np.nan, np.nan, n)
    # Sorted, so that rounding does not depend on the order of faces.
    ordered = np.sort(values.astype(np.float64))
    middle, reach = float(ordered.mean()), float(t.ppf((1 + LEVEL) / 2, n - 1) * sem(ordered))
    return Estimate(middle, middle - reach, middle + reach, n)


def resampled(counts: np.ndarray, statistic: Callable[[np.ndarray], np.ndarray], seed: int = 0) -> Estimate:
    """A figure of a confusion matrix with its percentile bootstrap interval.

    Drawing N faces anew, with replacement, is drawing how many fall into each cell of the matrix. So the interval
    depends on the counts only, not on the order of faces.

    Parameters
    ----------
    counts : ndarray (L, P) of int
        Labels in rows, predictions in columns.
    statistic : callable
        From matrices (…, L, P) to figures (…).
    seed : int

    References
    ----------
    Efron & Tibshirani 1993, *An introduction to the bootstrap*.
    """
    n = int(counts.sum())
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    draws = np.random.default_rng(seed).multinomial(n, counts.ravel() / n, size=_DRAWS).reshape(-1, *counts.shape)
    figures = statistic(draws)
    known = figures[np.isfinite(figures)]
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(known) else (np.nan, np.nan)
    return Estimate(float(statistic(counts)), float(low), float(high), n)


def difference(right: np.ndarray, other: np.ndarray) -> Estimate:
    """How much more often one classifier is right than another, on the same faces.

    Parameters
    ----------
    right, other : ndarray (N,) of bool
        Which faces each of them gets right.

    Returns
    -------
    Estimate
        The difference of the two shares. Its interval is that of paired proportions: half a face is added to each kind
        of disagreement (Agresti & Min 2005, "Simple improved confidence intervals for comparing matched proportions").
    """
    from scipy.stats import norm

    n = len(right)
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    won, lost = (right & ~other).sum() + 0.5, (other & ~right).sum() + 0.5
    middle = (won - lost) / (n + 2)
    reach = norm.ppf((1 + LEVEL) / 2) * np.sqrt(won + lost - (won - lost) ** 2 / (n + 2)) / (n + 2)
    return Estimate(float(right.mean() - other.mean()), float(middle - reach), float(middle + reach), n)
