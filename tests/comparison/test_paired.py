"""Paired differences against closed forms and an independent bootstrap."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap

from fer_xai.comparison.paired import FLIPS, corrected, paired


def test_p_is_that_of_all_exchanges():
    values = np.random.default_rng(0).normal(0.7, 1, (8, 1))
    sums = np.array([np.dot(signs, values[:, 0]) for signs in itertools.product((-1, 1), repeat=8)])
    exact = (np.abs(sums) >= abs(values.sum()) - 1e-12).mean()
    assert paired(values, seed=1).p[0] == pytest.approx(exact, abs=4 * np.sqrt(exact / FLIPS))


def test_interval_is_scipys():
    values = np.random.default_rng(2).exponential(1, 200) - 0.5
    known = bootstrap((values,), np.mean, n_resamples=9999, rng=np.random.default_rng(0)).confidence_interval
    found = paired(values[:, None], seed=0)
    assert found.value[0] == pytest.approx(values.mean())
    assert (found.low[0], found.high[0]) == pytest.approx(tuple(known), abs=0.02)


def test_two_faces_have_a_mean_and_nothing_more():
    found = paired(np.array([[0.2], [0.4]]), seed=0)
    assert (found.value[0], found.n) == (pytest.approx(0.3), 2)
    assert np.isnan([found.low[0], found.high[0], found.p[0]]).all()


def test_no_difference_is_no_difference():
    found = paired(np.zeros((30, 3)), seed=0)
    assert found.value.tolist() == found.low.tolist() == found.high.tolist() == [0, 0, 0]
    assert found.p.tolist() == [1, 1, 1]


def test_noise_is_significant_as_rarely_as_promised():
    rng = np.random.default_rng(5)
    p = paired(rng.normal(0, 1, (60, 400)), seed=0).p
    assert (p < 0.05).mean() < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 400)


def test_order_of_faces_does_not_matter_and_unknown_faces_are_left_out():
    values = np.random.default_rng(1).normal(0.2, 1, (40, 2))
    more = np.vstack([values, [[np.nan, 1.0]]])
    one, two = paired(values, seed=3), paired(more[::-1], seed=3)
    for name in ("value", "low", "high", "p"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert two.n == 40


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_faces_have_no_interval(count):
    found = paired(np.ones((count, 2)), seed=0)
    assert found.n == count
    assert np.isnan(found.low).all()
    assert np.isnan(found.p).all()


def test_correction_is_holms():
    table = corrected(pd.DataFrame({"p": [0.01, 0.04, 0.03, np.nan], "low": 0.1, "high": 0.2}))
    assert table["p_holm"].tolist()[:3] == pytest.approx([0.03, 0.06, 0.06])
    assert table["significant"].tolist() == [True, False, False, False]


@pytest.mark.parametrize(("low", "high", "clear"), [(0.1, 0.2, True), (-0.2, -0.1, True), (-0.1, 0.2, False)])
def test_what_is_significant_has_an_interval_that_leaves_out_zero(low, high, clear):
    assert corrected(pd.DataFrame({"p": [0.001], "low": low, "high": high}))["significant"].tolist() == [clear]
