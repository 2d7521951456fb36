"""Calibration: by hand, planted miscalibration is found, true probabilities are not flagged."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from fer_xai.emotions import FER2013
from fer_xai.errors import InputError
from fer_xai.evaluation.calibration import measure_calibration, reliability


def drawn(n: int, seed: int, sharpness: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Labels drawn from probabilities, and those probabilities made sharper than they should be."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (n, 7))
    true = softmax(logits, axis=1)
    labels = (rng.uniform(size=(n, 1)) > np.cumsum(true, axis=1)[:, :-1]).sum(axis=1)
    return labels, softmax(sharpness * logits, axis=1)


def test_by_hand():
    # Two bins: .6 twice, right once; .9 and 1., both right: |1.2 − 1| + |1.9 − 2| = .3 over four faces.
    probabilities = np.array([[0.6, 0.4], [0.4, 0.6], [0.9, 0.1], [0.0, 1.0]])
    labels = np.array([0, 0, 0, 1])
    found = measure_calibration(labels, probabilities, ("happy", "sad"), bins=4)
    assert found.error.value == pytest.approx(0.3 / 4)
    assert (found.confidence, found.accuracy) == (pytest.approx(0.775), 0.75)
    assert found.brier.value == pytest.approx((2 * 0.16 + 2 * 0.36 + 2 * 0.01 + 0) / 4)
    # happy: bins of (.5, .75] hold .6 (right), of (.25, .5] .4 (it is happy too), .9 is right, 0 is not: .4 + .6 + .1.
    assert found.per_emotion["value"].tolist() == pytest.approx([1.1 / 4, 1.1 / 4])
    assert found.classwise.value == pytest.approx(1.1 / 4)
    assert found.curve["n"].tolist() == [0, 0, 2, 2]
    assert found.curve.loc[2, ["confidence", "accuracy"]].tolist() == pytest.approx([0.6, 0.5])
    assert found.curve.loc[0, ["confidence", "accuracy", "low", "high"]].isna().all()


def test_the_curve_and_brier_are_scikit_learns():
    labels, probabilities = drawn(600, 0)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    accuracy, sure = calibration_curve(right, confidence, n_bins=10)
    curve = reliability(confidence, right, bins=10).dropna()
    assert np.allclose(curve["accuracy"], accuracy)
    assert np.allclose(curve["confidence"], sure)
    brier = measure_calibration(labels, probabilities, FER2013).brier.value
    assert brier == pytest.approx(brier_score_loss(labels, probabilities, labels=range(7), scale_by_half=False))


def test_overconfidence_is_found_and_true_probabilities_are_not_flagged():
    found = [measure_calibration(*drawn(800, seed), FER2013) for seed in range(25)]
    flagged = np.mean([[one.error.is_miscalibrated, one.classwise.is_miscalibrated] for one in found], axis=0)
    # One in twenty by luck: six or more of 25 have a probability of .001.
    assert (flagged <= 5 / 25).all()
    assert all(one.error.value > 0 for one in found), "luck alone makes an error"
    assert np.mean([one.error.value for one in found]) == pytest.approx(found[0].error.chance, rel=0.15)
    assert np.mean([one.brier.value - one.brier_chance for one in found]) == pytest.approx(0, abs=0.01)
    for sharpness in (2.0, 0.5):
        planted = measure_calibration(*drawn(800, 0, sharpness), FER2013)
        assert planted.error.is_miscalibrated
        assert planted.classwise.is_miscalibrated
        assert planted.error.p < 0.01
        assert np.sign(planted.confidence - planted.accuracy) == np.sign(sharpness - 1)
        assert planted.error.beyond_chance > 0.05


def test_the_order_of_faces_does_not_matter():
    labels, probabilities = drawn(300, 1)
    shuffled = np.random.default_rng(0).permutation(300)
    one = measure_calibration(labels, probabilities, FER2013)
    other = measure_calibration(labels[shuffled], probabilities[shuffled], FER2013)
    assert (one.error, one.classwise, one.brier) == (other.error, other.classwise, other.brier)
    assert one.per_emotion.equals(other.per_emotion)


def test_what_cannot_be_had_is_refused():
    with pytest.raises(InputError, match="needs labelled faces"):
        measure_calibration(np.array([], int), np.empty((0, 7)), FER2013)
    with pytest.raises(InputError, match="sum to one"):
        measure_calibration(np.array([0]), np.full((1, 7), 0.5), FER2013)
