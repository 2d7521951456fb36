"""Kinds of errors: planted ones are found, one cloud is called one cloud, whatever its shape."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from fer_xai.evaluation.error_kinds import error_kinds


def cloud(seed=0, n=120, skewed=False):
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(6, 6))
    drawn = rng.gamma(1.0, size=(n, 6)) if skewed else rng.normal(size=(n, 6))
    return drawn @ mixing


def planted(seed=0):
    rng = np.random.default_rng(seed)
    truth = np.repeat([0, 1, 2], [60, 40, 20])
    return np.eye(6)[truth] + rng.normal(0, 0.15, (120, 6)), truth


def test_planted_kinds_are_found_the_largest_first():
    profiles, truth = planted()
    found = error_kinds(profiles)
    assert found.found
    assert found.clusters == 3
    assert adjusted_rand_score(found.labels, truth) > 0.95
    assert np.bincount(found.labels).tolist() == sorted(np.bincount(found.labels), reverse=True)
    assert found.silhouette > found.expected + 0.2
    assert found.stability > 0.9
    assert found.p == pytest.approx(1 / 40)


@pytest.mark.parametrize("skewed", [False, True])
def test_one_cloud_is_not_cut_into_kinds(skewed):
    found = error_kinds(cloud(skewed=skewed))
    assert not found.found
    assert set(found.labels) == {-1}
    assert found.clusters >= 2  # what was tried is told


def test_faces_in_another_order_give_the_same_kinds():
    profiles, _ = planted(1)
    order = np.random.default_rng(5).permutation(len(profiles))
    first, second = error_kinds(profiles, seed=3), error_kinds(profiles[order], seed=3)
    assert second.labels.tolist() == first.labels[order].tolist()
    assert (first.silhouette, first.p, first.stability) == (second.silhouette, second.p, second.stability)


@pytest.mark.parametrize("profiles", [np.zeros((0, 6)), np.eye(6), np.ones((50, 6)), np.full((50, 6), np.nan)])
def test_too_few_or_equal_faces_have_no_kinds(profiles):
    found = error_kinds(profiles)
    assert (found.clusters, found.found) == (0, False)
    assert len(found.labels) == len(profiles)


def test_too_few_errors_have_no_kind():
    found = error_kinds(np.random.default_rng(0).random((3, 8)))
    assert found.labels.tolist() == [-1, -1, -1]
    assert (found.clusters, found.found) == (0, False)


def test_one_odd_error_is_no_kind():
    profiles = np.random.default_rng(0).normal(0, 0.01, (60, 3))
    profiles[7] = 5
    found = error_kinds(profiles)
    assert (found.labels == -1).all()
    assert (found.clusters, found.found) == (0, False)


def test_nearly_equal_profiles_are_cut_without_a_warning():
    """Fewer distinct ones than clusters: scipy divides by their distances, which are zero."""
    from fer_xai.evaluation.error_kinds import _stability

    profiles = np.repeat([[0.0, 1.0, 2.0]], 30, axis=0)
    profiles[7] = (5.0, 5.0, 5.0)
    found = _stability(profiles, np.arange(30) == 7, 3, np.random.default_rng(0), 0)
    assert -1 <= found <= 1
