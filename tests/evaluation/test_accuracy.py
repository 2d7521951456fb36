"""Accuracy, confusion and the mean of its diagonal, by hand."""

from __future__ import annotations

import math

import pytest

from fer_xai.evaluation import confusion_matrix, mean_diagonal, measure_accuracy

LABELS = ["happy", "happy", "happy", "happy", "sad", "sad", None]
PREDICTED = ["happy", "happy", "happy", "sad", "sad", "happy", "happy"]


def test_by_hand():
    accuracy = measure_accuracy(LABELS, PREDICTED)
    assert accuracy is not None
    assert (accuracy.value, accuracy.n) == (pytest.approx(4 / 6), 6)
    # Wilson's interval for 4 of 6.
    assert (accuracy.low, accuracy.high) == (pytest.approx(0.3000, abs=1e-3), pytest.approx(0.9032, abs=1e-3))
    confusion = confusion_matrix(LABELS, PREDICTED, ["happy", "sad"])
    assert confusion.to_numpy().tolist() == [[3, 1], [1, 1]]
    assert mean_diagonal(confusion) == pytest.approx((3 / 4 + 1 / 2) / 2)


def test_nothing_labelled():
    assert measure_accuracy([None], ["happy"]) is None
    assert math.isnan(mean_diagonal(confusion_matrix([None], ["happy"], ["happy"])))
