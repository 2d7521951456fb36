"""Coalitions for LIME: orthogonal, fair, and the same stream however many are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.explainers.designs import SAMPLINGS, draw, orthogonal_pairs


@pytest.mark.parametrize("count", [1, 5, 31, 32, 90, 130])
def test_columns_of_a_block_are_orthogonal_and_rows_come_with_their_complements(count):
    block = next(orthogonal_pairs(count, np.random.default_rng(0)))
    signs = 2 * block.astype(int) - 1
    assert np.array_equal(signs.T @ signs, len(block) * np.eye(count))
    assert np.array_equal(block[0::2], 1 - block[1::2])
    assert len(block) <= 4 * count or count == 1


def test_what_two_segments_do_together_is_orthogonal_to_what_each_does():
    """The reason for complements: products of two columns do not correlate with any column."""
    signs = 2 * next(orthogonal_pairs(20, np.random.default_rng(1))).astype(int) - 1
    products = np.stack([signs[:, i] * signs[:, j] for i in range(20) for j in range(i)], axis=1)
    assert not (signs.T @ products).any()


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_every_row_by_itself_is_a_coin_for_each_segment(sampling):
    """Over 4,000 seeds the sixth row takes each of its 16 values equally often (chi-square, 15 degrees, p = 10⁻⁶)."""
    rows = np.array([draw(sampling, 4, 6, [seed])[5] for seed in range(4000)]) @ [1, 2, 4, 8]
    found = np.bincount(rows, minlength=16)
    assert ((found - 250) ** 2 / 250).sum() < 59


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_more_samples_begin_with_the_fewer_ones(sampling):
    long = draw(sampling, 40, 700, [3, 4])
    assert long.shape == (700, 40)
    assert long[0].all()
    assert np.array_equal(draw(sampling, 40, 123, [3, 4]), long[:123])
    assert not np.array_equal(draw(sampling, 40, 123, [3, 5]), long[:123])
