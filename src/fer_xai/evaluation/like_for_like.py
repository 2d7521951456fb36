"""Do some faces differ from the others, like for like: faces of one emotion with faces of the same emotion?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_xai.evaluation.intervals import LEVEL


@dataclass(frozen=True)
class LikeForLike:
    """Differences of R figures between some faces and the others.

    Attributes
    ----------
    difference, low, high : ndarray (R,)
        Mean over the strata of (some − others), each by how much it can tell, with its 95 % interval; NaN where no
        stratum has faces of both, and the interval also where nothing varies: how far it would stray is not known.
    p : ndarray (R,)
        Two-sided, uncorrected; 1 where nothing varies.
    compared : int
        Of the `some` faces, those whose stratum has others too.
    """

    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    compared: int


def like_for_like(values: np.ndarray, some: np.ndarray, strata: Sequence[Any]) -> LikeForLike:
    """Compare some faces with the others within strata, so that a group with more *happy* faces is not called better.

    Parameters
    ----------
    values : ndarray (N, R)
        Figures of each face: right or wrong (0, 1), shares of regions.
    some : ndarray (N,) of bool
    strata : sequence (N,)
        What must be equal to be compared: each face's emotion.

    Returns
    -------
    LikeForLike

    Notes
    -----
    Stratum k has n of `some` and m others and weighs n·m / (n + m). For right and wrong answers the difference is the
    Mantel–Haenszel risk difference and the test the Cochran–Mantel–Haenszel test (without continuity correction); for
    other figures the generalised one, which is the permutation test within strata by its exact variance and a normal
    distribution. The interval has the same error, so it leaves out zero where p is below .05.

    References
    ----------
    Mantel & Haenszel 1959; Birch 1965; Landis, Heyman & Koch 1978.
    """
    from scipy.stats import norm

    figures = np.asarray(values, np.float64)
    gap, spread, weight, compared = np.zeros(figures.shape[1]), np.zeros(figures.shape[1]), 0.0, 0
    names = np.array([str(name) for name in strata])
    for name in np.unique(names):
        here = names == name
        inside, n = figures[here & some], int((here & some).sum())
        m = int(here.sum()) - n
        if not n or not m:
            continue
        share = n * m / (n + m)
        gap += share * (inside.mean(axis=0) - figures[here & ~some].mean(axis=0))
        spread += share * figures[here].var(axis=0, ddof=1)
        weight, compared = weight + share, compared + n
    if not weight:
        nothing = np.full(figures.shape[1], np.nan)
        return LikeForLike(nothing, nothing, nothing, nothing, 0)
    error, difference = np.sqrt(spread) / weight, gap / weight
    varied = error > 1e-12
    reach = np.where(varied, norm.ppf((1 + LEVEL) / 2) * error, np.nan)
    p = np.where(varied, 2 * norm.sf(np.abs(difference) / np.where(varied, error, 1.0)), 1.0)
    return LikeForLike(difference, difference - reach, difference + reach, p, compared)
