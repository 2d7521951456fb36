"""Resampling: the same intervals as scipy's bootstrap, people drawn whole, nothing hangs on order."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap

from fer_xai.errors import InputError
from fer_xai.facs import resampling
from fer_xai.facs.resampling import Units, bca_interval, check_people, shuffled_p


def difference(sums: np.ndarray) -> np.ndarray:
    """Difference of two emotions' means, from sums and counts."""
    means = sums[..., 0] / sums[..., 1]
    return means[..., 1] - means[..., 0]


def with_counts(values: np.ndarray) -> np.ndarray:
    return np.column_stack([values, np.ones(len(values))])


def test_intervals_are_those_of_scipy() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=40), rng.lognormal(1, 1.2, size=60)
    codes = np.repeat([0, 1], [40, 60])
    units = Units.of(with_counts(np.concatenate([first, second])), codes, 2)
    low, high = bca_interval(units, difference, 0, 20_000)

    def statistic(a: np.ndarray, b: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(b.mean(axis=axis) - a.mean(axis=axis))

    expected = bootstrap((first, second), statistic, n_resamples=20_000, method="BCa", rng=1).confidence_interval
    assert low == pytest.approx(expected.low, abs=0.1)
    assert high == pytest.approx(expected.high, abs=0.1)
    # What percentiles are not: BCa moves the bounds of a right-skewed mean up.
    plain = bootstrap((first, second), statistic, n_resamples=20_000, method="percentile", rng=1).confidence_interval
    assert high - plain.high > 0.15


def test_shuffling_gives_the_exact_p_of_a_small_study() -> None:
    # Of the 20 ways to give three of six faces the second emotion, only one has so large a difference.
    units = Units.of(with_counts(np.array([0, 1, 2, 10, 11, 12.0])), np.repeat([0, 1], 3), 2)
    assert shuffled_p(units, difference, 0, 20_000) == pytest.approx(1 / 20, abs=0.005)


def test_the_order_of_faces_does_not_matter_but_the_seed_does() -> None:
    rng = np.random.default_rng(3)
    values, codes, people = with_counts(rng.normal(size=60)), np.arange(60) % 2, np.arange(60) // 4
    turned = rng.permutation(60)
    for who in (None, people):
        other = None if who is None else [f"person {who[i]}" for i in turned]
        first = bca_interval(Units.of(values, codes, 2, who), difference, 0, 500)
        second = bca_interval(Units.of(values[turned], codes[turned], 2, other), difference, 0, 500)
        np.testing.assert_allclose(first, second)
        assert first != bca_interval(Units.of(values, codes, 2, who), difference, 1, 500)


def test_faces_of_the_same_people_make_the_interval_wider() -> None:
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(30), 10)
    codes = np.tile([0, 1], 150)
    # Each person's difference between emotions is their own: ten faces of one person are nearly one number.
    values = with_counts(rng.normal(size=30)[person] * codes + rng.normal(0, 0.1, 300))
    low, high = bca_interval(Units.of(values, codes, 2), difference, 0, 999)
    wide_low, wide_high = bca_interval(Units.of(values, codes, 2, person), difference, 0, 999)
    assert wide_high - wide_low > 2 * (high - low)
    # What people have in common over emotions cancels instead, if they are drawn with all their faces.
    values = with_counts(rng.normal(size=30)[person] + rng.normal(0, 0.1, 300))
    low, high = bca_interval(Units.of(values, codes, 2), difference, 0, 999)
    tight_low, tight_high = bca_interval(Units.of(values, codes, 2, person), difference, 0, 999)
    assert tight_high - tight_low < 0.5 * (high - low)


def test_people_of_one_face_each_are_faces() -> None:
    rng = np.random.default_rng(1)
    values, codes = with_counts(rng.normal(size=200)), np.arange(200) % 2
    by_face = bca_interval(Units.of(values, codes, 2), difference, 0, 4000)
    by_person = bca_interval(Units.of(values, codes, 2, range(200)), difference, 0, 4000)
    np.testing.assert_allclose(by_face, by_person, atol=0.03)


def test_what_never_varies_has_no_width() -> None:
    units = Units.of(with_counts(np.full(20, 0.25)), np.arange(20) % 2, 2)
    low, high = bca_interval(units, difference, 0, 99)
    assert low == high == 0
    assert shuffled_p(units, difference, 0, 99) == 1


def test_says_that_people_do_not_fit() -> None:
    with pytest.raises(InputError, match="3 people for 2 faces"):
        check_people(["a", "b", "c"], 2)


def test_quantiles_of_each_column_are_numpys() -> None:
    rng = np.random.default_rng(0)
    drawn, levels = rng.normal(size=(97, 4, 3)), rng.random((4, 3))
    drawn[:20, 1, 1], drawn[:, 2, 2], drawn[3, 0, 0] = np.nan, np.nan, np.inf
    found = resampling._quantile(drawn, levels)
    for i, j in np.ndindex(4, 3):
        column = drawn[:, i, j][np.isfinite(drawn[:, i, j])]
        expected = np.quantile(column, levels[i, j]) if len(column) else np.nan
        np.testing.assert_allclose(found[i, j], expected, rtol=1e-12)


def test_small_batches_give_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    # Memory is bounded by batches: shuffles do not hang on their size, and no batch is larger.
    rng = np.random.default_rng(0)
    units = Units.of(with_counts(rng.normal(size=60)), np.arange(60) % 2, 2)
    whole = shuffled_p(units, difference, 0, 300)
    monkeypatch.setattr(resampling, "BATCH_NUMBERS", 1000)
    assert shuffled_p(units, difference, 0, 300) == whole
    assert max(len(sums) for sums in units.shuffled(0, 300)) * 60 * 2 <= 1000
    assert sum(len(sums) for sums in units.resampled(0, 300)) == 300


def test_draws_equal_to_the_figure_count_half_so_a_symmetric_spread_has_no_bias() -> None:
    drawn = np.array([[-1.0], [0.0], [1e-14], [1.0]])
    kept = np.array([[-1.0], [1.0], [-2.0], [2.0]])
    low, high = resampling._bca_levels(np.zeros(1), drawn, kept, np.zeros(4))
    assert (low[0], high[0]) == (pytest.approx(0.025), pytest.approx(0.975))


def test_a_skewed_figure_is_corrected_by_its_acceleration() -> None:
    from scipy.special import ndtr, ndtri

    kept = np.array([[0.0], [0.0], [0.0], [4.0]])
    moved = 3 * (kept.mean() - kept[:, 0])
    acceleration = (moved**3).sum() / 4**3 / (6 * ((moved**2).sum() / 4**2) ** 1.5)
    drawn = np.array([[-1.0], [1.0]])
    levels = resampling._bca_levels(np.zeros(1), drawn, kept, np.zeros(4))
    for level, quantile in zip(levels, (0.025, 0.975), strict=True):
        z = ndtri(quantile)
        assert level[0] == pytest.approx(ndtr(z / (1 - acceleration * z)))
