"""LIME's surrogate against its limit, which is known where all coalitions can be listed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from fer_xai.explainers.designs import draw
from fer_xai.explainers.settled import settled
from fer_xai.explainers.shapley import all_coalitions
from fer_xai.explainers.surrogate import fit_surrogate

WIDTH = 0.25
SEGMENTS = 10


def game(rng: np.random.Generator, single: float) -> np.ndarray:
    """Answers to all coalitions of 10 segments: `single` effects beside those of two and three together."""
    z = all_coalitions(SEGMENTS) - 0.5
    two = (z[:, :, None] * z[:, None, :]).reshape(len(z), -1)
    pairs = two @ rng.normal(size=SEGMENTS**2)
    three = ((two @ rng.normal(size=(SEGMENTS**2, SEGMENTS))) * z).sum(axis=1)
    return single * (z @ rng.normal(size=SEGMENTS)) + pairs + 0.5 * three


def drawn(worth: np.ndarray, sampling: str, samples: int, seed: int):
    present = draw(sampling, SEGMENTS, samples, [seed])
    response = worth[present @ (1 << np.arange(SEGMENTS))]
    return fit_surrogate(present, response, WIDTH, paired=sampling == "orthogonal", penalty=0)


@pytest.mark.parametrize("sampling", ["random", "orthogonal"])
def test_standard_errors_are_those_of_repeated_draws(sampling):
    """Mean square of (estimate − limit) / standard error over 300 draws × 10 segments; jackknifed errors run large."""
    worth = game(np.random.default_rng(0), single=1)
    limit = fit_surrogate(all_coalitions(SEGMENTS), worth, WIDTH, penalty=0).coefficients
    fits = [drawn(worth, sampling, 400, seed) for seed in range(300)]
    z = np.array([(fit.coefficients - limit) / fit.errors for fit in fits])
    assert 0.75 < np.mean(z**2) < 1.1
    assert abs(z.mean()) < 0.25, "the same limit, but for what a ratio of few sums is off"


def test_orthogonal_coalitions_are_not_misled_by_what_segments_do_in_pairs():
    """With equal weights the limit is what each of 40 segments does by itself; whole blocks give it exactly."""
    rng = np.random.default_rng(1)
    alone, together = rng.normal(size=40), rng.normal(size=(40, 40))
    np.fill_diagonal(together, 0)
    error = {}
    for sampling in ("random", "orthogonal"):
        present = draw(sampling, 40, 1 + 2 * 128, [0])
        z = present - 0.5
        worth = z @ alone + np.einsum("ri,ij,rj->r", z, together, z)
        # The first row, which shows everything, is no part of the design.
        fit = fit_surrogate(present[1:], worth[1:], 1e6, penalty=0)
        error[sampling] = np.abs(fit.coefficients - alone).max()
    assert error["orthogonal"] < 1e-9
    assert error["random"] > 1


def test_the_stated_rank_correlation_is_the_measured_one():
    """Over 100 games of random effects; too little is stated where there are few samples, never too much."""
    for samples, single, short in ((40, 1, 0.25), (100, 1, 0.07), (200, 3, 0.01), (400, 3, 0.01)):
        found, said = [], []
        for seed in range(100):
            worth = game(np.random.default_rng(seed), single)
            limit = fit_surrogate(all_coalitions(SEGMENTS), worth, WIDTH, penalty=0).coefficients
            fit = drawn(worth, "random", samples, seed)
            found.append(spearmanr(fit.coefficients, limit).statistic)
            said.append(settled(fit.coefficients, fit.errors))
        assert -short < np.mean(said) - np.mean(found) < 0.01, samples


def test_too_few_samples_are_not_called_settled():
    present = draw("random", SEGMENTS, 10, [0])
    fit = fit_surrogate(present, present @ np.arange(10.0), WIDTH)
    assert np.isnan(fit.errors).all()
    assert np.isnan(settled(fit.coefficients, fit.errors))
