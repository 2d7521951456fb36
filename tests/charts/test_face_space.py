"""Attributions of faces in any pose come to lie on the same places of the mean face."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai import charts
from fer_xai.charts.face_space import to_face_space
from fer_xai.charts.mean_face import FRAME, mean_points, region_at, region_paths
from fer_xai.errors import InputError
from fer_xai.faces import load_faces
from fer_xai.faces.landmarks import find_landmarks
from fer_xai.facs import region_names
from fer_xai.facs.atlas import part_names, ring
from fer_xai.facs.painting import paint_parts, pool_parts

SIZE = 48


def posed(scale: float, turn: float, x: float, y: float, squeeze: float = 1.0) -> np.ndarray:
    """Landmarks of the mean face, placed in a picture and turned by an angle."""
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return (mean_points() * [squeeze, 1]) @ turned.T * scale + (x, y)


POSES = np.stack([posed(13, 0, 24, 19), posed(11, 0.35, 26, 17), posed(14, -0.3, 20, 18, 0.8), posed(9, 0, 15, 15)])


def on_part(points: np.ndarray, parts: set[str]) -> np.ndarray:
    """A map that is 1 on some parts of each face."""
    masks = pool_parts(paint_parts(points, (SIZE, SIZE)), (SIZE, SIZE))
    return masks[:, [part in parts for part in part_names()]].sum(axis=1)


def frame_region(shape: tuple[int, int], parts: set[str]) -> np.ndarray:
    """The same parts on the mean face."""
    return np.array(
        [
            [region_at((row + 0.5) / shape[0], (column + 0.5) / shape[1]) in parts for column in range(shape[1])]
            for row in range(shape[0])
        ]
    )


LIPS = {"upper_lip", "lower_lip", "mouth_inner"}


def test_evidence_on_the_mouth_lands_on_the_mean_faces_mouth_whatever_the_pose() -> None:
    warped = np.nan_to_num(to_face_space(on_part(POSES, LIPS), POSES))
    mouth = frame_region(warped.shape[1:], LIPS)
    for face in warped:
        union = ((face > 0.5) | mouth).sum()
        assert ((face > 0.5) & mouth).sum() / union > 0.6
    # Without the warp, the same mouths lie on different places.
    apart = on_part(POSES, LIPS) > 0.5
    assert (apart[0] & apart[3]).sum() / (apart[0] | apart[3]).sum() < 0.2


def test_each_face_weighs_the_same_and_signs_stay_apart() -> None:
    weak_and_strong = np.array([1.0, 100.0, 3.0, 7.0])[:, None, None]
    maps = weak_and_strong * (on_part(POSES, LIPS) - on_part(POSES, {"forehead_mid"}))
    found = {mean.side: mean for mean in charts.mean_maps(maps, POSES, ["happy"] * 4)}
    for side, parts, region in (("for", LIPS, LIPS), ("against", {"forehead_mid"}, {"forehead"})):
        density = np.nan_to_num(found[side].density)
        place = frame_region(density.shape, region)
        assert found[side].n == 4
        assert density[~place].sum() < 0.25 * density.sum()
        one = charts.mean_maps(on_part(POSES[:1], parts), POSES[:1], ["happy"])[0].density
        assert 0.5 < np.nanmax(density) / np.nanmax(one) < 3


def test_a_flat_map_has_the_chance_level_everywhere() -> None:
    (mean,) = charts.mean_maps(np.ones((4, SIZE, SIZE)), POSES, ["sad"] * 4)
    assert (mean.emotion, mean.side, mean.n) == ("sad", "for", 4)
    np.testing.assert_allclose(mean.density[np.isfinite(mean.density)], 1, rtol=1e-5)
    assert np.isfinite(mean.density).mean() > 0.8


def test_faces_without_landmarks_or_evidence_are_left_out() -> None:
    points, maps = POSES.copy(), np.ones((4, SIZE, SIZE))
    points[1], maps[2] = np.nan, 0
    assert charts.mean_maps(maps, points, ["sad"] * 4)[0].n == 2
    with pytest.raises(InputError, match="nothing to average"):
        charts.mean_maps(np.zeros((4, SIZE, SIZE)), points, ["sad"] * 4)
    with pytest.raises(InputError, match="leave out the faces without landmarks"):
        to_face_space(maps, points)
    with pytest.raises(InputError, match="received 4 attributions, 4 faces' points and 1 groups"):
        charts.mean_maps(maps, points, ["sad"])


def test_the_chart_draws_each_emotions_mean_in_its_own_place() -> None:
    maps = np.concatenate([on_part(POSES, LIPS), on_part(POSES, {"forehead_mid"})])
    groups = ["happy"] * 4 + ["sad"] * 4
    means = charts.mean_maps(maps, np.concatenate([POSES, POSES]), groups)
    chart = charts.mean_attribution(means, "occlusion", theme="dark")
    shown = [axis.get_images()[0].get_array() for axis in chart.axes if axis.get_images()]
    np.testing.assert_array_equal(np.ma.filled(shown[0], np.nan), means[0].density)
    assert [axis.get_title(loc="left") for axis in chart.axes[:2]] == ["happy: for\nn = 4", "sad: for\nn = 4"]
    assert "sad, forehead" in chart.alt
    alone = charts.mean_attribution(means, "occlusion", ["sad"])
    assert len([axis for axis in alone.axes if axis.get_images()]) == 1


def test_the_mean_face_is_symmetric_and_has_every_region() -> None:
    points = mean_points()
    for right, left in ((33, 263), (133, 362), (61, 291), (70, 300), (234, 454)):
        np.testing.assert_allclose(points[right] * [-1, 1], points[left], atol=2e-4)
    assert set(region_paths("fine")) == set(region_names("fine")) - {"background"}
    assert all(len(path.vertices) > 3 for path in region_paths("fine").values())
    oval = points[list(ring("face")[0])]
    assert (oval.min(axis=0) > (FRAME[0], FRAME[2])).all()
    assert (oval.max(axis=0) < (FRAME[1], FRAME[3])).all()


def test_the_mean_face_is_the_mean_of_the_bundled_faces() -> None:
    """A dozen of them, moved, turned and scaled onto it, come close."""
    found = find_landmarks(load_faces("sample")[:12])
    faces = found.points[found.found].astype(float)
    aligned = []
    for face in faces:
        z, w = (p[:, 0] + 1j * p[:, 1] - (p[:, 0] + 1j * p[:, 1]).mean() for p in (face, mean_points()))
        aligned.append(z * np.vdot(z, w) / np.vdot(z, z))
    mean, shape = np.mean(aligned, axis=0), mean_points() - mean_points().mean(axis=0)
    assert np.abs(mean - (shape[:, 0] + 1j * shape[:, 1])).mean() < 0.05  # of the distance between the eyes
