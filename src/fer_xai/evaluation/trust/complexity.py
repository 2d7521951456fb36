"""Complexity: how much of the face an explanation takes up. It has no good end: a map may be sparse and wrong."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fer_xai.evaluation.trust.rows import Measured, joined, trust_rows


def complexity(maps: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Measure how few pixels hold a map's absolute values.

    Shifting a map changes none of these, so there is no chance level here; maps of ``random`` noise beside the methods
    show what knowing nothing has.

    Parameters
    ----------
    maps : mapping of str to ndarray (N, H, W)
        Signed attributions by method.

    Returns
    -------
    DataFrame
        Trust rows, for shares q of Σ|attribution| at each of P = H·W pixels; NaN where a map is zero:

        sparseness
            Gini index, 0 (all pixels equal) … 1 − 1/P (one pixel) [1]_; Quantus's ``Sparseness``.
        entropy
            −Σ q log q in nats, 0 (one pixel) … log P (all equal) [2]_; Quantus's ``Complexity``.
        effective_area
            1 ÷ (P Σ q²), 1/P … 1: a map that is constant on a share of the face, and zero elsewhere, has that share
            (the inverse participation ratio [3]_). It counts no pixels above a threshold, so needs none.

    References
    ----------
    .. [1] Chalasani et al. 2020, "Concise explanations of neural networks using adversarial training".
    .. [2] Bhatt, Weller, Moura 2020, "Evaluating and aggregating feature-based model explanations", §3.3.
    .. [3] Bell & Dean 1970, "Atomic vibrations in vitreous silica".
    """
    tables = []
    for metric, measure in (("sparseness", _gini), ("entropy", _entropy), ("effective_area", _effective_area)):
        found = {}
        for method, values in maps.items():
            figure = measure(_shares(values))
            found[method] = Measured(figure, np.full(len(figure), np.nan))
        tables.append(trust_rows(found, metric))
    return joined(tables)


def _shares(maps: np.ndarray) -> np.ndarray:
    size = np.abs(np.asarray(maps, np.float64)).reshape(len(maps), -1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return size / size.sum(axis=1, keepdims=True)


def _gini(shares: np.ndarray) -> np.ndarray:
    pixels = shares.shape[1]
    return np.sort(shares, axis=1) @ (2 * np.arange(1, pixels + 1) - pixels - 1) / pixels


def _entropy(shares: np.ndarray) -> np.ndarray:
    from scipy.special import entr

    return entr(shares).sum(axis=1)


def _effective_area(shares: np.ndarray) -> np.ndarray:
    return 1 / (shares.shape[1] * (shares**2).sum(axis=1))
