"""Drawn faces: the same for the same seed, expressive by action units alone, and true about which pixels say so."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai import load_faces
from fer_xai.emotions import CANONICAL, FER2013
from fer_xai.errors import InputError
from fer_xai.faces.drawn import EMOTION_UNITS, SEEN, UNITS, Drawing, draw
from fer_xai.faces.drawn.drawing import cast_faces
from fer_xai.faces.drawn.pose import crop_coordinates, face_coordinates
from fer_xai.facs import load_codebook


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    return draw(112, seed=3, emotions=CANONICAL)


def upright(drawing: Drawing) -> tuple[np.ndarray, np.ndarray]:
    """Each pixel's place on the upright face, in pixels from its middle: x and y, (N, 48, 48)."""
    centres = np.arange(48, dtype=np.float32) - 23.5
    return face_coordinates(drawing.scene, centres[None, None, :], centres[None, :, None])


def test_a_face_depends_on_its_seed_and_number_alone():
    few, many = draw(10, seed=4), draw(37, seed=4)
    np.testing.assert_array_equal(few.faces.pixels(), many.faces.pixels()[:10])
    assert few.intensities.equals(many.intensities.iloc[:10])
    assert (draw(10, seed=5).faces.pixels() != few.faces.pixels()).any(axis=(1, 2, 3)).all()


def test_the_person_stays_when_the_set_of_emotions_changes():
    seven, eight = cast_faces(20, 4, FER2013), cast_faces(20, 4, CANONICAL)
    for name, values in seven.scene.items():
        np.testing.assert_array_equal(values, eight.scene[name])


def test_labels_are_balanced_in_every_split():
    table = load_faces("drawn").table
    counts = table.groupby(["split", "label"]).size().unstack()
    assert set(counts.columns) == set(FER2013)
    assert dict(counts.nunique(axis=1)) == {"test": 1, "train": 1, "validation": 1}
    assert dict(table["split"].value_counts(normalize=True)) == {"train": 0.6, "validation": 0.2, "test": 0.2}


def test_nothing_but_the_expression_goes_with_the_label():
    by_label = np.arange(1400) % 7
    for name, values in cast_faces(1400, 1, FER2013).scene.items():
        between = np.var([values[by_label == k].mean() for k in range(7)]) * 200
        # Between groups of 200 the variance is that within, but for chance: F(6, 1393) passes 3.8 once in a thousand.
        assert between * 7 / 6 / values.var() < 3.8, name


def test_emotions_are_made_of_the_codebooks_units():
    book = load_codebook("facs2002")
    assert {e: units.core for e, units in EMOTION_UNITS.items()} == dict(book.core)
    assert {e: units.optional for e, units in EMOTION_UNITS.items()} == dict(book.optional)


def test_every_unit_of_any_codebooks_core_is_drawn():
    needed = {unit for name in ("facs2002", "emfacs", "facs1978", "du2014", "ckplus", "belharbi2024")
              for units in load_codebook(name).core.values() for unit in units}  # fmt: skip
    assert needed <= set(UNITS)


def test_core_units_are_always_shown_and_strays_stay_weak(drawing):
    for (_, row), label in zip(drawing.intensities.iterrows(), drawing.faces.labels, strict=True):
        core, optional = EMOTION_UNITS[label]
        for unit, value in zip(UNITS, row, strict=True):
            assert 0 <= value <= 1
            if unit in core:
                assert value >= 0.6
            elif unit not in optional:
                assert value <= 0.2
    strays = drawing.intensities[np.array(drawing.faces.labels) == "neutral"].to_numpy()
    assert (strays > 0).any()  # so that no single unit at work rules neutral out


def least_squares(train: np.ndarray, labels: np.ndarray, test: np.ndarray, ridge: float) -> np.ndarray:
    """Classes of test rows by a ridge regression onto indicators."""
    mean, deviation = train.mean(0), train.std(0) + 1e-6
    x, t = (train - mean) / deviation, np.eye(labels.max() + 1)[labels]
    kernel = x @ x.T + ridge * np.eye(len(x))
    return ((test - mean) / deviation @ x.T @ np.linalg.solve(kernel, t - t.mean(0)) + t.mean(0)).argmax(1)


def test_units_alone_tell_the_emotion():
    strong = np.maximum(cast_faces(700, 2, FER2013).intensities.astype(np.float64) - 0.25, 0)
    labels = np.arange(700) % 7
    assert (least_squares(strong[:420], labels[:420], strong[420:], 1.0) == labels[420:]).all()


def test_pixels_tell_the_emotion_and_resting_faces_do_not():
    drawing, labels = draw(420, seed=2), np.arange(420) % 7
    resting = drawing.picture(without=UNITS).reshape(420, -1).astype(np.float64)
    told = least_squares(resting[:280], labels[:280], resting[280:], 1000.0)
    assert abs((told == labels[280:]).mean() - 1 / 7) < 0.12  # 4 standard errors of 140 guesses
    shown = drawing.picture().reshape(420, -1).astype(np.float64)
    assert (least_squares(shown[:280], labels[:280], shown[280:], 1000.0) == labels[280:]).mean() > 0.35


def test_truth_is_where_and_only_where_the_expression_changes_the_face(drawing):
    own = [set(EMOTION_UNITS[label].core + EMOTION_UNITS[label].optional) for label in drawing.faces.labels]
    for label in CANONICAL:
        some = drawing[np.array(drawing.faces.labels) == label]
        units = next(units for units, name in zip(own, drawing.faces.labels, strict=True) if name == label)
        change = np.abs(some.picture() - some.picture(without=sorted(units)))
        np.testing.assert_array_equal(change >= SEEN, some.truth)
        assert some.truth.any(axis=(1, 2)).all() == bool(units)


