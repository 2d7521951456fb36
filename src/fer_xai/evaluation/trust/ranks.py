"""Rank correlation of maps, face by face."""

from __future__ import annotations

import numpy as np

from fer_xai.evaluation.trust.ranking import standard_ranks


def rank_correlation(maps: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Spearman's correlation of each map with its other, over their pixels.

    Parameters
    ----------
    maps, others : ndarray (N, H, W)

    Returns
    -------
    ndarray (N,)
        −1…1. NaN where the map is constant: nothing is there to be found again. 0 where only the other one is: nothing
        was found again.
    """
    own, other = _ranked(maps), np.nan_to_num(_ranked(others))
    return np.einsum("np,np->n", own, other)


def correlation_with_others(maps: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Mean rank correlation of each map with the others' of all *other* faces: what place alone gives, (N,).

    NaN where the map is constant, and with fewer than two faces.
    """
    own, other = _ranked(maps), np.nan_to_num(_ranked(others))
    if len(own) < 2:
        return np.full(len(own), np.nan)
    return (own @ other.sum(axis=0) - np.einsum("np,np->n", own, other)) / (len(own) - 1)


def _ranked(maps: np.ndarray) -> np.ndarray:
    maps = np.asarray(maps)
    return standard_ranks(maps.reshape(len(maps), -1))
