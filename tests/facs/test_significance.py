"""Significance: Holm by hand, planted regions found and only those, blind maps not; right and wrong apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fer_xai.facs import (
    FaceMasks,
    centred_blob,
    count_regions,
    holm,
    load_codebook,
    region_names,
    significance,
    significance_table,
    spatial_null,
)
from fer_xai.facs.significance import signed_ranks
from tests.facs.conftest import blank, pixel_masks
from tests.facs.profile_stubs import SIX, drawn_profile


def test_holm_by_hand() -> None:
    # Sorted: .005 × 4, .01 × 3, .03 × 2, .04 × 1, each at least the one before.
    np.testing.assert_allclose(holm(np.array([[0.01, 0.04], [0.03, 0.005]])), [[0.03, 0.06], [0.06, 0.02]])
    # What was not tested is not counted.
    np.testing.assert_allclose(holm(np.array([0.02, np.nan, 0.6])), [0.04, np.nan, 0.6])
    np.testing.assert_allclose(holm(np.array([0.9, 0.8])), [1, 1])
    assert holm(np.zeros(0)).size == 0


def test_planted_regions_are_found_and_only_those() -> None:
    planted = {"happy": ["lip_corner", "crow_feet"], "angry": ["glabella"]}
    table = significance(drawn_profile(40, 0, planted, 2.5), resamples=199)
    out = table[table["stands_out"]]
    assert set(zip(out["emotion"], out["region"], strict=True)) == {
        ("happy", "lip_corner"),
        ("happy", "crow_feet"),
        ("angry", "glabella"),
    }
    assert (out["log2_enrichment"] > 0.8).all()
    assert (out["low"] > 0.5).all()
    assert out["significant"].all()
    assert (table["p_holm"] >= table["p"]).all()
    assert (table["low"] < table["log2_enrichment"]).all()
    assert (table["log2_enrichment"] < table["high"]).all()


@pytest.mark.parametrize("count", [2, 5, 10, 14, 51])
@pytest.mark.parametrize("zeros", [0, 3])
def test_signed_ranks_are_scipys(count: int, zeros: int) -> None:
    from scipy.stats import wilcoxon

    rng = np.random.default_rng(count)
    tied = rng.integers(-4, 7, (count, 3)) / 2.0
    tied[: min(zeros, count - 1), 0] = 0
    tied[0] += tied[0] == 0
    untied = rng.normal(0.3, 1, (count, 3))
    for values in (tied, untied):
        ours = signed_ranks(values, np.zeros(count, int), 1)[0]
        np.testing.assert_allclose(ours, wilcoxon(values, zero_method="zsplit", axis=0).pvalue, rtol=1e-12)


def test_signed_ranks_by_hand() -> None:
    # Of eight ways to sign the ranks 1.5, 1.5, 3 one sums as high as all positive; two sides.
    assert signed_ranks(np.array([[1.0], [1.0], [2.0]]), np.zeros(3, int), 1)[0, 0] == pytest.approx(2 / 8)


def test_the_order_of_faces_does_not_matter() -> None:
    profile = drawn_profile(7, 3, {"sad": ["chin"]})
    turned = np.random.default_rng(0).permutation(len(profile.emotions))
    other = replace(
        profile,
        mass=profile.mass[turned],
        area=profile.area[turned],
        emotions=tuple(profile.emotions[i] for i in turned),
    )
    first, second = significance(profile, resamples=99), significance(other, resamples=99)
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(first, significance(profile, resamples=99), check_exact=True)
    assert not first["low"].equals(significance(profile, seed=1, resamples=99)["low"])


def test_blind_studies_seldom_find_anything() -> None:
    found = [significance(drawn_profile(15, seed), resamples=1)["stands_out"].any() for seed in range(40)]
    assert np.mean(found) <= 0.15  # Holm keeps all 150 tests of a study together at .05


def test_difference_is_antisymmetric_between_two_emotions() -> None:
    profile = drawn_profile(12, 1)
    two = replace(profile, emotions=("happy", "sad") * 36)
    table = significance(two, resamples=1).pivot_table(
        index="region", columns="emotion", values=["difference", "p_others"]
    )
    np.testing.assert_allclose(table["difference"]["happy"], -table["difference"]["sad"])
    np.testing.assert_allclose(table["p_others"]["happy"], table["p_others"]["sad"])


def test_a_flat_map_is_nowhere_significant(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    emotions = [SIX[i % 6] for i in range(100)]
    rows = count_regions(real_faces, np.ones(real_faces.shape), masks=real_masks)
    rows = rows.assign(label=rows["face"].map(dict(zip(real_masks.ids, emotions, strict=True))), method="flat")
    table = significance_table(rows, resamples=9)
    assert (table["p"] == 1).all()
    assert (table["p_others"] == 1).all()
    assert not table[["significant", "stands_out"]].any(axis=None)
    np.testing.assert_allclose(table["log2_enrichment"], 0)


def test_one_emotion_has_no_others() -> None:
    table = significance(replace(drawn_profile(4, 0), emotions=("sad",) * 24), resamples=9)
    assert table[["p_others", "difference"]].isna().all(axis=None)
    assert table["p"].notna().all()
    assert not table["stands_out"].any()
    assert not len(significance(replace(drawn_profile(4, 0), emotions=(None,) * 24), resamples=9))


def test_right_and_wrong_predictions_and_small_regions_are_told(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    rng = np.random.default_rng(0)
    labels = [SIX[i % 6] for i in range(100)]
    guesses = [label if rng.random() < 0.6 else "neutral" for label in labels]
    # Where the prediction is right the map is on the eyes, else on the mouth.
    fine = region_names("fine")
    masks = real_masks.level("fine")
    right = np.array([a == b for a, b in zip(labels, guesses, strict=True)])
    maps = 0.2 + np.where(right[:, None, None], masks[:, fine.index("eye")], masks[:, fine.index("chin")])
    rows = count_regions(real_faces, maps, masks=real_masks).assign(method="occlusion")
    for name, values in (("label", labels), ("predicted", guesses)):
        rows[name] = rows["face"].map(dict(zip(real_masks.ids, values, strict=True)))
    table = significance_table(rows, {"occlusion": 64}, resamples=9)
    means = table.groupby(["split", "region"])["log2_enrichment"].mean()
    assert means["right"]["eye"] > 1
    assert means["right"]["chin"] < 0
    assert means["wrong"]["chin"] > 0.5
    assert means["wrong"]["eye"] < 0
    counts = table.drop_duplicates(["split", "emotion"]).groupby("split")["n"].sum()
    assert counts["right"] + counts["wrong"] == counts["all"] == real_masks.found.sum()
    assert not table.loc[table["region"] == "glabella", "resolved"].any(), "smaller than a patch of 8 × 8"
    assert table.loc[table["region"] == "background", "resolved"].all()
    assert table["resolved"].notna().all()
    assert list(table.columns[:2]) == ["method", "split"]
    assert significance_table(rows.drop(columns="predicted"), resamples=9)["resolved"].isna().all()
    assert isinstance(table["resolved"].dtype, pd.BooleanDtype)


def test_spatial_null_finds_a_place_and_not_noise(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    emotions = ["happy", "sad"] * 50
    fine = region_names("fine")
    chin = real_masks.level("fine")[:, fine.index("chin")]
    noise = np.random.default_rng(0).random(real_faces.shape)
    happy = (np.array(emotions) == "happy")[:, None, None]
    maps = noise + 3 * chin * happy
    table = spatial_null(real_faces, maps, emotions, masks=real_masks, draws=499).set_index(["emotion", "region"])
    assert table.loc[("happy", "chin"), "significant"]
    assert table.loc[("happy", "chin"), "log2_enrichment_face"] > table.loc[("happy", "chin"), "null_high"] + 0.5
    assert not table.loc["sad", "significant"].any()
    assert table.loc["sad", "p"].mean() == pytest.approx(0.5, abs=0.2)
    assert not table.loc["happy"].drop("chin")["significant"].any()


def test_spatial_null_does_not_hang_on_order_or_on_flat_maps(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    emotions = np.array(["happy", "sad"] * 50)
    maps = np.random.default_rng(0).random(real_faces.shape).astype(np.float32)
    turned = np.random.default_rng(1).permutation(100)
    first = spatial_null(real_faces, maps, list(emotions), "facs2002", masks=real_masks, draws=99)
    second = spatial_null(
        real_faces[turned], maps[turned], list(emotions[turned]), "facs2002", real_masks.landmarks[turned], draws=99
    )
    pd.testing.assert_frame_equal(first, second, rtol=1e-5)
    assert list(first["region"][: len(load_codebook("facs2002").emotions)]) == list(load_codebook("facs2002").emotions)
    blob = np.broadcast_to(centred_blob(48, 48), maps.shape)
    with_blob = spatial_null(real_faces, blob, ["happy"] * 100, masks=real_masks, draws=199).set_index("region")
    assert with_blob.loc["nose_tip_wings", "significant"], "a map in the middle of each face is no accident of place"
    assert not with_blob.loc["chin", "significant"]
    flat = spatial_null(real_faces, np.ones(maps.shape), ["happy"] * 100, masks=real_masks, draws=99)
    np.testing.assert_allclose(flat["log2_enrichment_face"], 0, atol=1e-3)


def test_the_spatial_null_has_its_columns_even_where_no_face_counts() -> None:
    columns = [*("emotion", "region", "n", "log2_enrichment_face", "null", "null_low", "null_high", "p")]
    columns += ["p_corrected", "significant"]
    empty = spatial_null(blank(2), blank(2), [None, None], masks=pixel_masks(2), draws=19)
    assert empty.empty
    assert list(empty.columns) == columns
    full = spatial_null(blank(2), blank(2) + 1, ["happy", "sad"], masks=pixel_masks(2), draws=19)
    assert list(full.columns) == columns


def test_people_with_several_faces_are_drawn_whole() -> None:
    twins = drawn_profile(8, 3, {"happy": ["upper_lip"]})
    doubled = [row for row in range(48) for _ in range(2)]
    twins = replace(
        twins,
        mass=twins.mass[doubled],
        area=twins.area[doubled],
        emotions=tuple(twins.emotions[row] for row in doubled),
        faces=tuple(f"face {n}" for n in range(96)),
    )
    apart = significance(twins, resamples=99)
    people = significance(replace(twins, people=tuple(f"person {row}" for row in doubled)), resamples=99)
    assert (people["high"] - people["low"]).mean() > 1.2 * (apart["high"] - apart["low"]).mean()