def test_neutral_faces_have_no_truth(drawing):
    assert not drawing[np.array(drawing.faces.labels) == "neutral"].truth.any()


PLACES = {  # unit: least and largest |x| and y on the upright face between which nearly all of its change lies
    1: ((0, 13), (-19, -3)),
    2: ((0, 15), (-19, -3)),
    4: ((0, 15), (-15, 0)),
    5: ((2, 13), (-10, 0)),
    6: ((2, 16), (-9, 9)),
    7: ((2, 13), (-9, 0)),
    9: ((0, 13), (-15, 12)),
    10: ((0, 8), (2, 16)),
    12: ((0, 15), (-2, 16)),
    14: ((0, 13), (5, 16)),
    15: ((0, 12), (6, 20)),
    17: ((0, 17), (5, 21)),
    20: ((0, 14), (2, 19)),
    23: ((0, 9), (6, 16)),
    24: ((0, 9), (6, 16)),
    25: ((0, 9), (6, 18)),
    26: ((0, 18), (4, 26)),
    27: ((0, 18), (0, 26)),
}


@pytest.mark.parametrize("unit", PLACES)
def test_a_unit_changes_its_own_place(drawing, unit):
    x, y = upright(drawing)
    change = drawing.unit_change(unit)
    shown = drawing.intensities[f"AU{unit}"].to_numpy() > 0.25
    assert shown.any()
    (near, far), (top, low) = PLACES[unit]
    home = (np.abs(x) >= near) & (np.abs(x) <= far) & (y >= top) & (y <= low)
    mass = (change * home).sum(axis=(1, 2))[shown] / change.sum(axis=(1, 2))[shown]
    assert mass.min() > 0.9
    assert not change[drawing.intensities[f"AU{unit}"].to_numpy() == 0].any()


def with_unit(unit: int) -> tuple[np.ndarray, np.ndarray]:
    """Resting faces without a hand, and the same with one unit at full strength."""
    from fer_xai.faces.drawn.rendering import render
    from fer_xai.faces.drawn.scene import RANGES, scene_of

    uniforms = np.random.default_rng(9).random((24, len(RANGES)))
    scene = {**scene_of(uniforms), "hand": np.ones(24, np.float32)}
    scene = {**scene, **{name: np.zeros(24, np.float32) for name in ("roll", "yaw", "shift_x", "shift_y")}}
    rest, moved = np.zeros((24, len(UNITS)), np.float32), np.zeros((24, len(UNITS)), np.float32)
    moved[:, UNITS.index(unit)] = 1
    return render(scene, rest, (48, 48)), render(scene, moved, (48, 48))


def test_a_smile_lifts_the_corners_and_a_frown_lowers_them():
    rest, smile = with_unit(12)
    _, frown = with_unit(15)
    corners = np.r_[16:20, 28:32]  # columns beside the mouth's middle
    above, below = slice(30, 33), slice(35, 38)
    for moved, darker, lighter in ((smile, above, below), (frown, below, above)):
        change = (moved - rest)[:, :, corners].mean(axis=2)
        assert change[:, darker].mean() < change[:, lighter].mean()


def test_brows_rise_with_1_and_2_and_fall_with_4():
    def centre(pictures: np.ndarray, columns: slice) -> float:
        dark = np.clip(np.median(pictures[:, 10:20, columns], axis=(1, 2), keepdims=True) - pictures, 0, None)
        rows = np.arange(11, 18)[None, :, None]
        part = dark[:, 11:18, columns]
        return float(((part * rows).sum((1, 2)) / part.sum((1, 2))).mean())

    inner, outer = slice(19, 22), slice(12, 15)
    rest, one = with_unit(1)
    _, two = with_unit(2)
    _, four = with_unit(4)
    assert centre(one, inner) < centre(rest, inner) < centre(four, inner)
    assert centre(two, outer) < centre(rest, outer)


def test_a_dropped_jaw_opens_a_dark_mouth():
    rest, jaw = (pictures[:, 30:42, 22:26] for pictures in with_unit(26))
    black = [(pictures < 0.2).sum(axis=(1, 2)) for pictures in (rest, jaw)]
    assert np.median(black[1]) >= np.median(black[0]) + 4


def test_raised_lids_change_the_eyes_only():
    rest, wide = with_unit(5)
    change = np.abs(wide - rest)
    assert change[:, 14:24].sum() > 0.98 * change.sum() > 0


def test_coordinates_go_there_and_back(drawing):
    points = np.random.default_rng(0).uniform(-14, 14, (len(drawing), 20, 2)).astype(np.float32)
    there = crop_coordinates(drawing.scene, points)
    x, y = face_coordinates(drawing.scene, there[:, None, :, 0], there[:, None, :, 1])
    np.testing.assert_allclose(np.stack([x[:, 0], y[:, 0]], -1), points, atol=0.01)


def test_other_sizes_show_the_same_faces():
    small, large = draw(7, seed=1), draw(7, seed=1, size=(96, 96))
    halved = large.picture().reshape(7, 48, 2, 48, 2).mean(axis=(2, 4))
    assert np.abs(halved - small.picture()).mean() < 0.01


def test_bad_input_is_told_in_one_line(drawing):
    for wrong in (lambda: draw(0), lambda: draw(3, emotions="bored"), lambda: drawing.unit_change(43)):
        with pytest.raises(InputError) as told:
            wrong()
        assert "\n" not in str(told.value)
