"""Training pictures of occluders: what is laid on a face is what counts as hidden, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.faces import load_faces
from fer_xai.faces.landmarks import Landmarks, find_landmarks
from fer_xai.faces.occluders import KINDS
from fer_xai.training.occluders.composing import OWN, PAINTERS, UNKNOWN, compose
from fer_xai.training.occluders.strokes import Painter, Sitter


@pytest.fixture(scope="module")
def crops() -> np.ndarray:
    return load_faces("sample")[-8:].pixels()[..., 0]


@pytest.fixture(scope="module")
def landmarks(crops: np.ndarray) -> Landmarks:
    return find_landmarks(crops)


@pytest.mark.parametrize("painter", PAINTERS, ids=lambda painter: painter.__name__)
def test_what_a_painter_hides_is_its_own(painter: Painter, crops: np.ndarray, landmarks: Landmarks) -> None:
    inside = 0
    for seed in range(12):
        grey = np.full((48, 48), 0.5, np.float32)
        sitter = Sitter(grey, landmarks.points[seed % 8], crops[seed % 8].astype(np.float32) / 255)
        laid = painter(np.random.default_rng(seed), sitter)
        assert laid.kind in KINDS
        assert 0 <= laid.alpha.min() <= laid.alpha.max() <= 1.001
        assert 0 <= laid.tone.min() <= laid.tone.max() <= 1
        assert (laid.own[laid.alpha >= 0.5] > OWN).all(), "an opaque pixel must count as hidden"
        inside += int(((laid.own > OWN) & (sitter.oval > 0.5)).sum())
    assert inside > 50, "it must mostly reach the face"


def test_pictures_follow_from_the_seed(crops: np.ndarray, landmarks: Landmarks) -> None:
    first, again, other = (compose(crops, landmarks.points, (seed,)) for seed in (1, 1, 2))
    assert np.array_equal(first.pictures, again.pictures)
    assert np.array_equal(first.truth, again.truth)
    assert not np.array_equal(first.pictures, other.pictures)
    assert (first.truth[:, 0, 0] == UNKNOWN).all(), "the corner lies outside the oval"


def test_what_crops_show_already_stays_in_the_truth(crops: np.ndarray, landmarks: Landmarks) -> None:
    everywhere = np.full_like(crops, 2)
    truth = compose(crops, landmarks.points, (0,), everywhere).truth
    assert set(np.unique(truth)) <= {1, 2, 3, UNKNOWN}
    assert (truth == 2).any()


def test_the_loss_forgives_what_nobody_labelled_and_asks_nothing_outside() -> None:
    from fer_xai.training.occluders.fit import hidden_loss

    def loss(label: int, says: int) -> float:
        truth = np.full((1, 2, 2), UNKNOWN, np.uint8)
        truth[0, 0, 0] = label
        logits = np.zeros((1, 2, 2, 1 + len(KINDS)), np.float32)
        logits[..., says] = 8
        return float(hidden_loss(truth, logits))

    assert loss(1, 1) < 0.01 < loss(0, 1) < 3 < loss(1, 0)
    assert loss(UNKNOWN, 1) == 0
