"""How far the ranking of a sampled map is settled: what it is expected to have in common with its own limit."""

from __future__ import annotations

import numpy as np

_DRAWS = 32


def settled(values: np.ndarray, errors: np.ndarray) -> float:
    """Expected rank correlation, 0 … 1, of the values, (S,) or a map, with those that no sampling error is left in.

    The share of their variance that is not error is their reliability. Values that vary by so much less stand for the
    truth; the mean of their rank correlations with themselves and normal errors of the stated sizes added, drawn
    thirty-two times, is what is told. NaN where errors are not known or all values are the same.

    References
    ----------
    Spearman 1910, "Correlation calculated from faulty data" (reliability); Efron & Tibshirani 1993, "An introduction to
    the bootstrap" (parametric).
    """
    values, errors, spread = values.ravel(), errors.ravel(), values.var()
    if np.isnan(errors).any() or spread == 0:
        return float("nan")
    reliability = max(1 - float(np.mean(errors**2) / spread), 0.0)
    truth = np.sqrt(reliability) * (values - values.mean())
    noise = np.random.default_rng(0).standard_normal((_DRAWS, len(values))) * errors
    ranks = _ranks(truth + noise)
    return float(np.clip((ranks @ _ranks(truth)).mean(), 0, 1)) if reliability else 0.0


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks (…, S) with mean 0 and length 1; of equal values the first is the lowest."""
    ranks = values.argsort(axis=-1, kind="stable").argsort(axis=-1) - (values.shape[-1] - 1) / 2
    return ranks / np.linalg.norm(ranks, axis=-1, keepdims=True)
