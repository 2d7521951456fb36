"""Holm's correction of several tests, for all rooms."""

from __future__ import annotations

import numpy as np


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's step-down correction: p-values that may be read side by side, of any shape; NaN are no tests.

    References
    ----------
    Holm 1979, "A simple sequentially rejective multiple test procedure".

    Examples
    --------
    >>> holm(np.array([0.01, 0.02, 0.5])).round(2).tolist()
    [0.03, 0.04, 0.5]
    """
    flat = np.asarray(p, np.float64).ravel()
    tested = np.flatnonzero(np.isfinite(flat))
    order = tested[np.argsort(flat[tested], kind="stable")]
    stepped = flat[order] * np.arange(len(order), 0, -1)
    corrected = np.full(len(flat), np.nan)
    corrected[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return corrected.reshape(np.shape(p))
