"""Small cases worked out by hand, at the edges: one pixel, one emotion, one person, nothing at all."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.faces.landmarks import Landmarks
from fer_xai.facs import (
    Codebook,
    FaceMasks,
    RegionProfile,
    agreement,
    baseline_attributions,
    beside_baselines,
    beside_table,
    blind_maps,
    centred_blob,
    count_regions,
    difference,
    load_codebook,
    mask_profile,
    outline_masks,
    own_codebook_from_profile,
    profiles_of,
    region_names,
    resampling,
    separability,
    significance,
    spatial_null,
    specificity_difference,
    specificity_from_profile,
    summarise_counts,
)
from fer_xai.facs.atlas import atlas, part_names, ring
from fer_xai.facs.maps import highlights, peaks, shares, top_weights
from fer_xai.facs.masks import face_ids
from fer_xai.facs.painting import paint_parts, pool_parts, supersampling
from fer_xai.facs.resampling import Units, bca_interval, shuffled_p
from fer_xai.facs.separability import _shuffled, folds_of
from fer_xai.facs.significance import rank_sums, signed_ranks
from fer_xai.facs.spatial_null import _corrected
from tests.facs.conftest import HEIGHT, WIDTH, blank, pixel_map, pixel_masks
from tests.facs.profile_stubs import drawn_profile


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


def mean_gap(sums: np.ndarray) -> np.ndarray:
    means = sums[..., 0] / sums[..., 1]
    return means[..., 1] - means[..., 0]


def with_counts(values: np.ndarray) -> np.ndarray:
    return np.column_stack([values, np.ones(len(values))])


def test_the_blob_stands_in_the_middle_and_is_as_wide_as_it_says() -> None:
    blob = centred_blob(5, 9, 0.25)
    assert blob.shape == (5, 9)
    assert blob.dtype == np.float32
    assert blob[2, 4] == 1
    assert blob[1, 4] == pytest.approx(np.exp(-1 / (2 * 2.25**2)))
    np.testing.assert_allclose(blob, blob[::-1, ::-1])
    np.testing.assert_allclose(blob[2, 2], blob[0, 4])
    np.testing.assert_array_equal(centred_blob(48, 48), centred_blob(48, 48, 0.22))


def test_a_mask_of_one_pixel_has_a_rank() -> None:
    chin = Codebook("brow", {"happy": (14,)}, {})
    masks = pixel_masks(1)
    parts = masks.parts.copy()
    parts[:, part_names().index("lip_corner_L")] = 0
    rows = agreement(
        blank(1), pixel_map(lip_corner_R=2, chin=1)[None], ["happy"], chin, masks=replace(masks, parts=parts)
    )
    row = rows.iloc[0]
    assert row["area"] == pytest.approx(1 / 40)
    assert (row["rank_accuracy"], row["pointing"], row["iou"]) == (1, 1, pytest.approx(1 / 2))
    assert row["mass_accuracy"] == pytest.approx(2 / 3)
    assert row["log2_enrichment"] == pytest.approx(np.log2(2 / 3 * 40))
    blob = centred_blob(HEIGHT, WIDTH)
    place = np.unravel_index(part_names().index("lip_corner_R"), (HEIGHT, WIDTH))
    assert row["mass_accuracy_blob"] == pytest.approx(blob[place] / blob.sum(), rel=1e-5)


def test_edges_of_whole_numbers_are_those_of_shares_and_all_baselines_are_of_one_kind() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 6, 6), dtype=np.uint8)
    edges = blind_maps(pixels)["sobel"]
    np.testing.assert_allclose(edges, blind_maps(pixels.astype(np.float64))["sobel"], rtol=1e-6)
    np.testing.assert_allclose(edges, blind_maps(pixels[..., None])["sobel"])
    given = Faces.from_array(pixels)
    np.testing.assert_allclose(blind_maps(given)["sobel"], edges / 255, rtol=1e-4, atol=1e-6)
    found = baseline_attributions(given, np.ones((2, 6, 6)), ["happy", "sad"])
    assert list(found) == ["flat", "blob", "sobel", "others"]
    assert {one.dtype for one in found.values()} == {np.dtype(np.float32)}
    assert {one.shape for one in found.values()} == {(2, 6, 6)}


def test_of_one_emotion_alone_there_are_no_others() -> None:
    found = baseline_attributions(np.zeros((3, 4, 4)), np.ones((3, 4, 4)), ["happy", "happy", None])
    assert not found["others"][:2].any()
    np.testing.assert_allclose(found["others"][2], 1 / 16)
    with pytest.raises(InputError, match=exactly("received attributions of shape (3, 4, 5) for 3 faces of 4×4")):
        baseline_attributions(np.zeros((3, 4, 4)), np.ones((3, 4, 5)), ["happy"] * 3)


def test_measures_on_masks_by_hand_and_of_nobody() -> None:
    names = part_names()
    area = np.full((4, len(names)), 1 / len(names))
    mass = np.random.default_rng(2).dirichlet(np.ones(len(names)), 4)
    profile = RegionProfile(mass, area, ("happy", "happy", "sad", None), names, tuple("abcd"))
    book = load_codebook("facs2002")
    table = beside_baselines({"measured": profile}, [book], resamples=9)
    assert table["measure"].tolist() == ["separability", "specificity", "log2_enrichment", "mass_accuracy"]
    assert table["codebook"].tolist() == ["", *["facs2002"] * 3]
    rows = table.set_index("measure")
    own = book.merge[[book.emotions.index(e) for e in ("happy", "happy", "sad")]]
    inside, size = (mass[:3] * own).sum(axis=1), own.sum(axis=1) / 40
    by_emotion = [np.log2(inside[:2].mean() / size[:2].mean()), np.log2(inside[2] / size[2])]
    assert rows.loc["log2_enrichment", ["value", "chance", "n"]].tolist() == [pytest.approx(np.mean(by_emotion)), 0, 3]
    assert rows.loc["mass_accuracy", "value"] == pytest.approx(inside.mean())
    assert rows.loc["mass_accuracy", "chance"] == pytest.approx(size.mean())
    assert rows.loc["specificity", "chance"] == 0
    assert rows.loc[["log2_enrichment", "mass_accuracy"], ["low", "high", "p"]].isna().all(axis=None)
    nobody = beside_baselines({"measured": replace(profile, emotions=(None,) * 4)}, [book], resamples=9)
    assert nobody["value"].isna().all()
    assert nobody["n"].tolist() == [0, 0, 0, 0]
    assert np.isnan(nobody.set_index("measure").loc["mass_accuracy", "chance"])


def test_core_and_optional_units_are_read_apart(tmp_path: Path) -> None:
    (tmp_path / "mine.JSON").write_text(json.dumps({"happiness": {"core": [6, "12"], "opt": [25, 26]}, "sad": [1]}))
    book = load_codebook(tmp_path / "mine.JSON")
    assert book.core == {"happy": (6, 12), "sad": (1,)}
    assert book.optional == {"happy": (25, 26), "sad": ()}
    assert book.merge.dtype == np.float32
    assert book.merge.shape == (2, len(part_names()))
    shown = {name for name, part in zip(part_names(), book.merge[1], strict=True) if part}
    assert shown == {"brow_inner_R", "brow_inner_L", "glabella", "forehead_mid"}
    (tmp_path / "only.toml").write_text("[happy]\nopt = [25]\n")
    assert load_codebook(tmp_path / "only.toml").core == {"happy": ()}
    (tmp_path / "flag.json").write_text('{"happy": [true]}')
    with pytest.raises(
        InputError, match=r"^codebook flag, happy: received \[True\], give a list of units among 1 2 4 "
    ):
        load_codebook(tmp_path / "flag.json")
    (tmp_path / "none.json").write_text("{}")
    with pytest.raises(
        InputError, match=exactly("codebook none is not a table of emotions: give e.g. {'happy': [6, 12]}")
    ):
        load_codebook(tmp_path / "none.json")


@pytest.mark.parametrize("name", ["top", "coverage", "significant"])
@pytest.mark.parametrize("value", [0, 1.01, -0.1])
def test_a_threshold_is_a_share_and_is_called_by_its_name(name: str, value: float) -> None:
    message = f"received {name}={value}: give a share above 0 and up to 1"
    with pytest.raises(InputError, match=exactly(message)):
        count_regions(blank(1), blank(1), masks=pixel_masks(1), **{name: value})  # type: ignore[arg-type]
    rows = count_regions(blank(1), blank(1) + 1, masks=pixel_masks(1), levels=["coarse"], **{name: 1})  # type: ignore[arg-type]
    assert rows["region"].tolist() == list(region_names("coarse"))


def test_a_share_of_exactly_the_threshold_counts() -> None:
    # A half of the eye's two pixels; a tenth of the mass on one pixel of the three of the forehead.
    lit = {"eye_R": 4.0, "forehead_mid": 1.0, "chin": 5.0}
    rows = count_regions(blank(1), pixel_map(**lit)[None], masks=pixel_masks(1), significant=0.1).set_index("region")
    assert rows.loc["eye", "coverage"].iloc[-1] == 0.5
    table = rows[rows["level"] == "fine"]
    assert table.loc[["eye", "forehead", "chin", "jaw"], "counted"].tolist() == [True, True, True, False]
    few = count_regions(blank(1), pixel_map(**lit)[None], masks=pixel_masks(1), significant=0.6, coverage=0.5)
    counted = few[(few["level"] == "fine") & few["counted"].astype(bool)]["region"].tolist()
    assert counted == ["eye", "chin"]
    most = count_regions(blank(1), pixel_map(**lit)[None], masks=pixel_masks(1), significant=0.6, coverage=0.51)
    assert most[(most["level"] == "fine") & most["counted"].astype(bool)]["region"].tolist() == ["chin"]
    usual = count_regions(blank(1), pixel_map(**lit)[None], masks=pixel_masks(1))
    said = count_regions(blank(1), pixel_map(**lit)[None], masks=pixel_masks(1), top=0.2, coverage=0.5, significant=0.1)
    pd.testing.assert_frame_equal(usual, said)


def test_what_cannot_be_counted_is_said() -> None:
    with pytest.raises(InputError, match=exactly("received levels='fine': give a list of coarse and fine")):
        count_regions(blank(1), blank(1), masks=pixel_masks(1), levels="fine")
    with pytest.raises(InputError, match=r"^received levels=\[\]: "):
        count_regions(blank(1), blank(1), masks=pixel_masks(1), levels=[])
    said = "received region rows without label or predicted: add one, so that they can be grouped"
    with pytest.raises(InputError, match=exactly(said)):
        summarise_counts(count_regions(blank(1), blank(1), masks=pixel_masks(1)))
    said = (
        "received profiles of shape (2, 3) and (2, 2) for 2 faces and 2 regions: give mass and area of each region on "
        "each face"
    )
    with pytest.raises(InputError, match=exactly(said)):
        RegionProfile(np.ones((2, 3)), np.ones((2, 2)), ("happy", "sad"), ("a", "b"), ("x", "y"))
    with pytest.raises(InputError, match=exactly("received 1 people for 2 faces: give the person of each face")):
        RegionProfile(np.ones((2, 2)), np.ones((2, 2)), ("happy", "sad"), ("a", "b"), ("x", "y"), ("p",))
    said = "received profiles of 2 faces and 3 masks with 1 emotions and 3 mask names: give one for each"
    with pytest.raises(InputError, match=exactly(said)):
        specificity_from_profile(np.ones((2, 3)), np.ones((2, 3)), ["happy"], ["happy", "sad", "fear"])
    said = "received faces of a single person: separability needs two people, or none named"
    with pytest.raises(InputError, match=exactly(said)):
        folds_of(np.array([0, 0, 1, 1]), ["p"] * 4, 0)
    said = "received attributions with NaN or infinite values: mend the map that holds them"
    with pytest.raises(InputError, match=exactly(said)):
        separability(blank(1), np.full((1, HEIGHT, WIDTH), np.inf), ["sad"], masks=pixel_masks(1))
    with pytest.raises(InputError, match=exactly("received outline 'ears': give face, lips or eyes")):
        ring("ears")
    with pytest.raises(InputError, match=exactly("received level 'middle': give coarse or fine")):
        region_names("middle")


def test_masks_of_a_profile_may_be_in_half_precision() -> None:
    masks = np.full((1, 2, 4, 4), 0.1, np.float32)
    mass, area = mask_profile(np.ones((1, 4, 4)), masks)
    assert (mass.dtype, area.dtype) == (np.float64, np.float64)
    np.testing.assert_array_equal(area, masks.astype(np.float64).mean(axis=(2, 3)))


def test_faces_keep_their_names() -> None:
    named = Faces.from_array(np.zeros((2, 4, 4), np.float32), ids=["anna", "ben"])
    assert face_ids(named) == ("anna", "ben")
    assert face_ids(np.zeros((2, 4, 4))) == ("face-0", "face-1")


def test_rings_run_round_their_outline_once() -> None:
    polygons = atlas()["polygons"]
    lips = ring("lips")
    assert len(lips) == 1
    assert len(set(lips[0])) == len(lips[0])
    upper, lower = polygons["upper_lip"], polygons["lower_lip"]
    corner = upper.index(291)
    assert list(lips[0][: corner + 1]) == upper[: corner + 1]
    assert lips[0][0] == 61
    assert set(lips[0]) == set(upper[: corner + 1]) | set(lower[: lower.index(291) + 1])
    assert ring("eyes") == (tuple(polygons["eye_R"]), tuple(polygons["eye_L"]))
    assert ring("face") == (tuple(atlas()["oval"]),)


def test_no_subpixel_of_the_face_is_background(real_faces: np.ndarray, real_landmarks: Landmarks) -> None:
    chosen = np.flatnonzero(real_landmarks.found)[:4]
    some = real_landmarks[chosen]
    masks = FaceMasks.paint(real_faces[chosen], some)
    oval = outline_masks(real_faces[chosen], "face", some)
    assert not masks.parts[:, 0][oval == 1].any()
    # Outside of the oval only hair and ears' polygons reach: what is left over there stays background.
    assert masks.parts[:, 0][oval == 0].mean() > 0.95
    assert set(np.unique(oval * 16)) <= set(range(17))


def test_subpixels_are_fewer_on_larger_faces() -> None:
    assert [supersampling((side, side)) for side in (48, 96, 97, 128, 192, 193, 384, 1000)] == [4, 4, 3, 3, 2, 1, 1, 1]
    assert supersampling((48, 200)) == 1
    labels = np.zeros((1, 4, 4), np.uint8)
    labels[0, :2, :2] = [[1, 2], [2, 3]]
    masks = pool_parts(labels, (2, 2))
    assert masks.dtype == np.float32
    assert masks[0, :4, 0, 0].tolist() == [0, 0.25, 0.5, 0.25]
    assert masks[0, 0].tolist() == [[0, 1], [1, 1]]
    painted = paint_parts(np.zeros((0, 468, 2)), (48, 30))
    assert (painted.shape, painted.dtype) == ((0, 192, 120), np.uint8)


def test_shares_peaks_and_highlights_by_hand() -> None:
    maps = np.array([[[3.0, 1.0], [-4.0, 0.0]], [[-1.0, -1.0], [-2.0, -3.0]]], np.float32)
    found = shares(maps)
    assert found.dtype == np.float32
    assert found[0].tolist() == [[0.75, 0.25], [0, 0]]
    assert np.isnan(found[1]).all()
    assert peaks(maps).tolist() == [[[1, 0], [0, 0]], [[0.5, 0.5], [0, 0]]]
    assert highlights(maps, 0.5).tolist() == [[[True, True], [False, False]], [[False, False], [False, False]]]
    assert highlights(maps, 0.01)[0].tolist() == [[True, False], [False, False]]


def test_with_one_unit_left_out_the_others_stand_for_it() -> None:
    values, codes = np.array([[1.0, 1], [2, 1], [6, 1], [4, 1], [8, 1]]), np.array([0, 0, 0, 1, 1])
    units = Units.of(values, codes, 2)
    left, samples = units.without_one()
    assert samples.tolist() == codes.tolist()
    for unit in range(5):
        for emotion in (0, 1):
            rows = [row for row in range(5) if codes[row] == emotion and row != unit]
            whole = (codes == emotion).sum()
            np.testing.assert_allclose(left[unit, emotion], values[rows].mean(axis=0) * whole)
    people = Units.of(values, codes, 2, ["a", "b", "a", "b", "c"])
    left, samples = people.without_one()
    assert samples.tolist() == [0, 0, 0]
    whole = np.array([[9.0, 3], [12, 2]])
    without = [[[2.0, 1.0], [12.0, 2.0]], [[7.0, 2.0], [8.0, 1.0]], [[9.0, 3.0], [4.0, 1.0]]]
    np.testing.assert_allclose(people.sums, whole)
    assert sorted(left.tolist()) == sorted(without)
    six, halves = np.repeat(values[:3], 2, axis=0), np.array([0, 1, 0, 1, 0, 1])
    assert Units.of(six, halves, 2).enough
    assert not units.enough, "the second emotion has two"
    assert not Units.of(values[:0], codes[:0], 2).enough


def test_p_does_not_hang_on_the_unit_of_measure_and_is_unknown_of_the_unknown() -> None:
    values = np.arange(10) / 3
    codes = np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    once = shuffled_p(Units.of(with_counts(values), codes, 2), mean_gap, 0, 999)
    assert shuffled_p(Units.of(with_counts(values * 1e7), codes, 2), mean_gap, 0, 999) == once
    assert 0.2 < once < 0.6

    def unknown(sums: np.ndarray) -> np.ndarray:
        return np.stack([mean_gap(sums), np.full(sums.shape[:-2], np.nan)], axis=-1)

    found = shuffled_p(Units.of(with_counts(values), codes, 2), unknown, 0, 99)
    assert found.dtype == np.float64
    assert np.isnan(found).tolist() == [False, True]


def test_weights_sum_to_the_count_and_one_unit_fewer_is_drawn() -> None:
    weights = resampling._weights(np.random.default_rng(0), 50, 6)
    np.testing.assert_allclose(weights.sum(axis=1), 6)
    assert set(np.round(weights.ravel() * 5 / 6, 9)) <= set(range(6))
    assert list(resampling._batches(7, resampling.BATCH_NUMBERS // 3)) == [3, 3, 1]
    assert list(resampling._batches(2, 0)) == [2]
    assert list(resampling._batches(resampling.BATCH_NUMBERS + 1, 1)) == [resampling.BATCH_NUMBERS, 1]
    assert list(resampling._batches(3, 10 * resampling.BATCH_NUMBERS)) == [1, 1, 1]


def test_people_make_specificity_less_sure() -> None:
    rng = np.random.default_rng(0)
    area = np.full((40, 2), 0.2)
    emotions = ["happy", "sad"] * 20
    factor = np.repeat(rng.uniform(0.5, 2, 10), 4)
    own = np.tile(np.eye(2), (20, 1))
    mass = area * (1 + own * factor[:, None])
    people = np.repeat([f"person {n}" for n in range(10)], 4).tolist()
    alone, known = (
        specificity_from_profile(mass, area, emotions, ["happy", "sad"], people=who) for who in (None, people)
    )
    assert known.value == pytest.approx(alone.value)
    assert known.high - known.low > 1.3 * (alone.high - alone.low)
    with pytest.raises(InputError, match="3 people for 40 faces"):
        specificity_from_profile(mass, area, emotions, ["happy", "sad"], people=people[:3])


def test_features_that_never_vary_are_told_by_chance_and_widen_nothing() -> None:
    codes, folds = np.repeat([0, 1], 6), np.tile([0, 1], 6)
    p, wider = _shuffled(np.zeros((12, 0)), codes, folds, 0.0, 0.5, 0, 19)
    assert (p, wider) == (1.0, 1.0)


def test_some_of_very_many_faces_tell_the_spread_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    codes, folds = np.repeat([0, 1], 300), np.tile(np.arange(5), 120)
    features = rng.normal(size=(600, 3))
    by_all, _ = _shuffled(features, codes, folds, 0.1, 0.54, 0, 199)
    room = import_module("fer_xai.facs.separability")
    monkeypatch.setattr(room, "MANY", 100)
    monkeypatch.setattr(room, "SHUFFLED", 50)
    by_some, wider = _shuffled(features, codes, folds, 0.1, 0.54, 0, 199)
    assert by_all < 0.15
    assert by_some == pytest.approx(by_all, abs=0.12)
    assert 1 <= wider < 2


def test_a_gain_on_every_face_is_as_seldom_as_its_signs() -> None:
    codes = np.array([0, 0, 0, 1, 1])
    gained = np.array([1.0, -1, 1, 1, 0])
    value = (1 / 3 + 1 / 2) / 2
    signs = np.random.default_rng(2).choice([-1.0, 1.0], size=(200, 5))
    means = (signs * gained)[:, :3].mean(axis=1) / 2 + (signs * gained)[:, 3:].mean(axis=1) / 2
    expected = (1 + (means >= value - 1e-12).sum()) / 201
    assert difference._flipped(gained, codes, value, 2, 200) == pytest.approx(expected)
    assert 0.1 < expected < 0.6


def test_tests_of_few_faces_are_exact() -> None:
    values = np.array([[1.0, 0.0], [2, 0], [3, 0], [-4, 0], [5, 0], [6, 0]])
    codes = np.repeat([0, 1], 3)
    np.testing.assert_allclose(rank_sums(values, codes, 2)[:, 0], 0.7)
    np.testing.assert_allclose(signed_ranks(values, codes, 2)[:, 0], [0.25, 0.5])
    assert (rank_sums(values, codes, 2)[:, 1] == 1).all()
    assert (signed_ranks(values, codes, 2)[:, 1] == 1).all()
    assert np.isnan(rank_sums(values, np.zeros(6, int), 1)).all()
    assert rank_sums(values[:0], codes[:0], 0).shape == signed_ranks(values[:0], codes[:0], 0).shape == (0, 2)


def test_candidates_are_told_with_their_muscle_and_the_best_first() -> None:
    planted = {
        "happy": ["lip_corner", "nasolabial", "upper_lip", "lower_lip", "chin", "mouth_inner", "jaw"],
        "angry": ["brow_inner", "glabella", "nose_root", "upper_lid", "lower_lid", "eye", "crow_feet", "infraorbital"],
        "sad": ["forehead", "brow_outer", "upper_lip_skin", "nose_tip_wings", "nose_bridge", "nose_side"],
    }
    own_book = own_codebook_from_profile(drawn_profile(40, 3, planted, 2.5), resamples=9, codebooks=["du2014"])
    units, by_region = own_book.units, own_book.regions.set_index(["emotion", "region"])["value"]
    for _, unit in units.iterrows():
        expected = np.mean([by_region[unit["emotion"], region] for region in unit["regions"].split()])
        assert unit["value"] == pytest.approx(expected)
    assert len(units) > 16
    assert list(dict.fromkeys(units["emotion"])) == ["angry", "happy", "sad"]
    for _, own in units.groupby("emotion"):
        ordered = list(zip(own["support"], own["value"], strict=True))
        assert ordered == sorted(ordered, reverse=True)
    happy = units[units["emotion"] == "happy"].set_index("unit")
    assert happy.loc[12, "muscle"] == "zygomaticus major"
    assert happy.loc[12, "regions"] == "lip_corner nasolabial"
    assert happy.loc[22, "same_regions"] == "23 24 28"


def test_profiles_are_read_from_rows_as_they_stand() -> None:
    maps = np.random.default_rng(0).normal(size=(3, HEIGHT, WIDTH))
    rows = count_regions(blank(3), maps, masks=pixel_masks(3)).assign(
        label=np.repeat(np.array(["happy", "sad", None], object), 33),
        predicted=np.repeat(np.array(["happy", "happy", "sad"], object), 33),
    )
    (known, profile), *rest = profiles_of(rows, {"face-0": "a", "face-1": "b", "face-2": "a"})
    assert (known, rest) == ({}, [])
    assert profile.emotions == ("happy", "sad", "sad")
    assert profile.people == ("a", "b", "a")
    assert profile.faces == ("face-0", "face-1", "face-2")
    assert profile.right is not None
    np.testing.assert_array_equal(profile.right, [1, 0, np.nan])
    fine = rows[rows["level"] == "fine"]
    np.testing.assert_allclose(profile.mass.ravel(), fine["share"])
    np.testing.assert_allclose(profile.area.ravel(), fine["area"])
    against = next(profiles_of(rows, None, "negative_share"))[1]
    np.testing.assert_allclose(against.mass.ravel(), fine["negative_share"])
    assert against.people is None
    named = [known for known, _ in profiles_of(pd.concat([rows.assign(model=m, method="x") for m in "ba"]))]
    assert named == [{"model": "b", "method": "x"}, {"model": "a", "method": "x"}]
    one = profile.only(np.array([False, True, True]))
    assert (one.emotions, one.people, one.faces) == (("sad", "sad"), ("b", "a"), ("face-1", "face-2"))
    assert one.right is not None
    np.testing.assert_array_equal(one.right, [0, np.nan])
    assert profile.left_out(("happy",)) == ("sad",)
    assert next(profiles_of(rows.drop(columns="label")))[1].right is None


def test_interval_bounds_are_those_of_the_draws() -> None:
    values = np.random.default_rng(5).normal(size=(200, 1))
    units = Units.of(with_counts(values[:, 0]), np.arange(200) % 2, 2)
    low, high = bca_interval(units, mean_gap, 0, 999)
    drawn = np.concatenate([mean_gap(sums) for sums in units.resampled(0, 999)])
    assert (low, high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.05)


def test_a_face_without_label_and_prediction_has_no_emotion() -> None:
    rows = count_regions(blank(2), blank(2) + 1, masks=pixel_masks(2))
    named = rows.assign(label=np.repeat(np.array([None, "joy"], object), 33))
    assert next(profiles_of(named))[1].emotions == (None, "happy")
    assert next(profiles_of(named.assign(predicted=None)))[1].emotions == (None, "happy")


def test_equal_on_average_does_not_stand_out() -> None:
    # Three of four faces are a little above the others', one far below: ranks differ, means do not.
    log2 = np.zeros((80, 2))
    log2[:40, 0] = np.tile([1, 1, 1, -3], 10)
    area = np.full((80, 2), 0.2)
    mass = (area + 1e-3) * 2**log2 - 1e-3
    emotions = ("happy",) * 40 + ("sad",) * 40
    profile = RegionProfile(mass, area, emotions, ("eye", "jaw"), tuple(f"face-{n}" for n in range(80)))
    table = significance(profile, resamples=9).set_index(["emotion", "region"])
    row = table.loc[("happy", "eye")]
    assert row["difference"] == 0
    assert row["p_others_holm"] < 0.01
    assert not table["stands_out"].any()


def test_what_only_rounding_varies_deviates_from_nothing() -> None:
    shifted = 0.5 + 1e-9 * np.array([1, -1, 1, -1, 1, -1, 1, -1, 1])
    flat, told_apart = np.array([0.5 + 1e-8, *shifted])[:, None], np.linspace(1, 0, 10)[:, None]
    assert _corrected([flat, told_apart]).tolist() == [1, 0.1]
    assert _corrected([np.full((10, 1), 0.5), np.zeros((10, 1))]).tolist() == [1, 1]


def test_faces_that_do_not_count_are_passed_over_by_the_spatial_null() -> None:
    maps = np.random.default_rng(1).gamma(1.0, size=(5, HEIGHT, WIDTH))
    maps[1] = 0
    emotions = [None, "happy", "happy", "happy", "sad"]
    expected = spatial_null(blank(2), maps[3:], emotions[3:], draws=19, masks=pixel_masks(2))
    assert expected["n"].unique().tolist() == [1]
    found = spatial_null(blank(5), maps, emotions, draws=19, masks=pixel_masks(5, lost=(2,)))
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("width", [8, 9])
def test_the_chance_of_counting_is_the_share_of_all_shifts(width: int) -> None:
    shifts = [(down, right) for down in range(HEIGHT) for right in range(width)]
    masks = pixel_masks(len(shifts))
    parts = np.zeros((len(shifts), len(part_names()), HEIGHT, width), np.float32)
    parts[..., :WIDTH] = masks.parts
    parts[:, 0, :, WIDTH:] = 1
    masks, faces = replace(masks, parts=parts), np.zeros((len(shifts), HEIGHT, width))
    own = np.random.default_rng(3).gamma(0.3, size=(HEIGHT, width))
    rows = count_regions(faces, np.stack([np.roll(own, shift, (0, 1)) for shift in shifts]), masks=masks)
    by_region = rows.groupby(["level", "region"])
    np.testing.assert_allclose(by_region["counted_chance"].first(), by_region["counted"].mean().astype(float))
    assert by_region["counted_chance"].first().between(0.05, 0.95).all()


def test_the_largest_pixels_weigh_by_hand() -> None:
    maps = np.array([[[4.0, 2.0], [2.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]], [[3.0, 2.0], [1.0, 0.0]]])
    weights = top_weights(maps, np.array([2, 1, 0]))
    assert weights.dtype == np.float32
    assert weights.tolist() == [[[1, 0.5], [0.5, 0]], [[0.25, 0.25], [0.25, 0.25]], [[0, 0], [0, 0]]]


def test_an_emotion_that_the_second_lacks_is_left_out_of_both() -> None:
    rng, names = np.random.default_rng(4), part_names()

    def drawn(emotions: tuple[str, ...], called: str) -> RegionProfile:
        mass, area = rng.dirichlet(np.ones(len(names)), (2, len(emotions)))
        return RegionProfile(mass, area, emotions, names, tuple(f"{called} {n}" for n in range(len(emotions))))

    first, second = drawn(("happy", "sad", "fear") * 6, "one"), drawn(("happy", "sad") * 5, "other")
    found = specificity_difference(first, second, resamples=19)
    assert np.isfinite([found.value, found.low, found.high, found.p]).all()
    assert found.n == 12 + 10
    without = first.only(np.array([emotion != "fear" for emotion in first.emotions]))
    assert found == specificity_difference(without, second, resamples=19)


def test_of_no_faces_there_is_nothing_beside() -> None:
    table = beside_table({"measured": np.zeros(0), "blob": np.zeros(0)}, np.zeros(0), [])
    assert table["map"].tolist() == ["measured", "measured"]
    assert table["n"].tolist() == [0, 0]
    assert table[["value", "low", "high", "beyond"]].isna().all(axis=None)


def test_a_quantile_leaves_out_the_unknown_and_ends_with_the_largest() -> None:
    drawn = np.array([[3.0, 5.0, np.nan], [1.0, np.nan, np.nan], [2.0, np.nan, np.nan]])
    for level, expected in ((0.0, 1.0), (0.25, 1.5), (1.0, 3.0)):
        found = resampling._quantile(drawn, np.array(level))
        np.testing.assert_allclose(found, [expected, 5, np.nan])
