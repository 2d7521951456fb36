"""LIME's surrogate: a weighted ridge regression of answers on which segments were shown, with its errors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Surrogate(NamedTuple):
    """A face's fitted surrogate.

    Attributes
    ----------
    coefficients : ndarray (S,)
        Of the segments.
    errors : ndarray (S,)
        Their standard errors against the same regression on all coalitions; NaN where too few were drawn to know.
    fit : float
        Weighted R².
    """

    coefficients: np.ndarray
    errors: np.ndarray
    fit: float


def fit_surrogate(
    present: np.ndarray, response: np.ndarray, kernel_width: float, *, paired: bool = False, penalty: float = 1.0
) -> Surrogate:
    """Ridge regression of `response` (M,) on coalitions `present` (M, S), in closed form in float64.

    The lime package's surrogate: weights √exp(−d² / width²) with d the cosine distance to the whole face, a penalty on
    the coefficients, none on the intercept.

    Parameters
    ----------
    paired : bool
        Rows 1 and 2, 3 and 4, … are complements: then these pairs are what is independent, else the rows are.

    References
    ----------
    Ribeiro, Singh & Guestrin 2016; the lime package 0.2.0.1 (``lime_base``). Errors: Liang & Zeger 1986, "Longitudinal
    data analysis using generalized linear models" (the cluster-robust covariance), with n / (n − S) for few clusters.
    """
    z = present.astype(np.float64)
    distance = 1 - np.sqrt(z.mean(axis=1))
    weight = np.sqrt(np.exp(-(distance**2) / kernel_width**2))
    share = weight / weight.sum()
    z -= share @ z
    y = response - response[0]  # exactly zero where nothing changes the answer, not its rounding error
    y -= share @ y
    weighted = z * weight[:, None]
    normal = z.T @ weighted + penalty * np.eye(z.shape[1])
    coefficients = np.linalg.solve(normal, weighted.T @ y)
    left = y - z @ coefficients
    total = weight @ y**2
    fit = float(1 - weight @ left**2 / total) if total > 0 else 0.0
    score = weighted * left[:, None]
    if paired:
        alone = score[:1] if len(score) % 2 else score[[0, -1]]
        score = np.concatenate([alone, score[1:-1:2] + score[2::2]])
    return Surrogate(coefficients, _errors(normal, score), fit)


def _errors(normal: np.ndarray, score: np.ndarray) -> np.ndarray:
    clusters, segments = score.shape
    if clusters <= segments + 1:
        return np.full(segments, np.nan)
    pulled = np.linalg.solve(normal, score.T)
    return np.sqrt((pulled**2).sum(axis=1) * clusters / (clusters - segments))
