"""Correlations over the last axis, and the pixels at the top of a map."""

from __future__ import annotations

import numpy as np


def unit(rows: np.ndarray) -> np.ndarray:
    """Rows (…, P) of length 1; NaN where all is zero."""
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(length > 0, rows / length, np.nan)


def standardised(rows: np.ndarray) -> np.ndarray:
    """Rows (…, P) of mean 0 and length 1, so that inner products are Pearson's correlations; NaN for constant rows."""
    rows = np.asarray(rows, np.float64)
    middle = rows.mean(axis=-1, keepdims=True)
    apart = rows - middle
    # What is left of a constant row is rounding.
    still = np.abs(apart).max(axis=-1, keepdims=True) <= 1e-12 * np.maximum(np.abs(middle), 1e-300)
    return unit(np.where(still, 0.0, apart))


def standard_ranks(rows: np.ndarray) -> np.ndarray:
    """Ranks (…, P) of mean 0 and length 1, for Spearman's correlations as inner products; NaN for constant rows."""
    from scipy.stats import rankdata

    return standardised(rankdata(np.asarray(rows, np.float64), axis=-1))


def top_parts(rows: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """How much of each pixel belongs to the `counts` (N,) largest of its row, (N, P): 1, 0, or equal parts of ties."""
    flat, counts = np.asarray(rows, np.float64), np.asarray(counts)[:, None]
    ordered = np.sort(flat, axis=1)[:, ::-1]
    least = np.take_along_axis(ordered, np.maximum(counts, 1) - 1, axis=1)
    above, tied = flat > least, flat == least
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = above + tied * (counts - above.sum(axis=1, keepdims=True)) / tied.sum(axis=1, keepdims=True)
    return np.where(np.isfinite(least), parts, np.nan)
