"""LIME's surrogate: a weighted ridge regression of answers on which segments were shown, with its errors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_LEAST = 1e-2  # of a cluster's answers, what the fit without them is taken to leave


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
    data analysis using generalized linear models" (the cluster-robust covariance); Bell & McCaffrey 2002, "Bias
    reduction in standard errors for linear regression with multi-stage samples" (as if each cluster had been left out).
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
    # Rows scaled so that all weigh the same.
    root = np.sqrt(weight)
    errors = _errors(z * root[:, None], normal, left * root, paired)
    return Surrogate(coefficients, errors, fit)


def _errors(z: np.ndarray, normal: np.ndarray, left: np.ndarray, paired: bool) -> np.ndarray:
    """Standard errors of coefficients from how far each cluster of rows moves them.

    The fit leaves too little of the answers, since each cluster has pulled it towards itself; that much is undone.

    Parameters
    ----------
    z : ndarray (M, S)
        Coalitions, centred and scaled by the roots of their weights.
    normal : ndarray (S, S)
        Normal equations.
    left : ndarray (M,)
        What the fit leaves of the answers, scaled alike.
    """
    rows, segments = z.shape
    first = np.arange(1, rows - 1, 2) if paired else np.arange(0)
    alone = np.setdiff1d(np.arange(rows), [first, first + 1])
    if len(first) + len(alone) <= segments + 1:
        return np.full(segments, np.nan)
    pulls = np.linalg.solve(normal, z.T).T
    moved = [_moved(z[group], pulls[group], left[group]) for group in (alone[:, None], np.stack([first, first + 1], 1))]
    return np.sqrt((np.concatenate(moved) ** 2).sum(axis=0))


def _moved(z: np.ndarray, pulls: np.ndarray, left: np.ndarray) -> np.ndarray:
    """How far clusters (C, rows, S) move the coefficients, (C, S)."""
    own = np.eye(z.shape[1]) - z @ pulls.transpose(0, 2, 1)
    values, vectors = np.linalg.eigh(own)
    undone = (vectors.transpose(0, 2, 1) @ left[..., None]) / np.maximum(values, _LEAST)[..., None]
    return np.einsum("crs,cr->cs", pulls, (vectors @ undone)[..., 0])
