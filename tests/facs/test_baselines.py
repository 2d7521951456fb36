"""Baselines: what they are, by hand, and that a planted map beats them and a blind one does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import sobel

from fer_xai.errors import InputError
from fer_xai.facs import (
    FaceMasks,
    agreement,
    baseline_attributions,
    beside_baselines,
    blind_maps,
    centred_blob,
    load_codebook,
    part_profiles,
    separability,
    specificity,
)
from tests.facs.profile_stubs import SIX


def test_each_baseline_by_hand() -> None:
    faces = np.zeros((4, 6, 6), np.float32)
    faces[:, :, 3:] = 1  # one upright edge
    maps = np.zeros((4, 6, 6), np.float32)
    for i in range(4):
        maps[i, i, i], maps[i, 5, 0] = i + 1, -9
    found = baseline_attributions(faces, maps, ["happy", "happy", "sad", None])
    assert set(found) == {"flat", "blob", "sobel", "others"}
    assert (found["flat"] == 1).all()
    np.testing.assert_array_equal(found["blob"][2], centred_blob(6, 6))
    assert (found["sobel"][:, :, 2:4] > 0).all()
    assert not found["sobel"][:, :, [0, 1, 4, 5]].any()
    # Of other emotions, shares of positive mass, emotions weighing alike: for happy faces that is the sad one's.
    by_hand = np.zeros((3, 6, 6))
    by_hand[0, 2, 2] = 1
    by_hand[1, [0, 1], [0, 1]] = 0.5
    by_hand[2, [0, 1, 2], [0, 1, 2]] = 0.25, 0.25, 0.5
    np.testing.assert_allclose(found["others"], by_hand[[0, 0, 1, 2]])


def test_colour_faces_have_edges_and_wrong_shapes_are_refused() -> None:
    grey = np.random.default_rng(0).random((2, 8, 8)).astype(np.float32)
    colour = np.repeat(grey[..., None], 3, axis=-1)
    edges = [baseline_attributions(f, np.ones((2, 8, 8)), ["happy", "sad"])["sobel"] for f in (grey, colour)]
    np.testing.assert_allclose(*edges, atol=1e-5)
    with pytest.raises(InputError, match=r"\(2, 4, 4\)"):
        baseline_attributions(grey, np.ones((2, 4, 4)), ["happy", "sad"])


def test_a_face_has_its_own_edges_whatever_faces_stand_beside_it() -> None:
    faces = np.random.default_rng(1).random((5, 9, 9)).astype(np.float32)
    alone = np.concatenate([blind_maps(face[None])["sobel"] for face in faces])
    np.testing.assert_allclose(blind_maps(faces)["sobel"], alone, atol=1e-6)
    by_hand = [np.hypot(sobel(face, 0, mode="nearest"), sobel(face, 1, mode="nearest")) for face in faces]
    np.testing.assert_allclose(alone, by_hand, atol=1e-5)


@pytest.fixture(scope="module")
def planted(real_faces: np.ndarray, real_masks: FaceMasks) -> tuple[np.ndarray, list[str]]:
    emotions = [SIX[i % 6] for i in range(100)]
    book = load_codebook("facs2002")
    own = real_masks.action_units(book)[np.arange(100), [book.emotions.index(e) for e in emotions]]
    return 0.7 / own[0].size + 0.3 * own / np.maximum(own.sum(axis=(1, 2), keepdims=True), 1e-9), emotions


def test_planted_maps_stand_above_their_baselines(
    real_faces: np.ndarray, real_masks: FaceMasks, planted: tuple[np.ndarray, list[str]]
) -> None:
    maps, emotions = planted
    profiles = part_profiles(real_faces, maps, emotions, masks=real_masks)
    table = beside_baselines(profiles, ["facs2002"], resamples=99).set_index(["measure", "map"])
    assert set(table.index.get_level_values("measure")) == {
        *("specificity", "log2_enrichment", "mass_accuracy", "separability")
    }
    s = table.loc["specificity"]
    assert s.loc["measured", "low"] > 0.3
    assert (s.loc[["flat", "blob", "sobel"], "value"].abs() < 0.1).all()
    assert s.loc["others", "value"] < 0, "only the own emotion is missing"
    mass = table.loc["mass_accuracy"]["value"]
    assert mass["flat"] == pytest.approx(table.loc[("mass_accuracy", "flat"), "chance"], abs=1e-5)
    assert mass["measured"] > mass["blob"] > mass["flat"]
    told = table.loc["separability"]["value"]
    assert told["measured"] > 0.6
    assert told["flat"] == pytest.approx(1 / 6)
    assert told[["blob", "sobel"]].max() < 0.35


def test_profiles_of_parts_give_what_the_measures_give(
    real_faces: np.ndarray, real_masks: FaceMasks, planted: tuple[np.ndarray, list[str]]
) -> None:
    maps, emotions = planted
    profiles = part_profiles(real_faces, maps, emotions, landmarks=real_masks.landmarks)
    assert set(profiles) == {"measured", "flat", "blob", "sobel", "others"}
    table = beside_baselines({"measured": profiles["measured"]}, ["du2014"], resamples=49).set_index("measure")
    s = specificity(real_faces, maps, emotions, "du2014", masks=real_masks, resamples=49)
    for name in ("value", "low", "high", "p", "n"):
        assert table.loc["specificity", name] == pytest.approx(getattr(s, name), abs=1e-5)
    told = separability(real_faces, maps, emotions, masks=real_masks, resamples=49)
    assert table.loc["separability", "value"] == pytest.approx(told.value, abs=0.011)  # profiles in other last digits
    rows = agreement(real_faces, maps, emotions, "du2014", masks=real_masks)
    assert table.loc["mass_accuracy", "value"] == pytest.approx(rows["mass_accuracy"].mean())
    assert table.loc["mass_accuracy", "chance"] == pytest.approx(rows["area"].mean())
