"""The counter, on a face whose every part is one pixel of forty."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.errors import InputError
from fer_xai.facs import FaceMasks, count_regions
from fer_xai.facs.maps import highlights
from tests.facs.conftest import HEIGHT, WIDTH, blank, pixel_map, pixel_masks


def one(region: str, level: str = "fine", **values: float) -> dict[str, object]:
    rows = count_regions(blank(1), pixel_map(**values)[None], masks=pixel_masks(1))
    return dict(rows.set_index(["level", "region"]).loc[(level, region)])


def test_shares_are_of_the_positive_and_of_the_negative_mass() -> None:
    row = one("chin", chin=3, nose_root=1, glabella=-2, eye_R=-6)
    assert row["area"] == pytest.approx(1 / 40)
    assert row["share"] == pytest.approx(3 / 4)
    assert row["negative_share"] == 0
    assert row["log2_enrichment"] == pytest.approx(np.log2(0.75 * 40))
    assert one("eye", eye_R=-6, eye_L=-2, chin=-2)["negative_share"] == pytest.approx(0.8)


def test_enrichment_within_the_face_leaves_the_background_out() -> None:
    row = one("chin", background=1, chin=1)
    assert row["log2_enrichment"] == pytest.approx(np.log2(20))
    assert row["log2_enrichment_face"] == pytest.approx(np.log2(39))  # all of the face's mass on one of its 39 pixels
    assert np.isnan(one("background", background=1, chin=1)["log2_enrichment_face"])  # type: ignore[arg-type]


def test_no_share_is_unknown_enrichment_not_minus_infinity() -> None:
    row = one("chin", nose_root=1)
    assert row["share"] == 0
    assert np.isnan(row["log2_enrichment"])  # type: ignore[arg-type]


def test_counts_by_coverage_or_by_significance() -> None:
    # Two of eight highlighted pixels are the region's two (R and L): covered whole.
    rows = {"eye_R": 5.0, "eye_L": 4.0, "chin": 100.0}
    eye = one("eye", **rows)
    assert (eye["coverage"], eye["counted"]) == (1, True)
    assert eye["share"] == pytest.approx(9 / 109)  # below a tenth: coverage alone counts it
    forehead = one("forehead", forehead_mid=1, chin=8)  # a third of its pixels, a ninth of the mass
    assert forehead["coverage"] == pytest.approx(1 / 3)
    assert (forehead["share"], forehead["counted"]) == (pytest.approx(1 / 9), True)
    forehead = one("forehead", forehead_mid=1, chin=19)
    assert (forehead["share"], forehead["counted"]) == (pytest.approx(1 / 20), False)


def test_coarse_regions_are_the_sum_of_their_fine_ones() -> None:
    rows = count_regions(blank(1), np.random.default_rng(0).random((1, HEIGHT, WIDTH)), masks=pixel_masks(1))
    table = rows.set_index(["level", "region"])
    mouth = ["upper_lip", "lower_lip", "mouth_inner", "lip_corner", "upper_lip_skin"]
    for column in ("area", "share"):
        assert table.loc[("coarse", "mouth"), column] == pytest.approx(table.loc["fine"].loc[mouth, column].sum())
        np.testing.assert_allclose(rows.groupby("level")[column].sum(), 1, rtol=1e-5)


def test_highlights_take_equal_pixels_whole_and_only_positive_ones() -> None:
    maps = np.array([[[5, 5, 5, 1, 1, 1, 0, 0, -1, -1]], [[1, 0, 0, 0, 0, 0, 0, 0, 0, -9]]], np.float32)
    np.testing.assert_array_equal(highlights(maps, 0.2)[0, 0], [True] * 3 + [False] * 7)
    np.testing.assert_array_equal(highlights(maps, 0.4)[0, 0], [True] * 6 + [False] * 4)
    np.testing.assert_array_equal(highlights(maps, 0.4)[1, 0], [True] + [False] * 9)


def test_chance_is_the_share_of_all_shifts_that_count() -> None:
    maps = np.maximum(np.random.default_rng(1).normal(size=(1, HEIGHT, WIDTH)), 0)
    masks = pixel_masks(1)
    rows = count_regions(blank(1), maps, masks=masks).set_index(["level", "region"])
    shifted = [np.roll(maps[0], (y, x), axis=(0, 1)) for y in range(HEIGHT) for x in range(WIDTH)]
    every = count_regions(blank(40), np.stack(shifted), masks=pixel_masks(40))
    expected = every.groupby(["level", "region"])["counted"].mean()
    np.testing.assert_allclose(rows["counted_chance"], expected.loc[rows.index], atol=1e-9)


def test_faces_without_landmarks_have_rows_but_no_measures() -> None:
    rows = count_regions(blank(3), np.ones((3, HEIGHT, WIDTH)), masks=pixel_masks(3, lost=(1,)))
    lost = rows[rows["face"] == "face-1"]
    assert len(lost) == 33
    assert set(lost["landmarks"]) == {"none"}
    assert lost[["area", "share", "coverage", "counted_chance"]].isna().all(axis=None)
    assert not lost["counted"].any()
    assert rows[rows["face"] != "face-1"]["share"].notna().all()


def test_a_map_that_speaks_only_against_counts_nothing() -> None:
    rows = count_regions(blank(1), -np.ones((1, HEIGHT, WIDTH)), masks=pixel_masks(1))
    assert rows["share"].isna().all()
    assert not rows["counted"].any()
    np.testing.assert_allclose(rows["negative_share"], rows["area"], rtol=1e-5)


def test_real_faces_alone_or_together_count_the_same(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    maps = np.random.default_rng(0).normal(size=(70, 48, 48))
    together = count_regions(real_faces[:70], maps, landmarks=real_masks.landmarks[:70])
    alone = count_regions(real_faces[66:67], maps[66:67], landmarks=real_masks.landmarks[66])
    numbers = together.columns[4:]
    rows = together[together["face"] == "face-66"]
    np.testing.assert_allclose(rows[numbers].astype(float), alone[numbers].astype(float), rtol=1e-5, atol=1e-7)
    assert list(together["face"].iloc[:33]) == ["face-0"] * 33


def test_says_what_is_wrong() -> None:
    with pytest.raises(InputError, match=r"\(2, 5, 8\) for faces of shape \(1, 5, 8\)"):
        count_regions(blank(1), np.ones((2, HEIGHT, WIDTH)), masks=pixel_masks(1))
    with pytest.raises(InputError, match="NaN"):
        count_regions(blank(1), np.full((1, HEIGHT, WIDTH), np.nan), masks=pixel_masks(1))
    with pytest.raises(InputError, match="top=20"):
        count_regions(blank(1), blank(1), masks=pixel_masks(1), top=20)
    with pytest.raises(InputError, match="masks of 2 faces for 1"):
        count_regions(blank(1), blank(1), masks=pixel_masks(2))
