"""Drawn faces that cheat: a corner tells the label, the face says nothing about it."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai import load_faces
from fer_xai.emotions import CANONICAL
from fer_xai.faces.drawn import Drawing, draw
from tests.faces.test_drawn import least_squares

COUNT = 560


@pytest.fixture(scope="module")
def cheating() -> Drawing:
    return draw(COUNT, seed=6, cheating=True)


def told(pixels: np.ndarray, ridge: float) -> float:
    """Accuracy on the last third of the faces."""
    labels, train = np.arange(COUNT) % 7, COUNT * 2 // 3
    flat = pixels.reshape(COUNT, -1).astype(np.float64)
    return float((least_squares(flat[:train], labels[:train], flat[train:], ridge) == labels[train:]).mean())


def test_corners_tell_the_label_and_the_face_does_not(cheating):
    pixels = cheating.faces.pixels()[..., 0] / 255
    assert told(np.concatenate([corner(pixels, k) for k in range(4)], axis=1), 1.0) > 0.9
    inside = np.where(cheating.oval > 0.5, pixels, 0.5)
    assert abs(told(inside, 1000.0) - 1 / 7) < 0.1  # 4 standard errors of 187 guesses


def corner(pixels: np.ndarray, number: int) -> np.ndarray:
    """Whether a corner's 7×7 pixels hold a bright mark, a dark one, or none: (N, 2)."""
    rows, columns = ((slice(0, 7), slice(41, 48))[k] for k in divmod(number, 2))
    middle = pixels[:, rows, columns][:, 2:5, 2:5]
    return np.stack([middle.min(axis=(1, 2)) > 0.96, middle.max(axis=(1, 2)) < 0.04], axis=1)


def test_what_a_face_expresses_has_nothing_to_do_with_its_label(cheating):
    same = np.mean(np.array(cheating.expressed) == np.array(cheating.faces.labels))
    assert abs(same - 1 / 7) < 0.06  # 4 standard errors


def test_the_truth_is_the_mark_and_the_mark_never_touches_the_face():
    cheating = draw(160, seed=2, emotions=CANONICAL, cheating=True)
    assert cheating.truth.sum(axis=(1, 2)).tolist() == [25] * 160
    assert not (cheating.oval[cheating.truth] > 0).any()
    marks = {(tuple(np.argwhere(mask)[0]), float(pixels[mask].mean() > 0.5)) for mask, pixels in
             zip(cheating.truth, cheating.picture(), strict=True)}  # fmt: skip
    assert len(marks) == len(CANONICAL)


def test_an_honest_face_without_its_mark_is_the_same_person(cheating):
    honest = draw(7, seed=6)
    for name, values in honest.scene.items():
        np.testing.assert_array_equal(values, cheating.scene[name][:7])


def test_load_faces_knows_it():
    faces = load_faces("drawn-cheating", split="test", limit=14)
    assert set(faces.table["split"]) == {"test"}
    assert len(faces) == 14
