"""Specificity: zero for what knows nothing of emotions, large for what does, and the same whatever the order."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.errors import InputError
from fer_xai.facs import (
    FaceMasks,
    centred_blob,
    load_codebook,
    mask_profile,
    specificity,
    specificity_from_profile,
)

SIX = load_codebook("facs2002").emotions[:6]


def six(count: int) -> list[str]:
    return [SIX[i % 6] for i in range(count)]


def planted(masks: FaceMasks, emotions: list[str], mass: float) -> np.ndarray:
    """A flat map with a share of its mass planted on the action units of each face's emotion."""
    book = load_codebook("facs2002")
    own = masks.action_units(book)[np.arange(len(masks)), [book.emotions.index(e) for e in emotions]]
    return (1 - mass) / own[0].size + mass * own / np.maximum(own.sum(axis=(1, 2), keepdims=True), 1e-9)


def test_closed_form_of_two_emotions() -> None:
    happy = [[0.4, 0.1], [0.2, 0.1], [0.3, 0.1], [0.35, 0.1], [0.25, 0.1]]
    sad = [[0.3, 0.2], [0.1, 0.4], [0.2, 0.3], [0.15, 0.3], [0.25, 0.3]]
    mass = np.array([*happy, *sad])
    area = np.array([[0.1, 0.1], [0.2, 0.1], [0.15, 0.1], [0.15, 0.1], [0.15, 0.1], *[[0.1, 0.2]] * 5])
    named = ["happy"] * 5 + ["sad"] * 5
    result = specificity_from_profile(mass, area, named, ["happy", "sad"])
    expected = np.log2([[0.3 / 0.15, 0.1 / 0.1], [0.2 / 0.1, 0.3 / 0.2]])
    np.testing.assert_allclose(result.matrix, expected)
    assert list(result.matrix.index) == list(result.matrix.columns) == ["happy", "sad"]
    s = np.mean([expected[0, 0] - expected[0, 1], expected[1, 1] - expected[1, 0]])
    assert result.value == pytest.approx(s)
    assert result.low <= result.value <= result.high
    # Of the 252 ways to give five faces each emotion, those at least as specific as this one: all are tried.
    assert 1 / 252 <= result.p <= 1
    assert result.n == 10
    fewer = specificity_from_profile(mass[:9], area[:9], named[:9], ["happy", "sad"])
    assert (fewer.emotions, fewer.left_out) == (("happy",), ("sad",)), "four sad faces are too few"
    assert np.isnan([fewer.value, fewer.low, fewer.high, fewer.p]).all()


def test_a_profile_is_mass_and_area() -> None:
    masks = np.zeros((2, 2, 2, 2), np.float32)
    masks[0, 0, 0] = 1
    masks[0, 1, 1, 1] = 0.5
    mass, area = mask_profile(np.array([[[1, 2], [-4, 1]], [[1, 1], [1, 1]]], np.float32), masks)
    np.testing.assert_allclose(mass[0], [3 / 4, 1 / 8])
    np.testing.assert_allclose(area[0], [1 / 2, 1 / 8])
    assert np.isnan(mass[1]).all(), "a face without masks has no profile"
    assert np.isnan(area[1]).all()


@pytest.mark.parametrize("blind", ["flat", "blob", "noise"])
def test_emotion_blind_maps_are_not_specific(real_faces: np.ndarray, real_masks: FaceMasks, blind: str) -> None:
    shape = real_faces.shape
    maps = {
        "flat": np.ones(shape),
        "blob": np.broadcast_to(centred_blob(48, 48), shape),
        "noise": np.random.default_rng(0).random(shape),
    }[blind]
    # Every face once with each emotion: the same faces behind every row, so that only the map could tell them apart.
    emotions = [e for e in SIX for _ in real_faces]
    profile = [np.tile(part, (6, 1)) for part in mask_profile(maps, real_masks.action_units("facs2002")[:, :6])]
    result = specificity_from_profile(*profile, emotions, SIX, resamples=99)
    assert abs(result.value) < 1e-3
    assert result.p > 0.02


def test_a_flat_map_has_no_width(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    result = specificity(real_faces, np.ones(real_faces.shape), six(100), masks=real_masks, resamples=99)
    np.testing.assert_allclose([result.value, result.low, result.high], 0, atol=1e-5)


def test_mass_planted_on_the_own_units_is_found(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    emotions = six(100)
    result = specificity(real_faces, planted(real_masks, emotions, 0.3), emotions, masks=real_masks)
    assert result.value > 0.5
    assert 0.5 < result.low < result.value < result.high
    assert result.p == pytest.approx(1 / 1000)
    matrix = result.matrix.to_numpy()
    assert (matrix.argmax(axis=1) == np.arange(6)).all(), "each emotion's own mask is enriched most"


def test_neither_order_nor_chunks_matter_but_the_seed_does(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    maps = np.random.default_rng(3).random(real_faces.shape).astype(np.float32)
    emotions = np.array(six(100))
    turned = np.random.default_rng(0).permutation(100)
    first = specificity(real_faces, maps, list(emotions), masks=real_masks)
    second = specificity(
        real_faces[turned], maps[turned], list(emotions[turned]), landmarks=real_masks.landmarks[turned]
    )
    for name in ("value", "low", "high", "p"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), abs=1e-6)
    other = specificity(real_faces, maps, list(emotions), masks=real_masks, seed=1)
    assert other.value == first.value
    assert other.low != first.low


def test_lists_what_is_left_out() -> None:
    random = np.random.default_rng(0)
    mass, area = random.random((18, 3)), random.random((18, 3))
    mass[17] = np.nan
    emotions = ["happy"] * 6 + ["sad"] * 5 + ["neutral", None, *["fear"] * 5]
    result = specificity_from_profile(mass, area, emotions, ["happy", "sad", "fear"])
    assert result.emotions == ("happy", "sad")
    assert result.left_out == ("fear", "neutral"), "of five frightened faces one has no map"
    assert result.n == 11
    assert np.isfinite([result.value, result.low, result.high]).all(), "they do not cost the others their interval"


def test_one_emotion_has_no_specificity() -> None:
    random = np.random.default_rng(0)
    alone = specificity_from_profile(random.random((6, 2)), random.random((6, 2)), ["happy"] * 6, ["happy", "sad"])
    assert np.isnan([alone.value, alone.low, alone.high, alone.p]).all()
    assert alone.emotions == ("happy",)
    none = specificity_from_profile(np.zeros((0, 2)), np.zeros((0, 2)), [], ["happy", "sad"])
    assert np.isnan(none.value)
    assert none.n == 0


def test_a_mask_that_never_receives_mass_makes_it_unknown() -> None:
    result = specificity_from_profile(
        np.eye(2)[[0, 0, 1, 1]], np.full((4, 2), 0.5), ["happy"] * 2 + ["sad"] * 2, ["happy", "sad"]
    )
    assert np.isnan(result.value)


def test_says_what_is_wrong() -> None:
    with pytest.raises(InputError, match="2 faces and 3 masks"):
        specificity_from_profile(np.ones((2, 3)), np.ones((2, 3)), ["happy"], ["happy", "sad", "fear"])
