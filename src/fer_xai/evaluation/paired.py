"""Is one way of using a model better than another on the same faces, beyond chance?"""

from __future__ import annotations

import numpy as np

# Level of every test here. Several candidates are compared, so it is stricter than the usual 0.05.
ALPHA = 0.01
_SURE = 1e-7


def p_more_right(right: np.ndarray, other: np.ndarray) -> float:
    """Exact one-sided McNemar test: probability of so many wins over `other` if both are equally often right.

    Parameters
    ----------
    right, other : ndarray (N,) of bool
        Which faces each of them gets right.

    References
    ----------
    McNemar 1947, "Note on the sampling error of the difference between correlated proportions or percentages".
    """
    from scipy.stats import binomtest

    wins, losses = int((right & ~other).sum()), int((other & ~right).sum())
    return float(binomtest(wins, wins + losses, alternative="greater").pvalue) if wins + losses else 1.0


def p_larger(values: np.ndarray, others: np.ndarray) -> float:
    """One-sided paired t-test that `values` are larger on average; 1 where they never differ."""
    return p_positive(values - others)


def p_positive(differences: np.ndarray) -> float:
    """One-sided t-test that the mean is above zero; 1 with fewer than two differences, or where all are zero."""
    from scipy.stats import ttest_1samp

    spread = float(np.std(differences)) if len(differences) > 1 else 0.0
    if spread < 1e-12:
        return 1.0
    return float(ttest_1samp(differences, 0.0, alternative="greater").pvalue)


def p_above_chance(predicted: np.ndarray, labels: np.ndarray, right: np.ndarray) -> float:
    """Probability of so many right predictions if predictions and labels had nothing to do with each other.

    The chance level is that of the same predictions dealt out at random: Σ over emotions of (share predicted) ×
    (share labelled), as in Cohen's kappa. So a model that always says *happy* is never above chance.
    """
    from scipy.stats import binomtest

    names = np.unique(labels)
    chance = float(sum((predicted == name).mean() * (labels == name).mean() for name in names))
    return float(binomtest(int(right.sum()), len(right), min(chance, 1.0), alternative="greater").pvalue)


def log_probabilities(probabilities: np.ndarray) -> np.ndarray:
    """Logarithms (N, E) of probabilities that are made to sum to one and kept off zero; NaN and infinity count as 0."""
    clean = np.clip(np.nan_to_num(probabilities.astype(np.float64), posinf=0.0), 0.0, None) + _SURE
    return np.log(clean / clean.sum(axis=1, keepdims=True))


def tempered(log_p: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Log-likelihood (N,) of each face's label at the temperature that suits these faces best.

    A scaling that stretches the input makes a model more confident, right or wrong. One temperature per candidate
    takes that out, so that what is left is how well it ranks the emotions.

    Parameters
    ----------
    log_p : ndarray (N, E)
        Log-probabilities of the outputs.
    wanted : ndarray (N,) of int
        The output that stands for each face's label; −1 where there is none, which counts as the least likely one.

    References
    ----------
    Guo et al. 2017, "On calibration of modern neural networks".
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    def likelihood(log_scale: float) -> np.ndarray:
        scaled = log_p * np.exp(log_scale)
        scaled = scaled - logsumexp(scaled, axis=1, keepdims=True)
        return np.where(wanted < 0, scaled.min(axis=1), scaled[np.arange(len(scaled)), wanted])

    best = minimize_scalar(lambda s: -likelihood(s).mean(), bounds=(-4.0, 2.0), method="bounded")
    return likelihood(best.x)
