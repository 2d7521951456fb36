"""Shapley values of a few players, from all coalitions or from sampled ones."""

from __future__ import annotations

from math import comb

import numpy as np

MOST_EXACT = 16  # players; beyond, all coalitions are too many to list


def all_coalitions(players: int) -> np.ndarray:
    """Every coalition (2^players, players) uint8; row r shows the players whose bit is set in r."""
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(np.uint8)


def exact(worth: np.ndarray, players: int) -> np.ndarray:
    """Shapley values from the worth of every coalition.

    Parameters
    ----------
    worth : ndarray (2^players,)
        In the order of `all_coalitions`.

    Returns
    -------
    ndarray (players,) float64
        They sum to the worth of all less that of none.

    References
    ----------
    Shapley 1953, "A value for n-person games".
    """
    coalition = np.arange(2**players)
    size = all_coalitions(players).sum(axis=1, dtype=int)
    share = np.array([1 / (players * comb(players - 1, k)) for k in range(players)])
    values = np.empty(players)
    for player in range(players):
        without = coalition[(coalition >> player & 1) == 0]
        values[player] = share[size[without]] @ (worth[without | 1 << player] - worth[without])
    return values


def sample_pairs(players: int, samples: int, seed: list[int]) -> np.ndarray:
    """Coalitions (samples, players) uint8 from the Shapley kernel, each beside its complement.

    The first row shows nobody, the second everybody; the rest are (samples − 2) // 2 pairs. Sizes have the chance of
    the kernel, players of a size are uniform.
    """
    rng = np.random.default_rng(seed)
    sizes = np.arange(1, players)
    chance = 1 / (sizes * (players - sizes))
    pairs = (samples - 2) // 2
    wanted = rng.choice(sizes, size=pairs, p=chance / chance.sum())
    rank = rng.random((pairs, players)).argsort(axis=1).argsort(axis=1)
    half = (rank < wanted[:, None]).astype(np.uint8)
    both = np.stack([half, 1 - half], axis=1).reshape(-1, players)
    return np.concatenate([np.zeros((1, players), np.uint8), np.ones((1, players), np.uint8), both])


def from_pairs(present: np.ndarray, worth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shapley values and their standard errors from the coalitions of `sample_pairs`.

    The least-squares fit of an additive game that is exact on nobody and everybody; the errors are those of a
    regression whose independent observations are the pairs.

    Parameters
    ----------
    present : ndarray (M, players)
    worth : ndarray (M,)

    Returns
    -------
    ndarray (players,), ndarray (players,)
        Values, which sum to the worth of all less that of none, and standard errors.

    References
    ----------
    Lundberg & Lee 2017, "A unified approach to interpreting model predictions"; Covert & Lee 2021, "Improving
    KernelSHAP: practical Shapley value estimation using linear regression" (pairs, errors).
    """
    players = present.shape[1]
    total = worth[1] - worth[0]
    z = present[2:].astype(np.float64)
    y = worth[2:] - worth[0]
    inverse = np.linalg.pinv(z.T @ z / len(z), hermitian=True)
    onto_sum = inverse.sum(axis=1) / inverse.sum()
    free = inverse @ (z.T @ y / len(z))
    values = free - onto_sum * (free.sum() - total)
    # A pair tells one thing: how its halves differ. Its pull on its own fit makes what is left of it too small.
    apart = (z[::2] - z[1::2]) / 2
    pull = np.einsum("ps,st,pt->p", apart, np.linalg.pinv(apart.T @ apart, hermitian=True), apart)
    left = (y - z @ values).reshape(-1, 2) / np.maximum(1 - pull, 1e-3)[:, None]
    score = (z.reshape(-1, 2, players) * left[:, :, None]).mean(axis=1)
    projected = (inverse - np.outer(onto_sum, inverse.sum(axis=0))) @ score.T
    return values, np.sqrt((projected**2).sum(axis=1)) / len(score)
