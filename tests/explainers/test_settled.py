"""What sampled maps state of themselves is what is measured against many more samples."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from fer_xai.explainers.settled import settled


def test_no_error_is_settled_entirely_and_pure_noise_not_at_all():
    values = np.random.default_rng(0).normal(size=50)
    assert settled(values, np.zeros(50)) == pytest.approx(1)
    assert settled(values, np.full(50, 2.0)) == 0
    assert np.isnan(settled(np.zeros(5), np.zeros(5)))
    assert np.isnan(settled(values, np.full(50, np.nan)))


@pytest.mark.parametrize("tails", [3, 5, 30], ids=lambda tails: f"t{tails}")
@pytest.mark.parametrize("noise", [0.1, 0.3, 1.0])
def test_told_is_what_is_measured_whatever_the_tails_of_the_truth(tails, noise):
    """A few large values and many small ones, as gradients have, are more easily shuffled than normal ones."""
    rng = np.random.default_rng(1)
    found, said = [], []
    for _ in range(40):
        truth = rng.standard_t(tails, 400)
        errors = noise * truth.std() * rng.uniform(0.5, 1.5, 400)
        seen = truth + errors * rng.normal(size=400)
        found.append(spearmanr(truth, seen).statistic)
        said.append(settled(seen, errors))
    assert np.mean(said) == pytest.approx(np.mean(found), abs=0.05)
