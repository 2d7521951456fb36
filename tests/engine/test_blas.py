"""Beside a model BLAS keeps to one thread, and has its threads again after; a plain function keeps them."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from fer_xai import Classifier, explain
from fer_xai.engine import calm_blas


def _threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_one_thread_within_and_those_of_before_after(stub_model):
    with threadpool_limits(2, user_api="blas"):
        with calm_blas(Classifier(stub_model)):
            assert _threads() == {1}
        assert _threads() == {2}


def test_a_plain_function_is_explained_with_all_threads():
    seen = []

    def bright(faces: np.ndarray) -> np.ndarray:
        seen.append(_threads())
        light = faces.mean(axis=(1, 2, 3))
        return np.stack([light, 1 - light], axis=1)

    with threadpool_limits(2, user_api="blas"):
        explain(Classifier.from_function(bright, ("happy", "sad")), np.full((1, 8, 8), 0.5, np.float32), "occlusion")
    assert seen
    assert set.union(*seen) == {2}
