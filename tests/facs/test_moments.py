"""Very many faces: moments add up, and give the bootstrap's and the shuffles' means, covariances and quantiles."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.facs.moments import MANY, Moments
from fer_xai.facs.resampling import Units, bca_interval, shuffled_p, units_of
from fer_xai.facs.separability import separability_from_profile
from fer_xai.facs.significance import mean_of_sums, rank_sums, significance
from fer_xai.facs.specificity import specificity_from_profile
from tests.facs.profile_stubs import drawn_profile


@pytest.fixture(scope="module")
def faces() -> tuple[np.ndarray, np.ndarray]:
    """Numbers that hang together, and a count, of faces of three emotions of unequal frequency."""
    rng = np.random.default_rng(0)
    codes = rng.choice(3, 900, p=[0.6, 0.3, 0.1])
    values = rng.gamma(2, size=(900, 2)) @ np.array([[1, 0.5], [0, 1]]) + codes[:, None]
    return np.column_stack([values, np.ones(900)]), codes


def test_parts_of_a_study_add_up(faces):
    values, codes = faces
    whole, parts = Moments.of(values, codes, 3), Moments.of(values[:300], codes[:300], 3)
    parts += Moments.of(values[300:], codes[300:], 3)
    for name in ("counts", "sums", "products"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name))


@pytest.mark.parametrize("how", ["resampled", "shuffled"])
def test_draws_spread_as_those_of_the_faces_themselves(faces, how):
    values, codes = faces
    drawn = [
        np.concatenate(list(getattr(units, how)(1, 20_000))).reshape(20_000, -1)
        for units in (Moments.of(values, codes, 3), Units.of(values, codes, 3))
    ]
    np.testing.assert_allclose(drawn[0].mean(axis=0), drawn[1].mean(axis=0), rtol=0.01)
    spreads = [np.cov(draws.T) for draws in drawn]
    size = np.sqrt(np.outer(np.diag(spreads[1]), np.diag(spreads[1]))) + 1e-6
    np.testing.assert_allclose(spreads[0] / size, spreads[1] / size, atol=0.06)
    np.testing.assert_array_equal(drawn[0][:, 2::3], np.repeat([np.bincount(codes)], 20_000, axis=0))


def test_from_ten_thousand_faces_the_interval_is_as_good_as_the_same(faces):
    rng = np.random.default_rng(2)
    codes = np.repeat([0, 1], [MANY - 2_000, 2_000])
    values = np.column_stack([rng.gamma(1, size=MANY) + 0.05 * codes, np.ones(MANY)])
    units = units_of(values, codes, 2)
    assert isinstance(units, Moments)
    assert isinstance(units_of(values[1:], codes[1:], 2), Units)
    assert isinstance(units_of(values, codes, 2, range(MANY)), Units)
    low, high = bca_interval(units, mean_of_sums, 0, 9_999)
    slow_low, slow_high = bca_interval(Units.of(values, codes, 2), mean_of_sums, 0, 999)
    width = slow_high - slow_low
    np.testing.assert_allclose((low - slow_low) / width, 0, atol=0.06)
    np.testing.assert_allclose((high - slow_high) / width, 0, atol=0.06)
    expected = 1.96 * 2 * values[codes == 1, 0].std(ddof=1) / np.sqrt(2_000)
    assert float((high - low)[1, 0]) == pytest.approx(expected, rel=0.03)


def test_a_difference_is_told_from_chance_alike(faces):
    values, codes = faces

    def statistic(sums: np.ndarray) -> np.ndarray:
        means = mean_of_sums(sums)
        return means[..., 1, 0] - means[..., 0, 0]

    same = values.copy()
    same[:, :2] -= codes[:, None] * 0.96
    slow = shuffled_p(Units.of(same, codes, 3), statistic, 0, 9_999)
    quick = shuffled_p(Moments.of(same, codes, 3), statistic, 0, 9_999)
    assert 0.01 < slow < 0.99
    assert float(quick) == pytest.approx(float(slow), abs=0.02)


def test_rank_sums_are_scipys_whichever_way_they_are_counted():
    from scipy.stats import mannwhitneyu

    rng = np.random.default_rng(3)
    codes = rng.integers(0, 3, 90)
    values = rng.integers(0, 12, (90, 4)) / 4 + 0.3 * codes[:, None]
    values[:, 3] = 1.0
    found = rank_sums(values, codes, 3)
    for emotion in range(3):
        own = codes == emotion
        expected = mannwhitneyu(values[own, :3], values[~own, :3], axis=0, method="asymptotic").pvalue
        np.testing.assert_allclose(found[emotion, :3], expected, rtol=1e-12)
    np.testing.assert_array_equal(found[:, 3], 1.0)


def test_every_measure_takes_very_many_faces():
    planted = {"happy": ["lip_corner"], "angry": ["glabella"]}
    profile = drawn_profile(MANY // 6 + 1, 0, planted, 1.3)
    told = separability_from_profile(profile, resamples=99)
    assert told.low < told.value < told.high
    assert told.high - told.low < 0.03
    assert (told.p, told.n) == (0.01, len(profile.emotions))
    table = significance(profile, resamples=199).set_index(["emotion", "region"])
    assert set(table.index[table["stands_out"]]) >= {("happy", "lip_corner"), ("angry", "glabella")}
    assert (table["low"] < table["log2_enrichment"]).all()


def test_specificity_of_very_many_blind_faces_is_chance():
    rng = np.random.default_rng(4)
    emotions = ["happy", "sad", "angry"] * (MANY // 3 + 1)
    area = rng.uniform(0.05, 0.15, (len(emotions), 3))
    mass = area * rng.lognormal(0, 0.8, area.shape)
    blind = specificity_from_profile(mass, area, emotions, ["happy", "sad", "angry"])
    assert blind.low < 0 < blind.high
    assert blind.high - blind.low < 0.1
    assert blind.p > 0.01
