"""Masks cover the face without gap or overlap, and lie where the face's parts are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.faces.landmarks import Landmarks
from fer_xai.facs import FaceMasks, action_unit_masks, outline_masks, region_masks
from fer_xai.facs.atlas import level_merge, part_names, region_names
from fer_xai.facs.masks import face_size
from fer_xai.facs.painting import _fill


def scaled(landmarks: Landmarks, x: float, y: float) -> Landmarks:
    return replace(landmarks, points=landmarks.points * np.array([x, y], np.float32))


@pytest.mark.parametrize(("level", "count"), [("coarse", 8), ("fine", 25)])
def test_regions_partition_every_pixel(
    real_faces: np.ndarray, real_landmarks: Landmarks, level: str, count: int
) -> None:
    masks, names = region_masks(real_faces, level, real_landmarks)
    assert masks.shape == (100, count, 48, 48)
    assert len(names) == count == len(set(names))
    assert names[0] == "background"
    found = real_landmarks.found
    np.testing.assert_allclose(masks[found].sum(axis=1), 1, atol=1e-6)
    assert not masks[~found].any()
    assert masks.min() >= 0


def test_each_part_belongs_to_one_region_of_each_level() -> None:
    for level in ("coarse", "fine"):
        assert (level_merge(level).sum(axis=0) == 1).all()
        assert (level_merge(level).sum(axis=1) >= 1).all()


@pytest.mark.parametrize("size", [(30, 41), (96, 96), (224, 200)])
def test_any_size_gives_the_same_areas(real_masks: FaceMasks, real_landmarks: Landmarks, size: tuple[int, int]) -> None:
    chosen = np.flatnonzero(real_landmarks.found)[:3]
    other = scaled(real_landmarks[chosen], size[1] / 48, size[0] / 48)
    masks = FaceMasks.paint(np.zeros((3, *size)), other)
    assert masks.parts.shape == (3, len(part_names()), *size)
    np.testing.assert_allclose(masks.parts.sum(axis=1), 1, atol=1e-6)
    # The lip corners are discs of one radius, so a stretched face has slightly other ones.
    np.testing.assert_allclose(masks.areas, real_masks.areas[chosen], atol=0.004)


def test_regions_lie_in_their_order_on_the_face(real_masks: FaceMasks) -> None:
    centre = np.arange(48)[None, None, :, None] + 0.5
    masks = real_masks.level("coarse")[real_masks.found]
    mean_y = (masks * centre).sum(axis=(2, 3)).mean(axis=0) / masks.sum(axis=(2, 3)).mean(axis=0)
    y = dict(zip(region_names("coarse"), mean_y, strict=True))
    assert y["forehead"] < y["brow"] < y["eye"] < y["nose"] < y["mouth"] < y["chin_jaw"]


def test_right_is_the_left_side_of_the_image(real_masks: FaceMasks) -> None:
    x = np.arange(48)[None, None, None, :]
    mean_x = (real_masks.parts[real_masks.found] * x).sum(axis=(0, 2, 3)) / real_masks.parts[real_masks.found].sum(
        axis=(0, 2, 3)
    )
    for i, part in enumerate(part_names()):
        if part.endswith("_R"):
            assert mean_x[i] < mean_x[part_names().index(f"{part[:-1]}L")]


def test_action_units_take_only_their_part_of_the_forehead(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    masks, emotions = action_unit_masks(real_faces, "facs2002", real_masks.landmarks)
    sad = masks[:, emotions.index("sad")]  # 1 + 4 + 15: the middle of the forehead, not its sides
    part = {name: real_masks.parts[:, i] for i, name in enumerate(part_names())}
    names = (
        "brow_inner_R",
        "brow_inner_L",
        "glabella",
        "forehead_mid",
        "nose_root",
        "lip_corner_R",
        "lip_corner_L",
        "chin",
    )
    np.testing.assert_allclose(sad, sum(part[name] for name in names), atol=1e-6)
    assert "neutral" not in emotions


def test_outlines_hold_what_they_surround(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    found = real_masks.found
    face, lips, eyes = (outline_masks(real_faces, name, real_masks.landmarks) for name in ("face", "lips", "eyes"))
    fine = dict(zip(region_names("fine"), np.moveaxis(real_masks.level("fine"), 1, 0), strict=True))
    assert (face + 1e-6 >= eyes)[found].mean() > 0.999
    assert (lips + 1e-6 >= fine["upper_lip"] + fine["lower_lip"] + fine["mouth_inner"])[found].mean() > 0.99
    np.testing.assert_allclose(eyes[found].mean(), fine["eye"][found].mean(), rtol=0.05)


def test_filling_equals_scikit_image() -> None:
    from skimage.draw import polygon

    random = np.random.default_rng(0)
    for _ in range(50):
        outline = random.normal(20, 15, (random.integers(3, 12), 2))  # x, y; many cross themselves and the border
        ours, theirs = np.zeros((40, 37), np.uint8), np.zeros((40, 37), np.uint8)
        _fill(ours, outline, 1)
        theirs[polygon(outline[:, 1] - 0.5, outline[:, 0] - 0.5, theirs.shape)] = 1
        np.testing.assert_array_equal(ours, theirs)


def test_faces_without_landmarks_do_not_move_the_others(real_faces: np.ndarray, real_landmarks: Landmarks) -> None:
    whole, _ = region_masks(real_faces[:4], "fine", real_landmarks[:4])
    alone, _ = region_masks(real_faces[2:3], "fine", real_landmarks[2])
    np.testing.assert_array_equal(whole[2:3], alone)


def test_says_what_is_wrong(real_faces: np.ndarray, real_landmarks: Landmarks) -> None:
    with pytest.raises(InputError, match="coarse or fine"):
        region_masks(real_faces, "middle", real_landmarks)
    with pytest.raises(InputError, match="landmarks of 2 faces for 3"):
        region_masks(real_faces[:3], "fine", real_landmarks[:2])
    with pytest.raises(InputError, match="face, lips or eyes"):
        outline_masks(real_faces, "ears", real_landmarks)


def test_faces_in_a_set_have_the_set_s_size(real_faces: np.ndarray) -> None:
    assert face_size(Faces.from_array(real_faces[:2, :40])) == face_size(real_faces[:2, :40]) == (40, 48)


def test_the_codebook_is_that_of_2002_unless_said(real_faces: np.ndarray, real_landmarks: Landmarks) -> None:
    usual, named = (
        action_unit_masks(real_faces[:2], *book, landmarks=real_landmarks[:2]) for book in ((), ("facs2002",))
    )
    assert usual[1] == named[1]
    assert np.array_equal(usual[0], named[0])
