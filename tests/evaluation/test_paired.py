"""Is one reading better than another: closed forms, and the cases in which nothing can be told."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, t

from fer_xai.evaluation.paired import log_probabilities, p_above_chance, p_larger, p_more_right, p_positive, tempered


def test_wins_and_losses_are_a_fair_coin_s():
    right = np.array([True] * 8 + [False] * 2)
    other = np.array([False] * 8 + [True, False])
    assert p_more_right(right, other) == pytest.approx(binom.sf(7, 9, 0.5))
    assert p_more_right(right, right) == 1.0


def test_a_mean_is_above_zero_by_student_s_t():
    values = np.array([0.1, 0.3, -0.1, 0.4])
    statistic = values.mean() / (values.std(ddof=1) / 2)
    assert p_positive(values) == pytest.approx(t.sf(statistic, 3))
    assert p_larger(values + 1, np.ones(4)) == pytest.approx(p_positive(values))
    assert p_positive(np.zeros(5)) == p_positive(np.array([3.0])) == 1.0


def test_chance_is_that_of_the_same_answers_dealt_out():
    labels = np.array(["happy"] * 6 + ["sad"] * 2)
    predicted = np.array(["happy", "sad"] * 4)
    right = predicted == labels
    assert p_above_chance(predicted, labels, right) == pytest.approx(binom.sf(right.sum() - 1, 8, 0.5))
    always = np.full(8, "happy")
    assert p_above_chance(always, labels, always == labels) > 0.5


def test_probabilities_sum_to_one_row_by_row_and_nonsense_counts_as_nothing():
    found = np.exp(log_probabilities(np.array([[1.0, 3.0], [0.2, 0.2], [np.nan, 5.0], [np.inf, 1.0], [-2.0, 1.0]])))
    assert found.sum(axis=1) == pytest.approx(1)
    assert found[:, 0] == pytest.approx([0.25, 0.5, 0, 0, 0], abs=1e-6)


def test_a_stretched_scale_changes_nothing():
    rng = np.random.default_rng(0)
    log_p = log_probabilities(rng.random((40, 3)))
    wanted = np.where(rng.random(40) < 0.7, log_p.argmax(axis=1), rng.integers(0, 3, 40))
    assert tempered(2 * log_p, wanted) == pytest.approx(tempered(log_p, wanted), abs=1e-3)
    nowhere = tempered(log_p, np.full(40, -1))
    assert (nowhere <= tempered(log_p, log_p.argmin(axis=1)) + 1e-6).all()
