"""How much probability the labels are given: cross-entropy, and against the votes of several people."""

from __future__ import annotations

import numpy as np

from fer_xai.evaluation.intervals import Estimate, mean

# Keras's own floor (keras.config.epsilon), so that figures are those that a training log shows.
_LEAST = 1e-7


def losses(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Cross-entropy (N,) of each face's label in nats, as Keras has it: rows sum to one, no probability below 1e-7.

    Parameters
    ----------
    labels : ndarray (N,) of int
    probabilities : ndarray (N, E)
    """
    return -_logarithms(probabilities)[np.arange(len(labels)), labels]


def measure_loss(labels: np.ndarray, probabilities: np.ndarray) -> Estimate:
    """Mean of `losses` with Student's interval."""
    return mean(losses(labels, probabilities))


def measure_votes(votes: np.ndarray, probabilities: np.ndarray) -> dict[str, Estimate]:
    """How well probabilities agree with how several people voted (Barsoum et al. 2016).

    Parameters
    ----------
    votes : ndarray (N, E)
        Number of votes of each emotion, in the order of the probabilities; each row has at least one.
    probabilities : ndarray (N, E)

    Returns
    -------
    dict
        ``vote_loss``: cross-entropy against the shares of votes; ``vote_loss_least``: what their own disagreement
        leaves, the entropy of the votes, which no classifier can go below; ``vote_agreement``: share of votes that
        the predicted emotion has, the probability that a voter drawn at random agrees.
    """
    shares = votes / votes.sum(axis=1, keepdims=True)
    least = -np.where(shares > 0, shares * np.log(np.maximum(shares, _LEAST)), 0.0).sum(axis=1)
    return {
        "vote_loss": mean(-(shares * _logarithms(probabilities)).sum(axis=1)),
        "vote_loss_least": mean(least),
        "vote_agreement": mean(shares[np.arange(len(shares)), probabilities.argmax(axis=1)]),
    }


def _logarithms(probabilities: np.ndarray) -> np.ndarray:
    rows = probabilities.astype(np.float64)
    rows = rows / rows.sum(axis=1, keepdims=True)
    return np.log(np.clip(rows, _LEAST, 1 - _LEAST))
