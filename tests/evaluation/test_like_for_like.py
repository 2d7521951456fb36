"""Like for like: the Mantel–Haenszel figures, and no credit for a group's easier emotions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from fer_xai.evaluation.like_for_like import like_for_like


def tables(seed=0, n=300):
    rng = np.random.default_rng(seed)
    strata = rng.choice(["happy", "sad", "fear"], n)
    some = rng.random(n) < np.where(strata == "happy", 0.6, 0.2)
    right = rng.random(n) < np.where(strata == "happy", 0.9, 0.5)
    return right.astype(float), some, strata


def test_right_and_wrong_give_mantel_and_haenszels_figures():
    """Against the textbook sums over 2×2 tables: a, b right and wrong of some; c, d of the others."""
    right, some, strata = tables()
    risk = weight = gap = variance = 0.0
    for name in ("happy", "sad", "fear"):
        here = strata == name
        a, b = (right[here & some] == 1).sum(), (right[here & some] == 0).sum()
        c, d = (right[here & ~some] == 1).sum(), (right[here & ~some] == 0).sum()
        n = a + b + c + d
        risk += (a * (c + d) - c * (a + b)) / n
        weight += (a + b) * (c + d) / n
        gap += a - (a + b) * (a + c) / n
        variance += (a + b) * (c + d) * (a + c) * (b + d) / (n**2 * (n - 1))
    found = like_for_like(right[:, None], some, strata)
    assert found.difference[0] == pytest.approx(risk / weight)
    assert found.p[0] == pytest.approx(chi2.sf(gap**2 / variance, 1))
    assert found.compared == some.sum()


def test_the_error_is_that_of_shuffling_within_the_emotions():
    rng = np.random.default_rng(1)
    _, some, strata = tables(1, 60)
    values = rng.gamma(1.0, size=(60, 1)) + (strata == "happy")[:, None]
    found = like_for_like(values, some, strata)
    drawn = []
    for _ in range(1000):
        shuffled = some.copy()
        for name in set(strata):
            here = np.flatnonzero(strata == name)
            shuffled[here] = some[rng.permutation(here)]
        drawn.append(like_for_like(values, shuffled, strata).difference[0])
    reach = (found.high - found.low)[0] / 2 / 1.959964
    assert np.std(drawn) == pytest.approx(reach, rel=0.08)
    assert np.mean(drawn) == pytest.approx(0.0, abs=4 * reach / np.sqrt(1000))


def test_a_group_with_more_easy_faces_is_not_called_better():
    right, some, strata = tables(3, 4000)
    found = like_for_like(right[:, None], some, strata)
    assert right[some].mean() - right[~some].mean() > 0.1
    assert found.low[0] < 0 < found.high[0]
    assert abs(found.difference[0]) < 0.04


def test_chance_alone_is_found_in_one_of_twenty():
    sure = [bool(like_for_like(r[:, None], some, strata).p[0] < 0.05) for r, some, strata in map(tables, range(400))]
    assert 0.02 <= np.mean(sure) <= 0.09


def test_the_interval_leaves_out_zero_where_the_test_says_so():
    rng = np.random.default_rng(3)
    _, some, strata = tables(3)
    found = like_for_like(rng.normal(size=(300, 40)) + 0.2 * some[:, None], some, strata)
    assert ((found.low > 0) | (found.high < 0)).tolist() == (found.p < 0.05).tolist()
    assert 0 < (found.p < 0.05).sum() < 40


def test_nothing_to_compare_gives_no_number_and_equal_faces_no_difference():
    alone = like_for_like(np.ones((4, 1)), np.array([True, True, False, False]), ["sad", "sad", "fear", "fear"])
    assert np.isnan([alone.difference[0], alone.low[0], alone.p[0]]).all()
    assert alone.compared == 0
    equal = like_for_like(np.ones((4, 1)), np.array([True, False, True, False]), ["sad"] * 4)
    assert (equal.difference[0], equal.p[0]) == (0.0, 1.0)
    assert np.isnan([equal.low[0], equal.high[0]]).all(), (
        "faces that are all alike do not tell how far they would stray"
    )
