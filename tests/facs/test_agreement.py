"""Agreement with an emotion's action units, in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fer_xai.errors import InputError
from fer_xai.facs import Codebook, FaceMasks, agreement, centred_blob
from tests.facs.conftest import HEIGHT, WIDTH, blank, pixel_map, pixel_masks

# Contempt by the dimpler: the two lip corners, 2 of 40 pixels. Anger by the lip tightener: both lips, 2 of 40.
BOOK = Codebook("mine", {"contempt": (14,), "angry": (23,), "neutral": ()}, {})


def one(emotion: str = "contempt", **values: float) -> dict[str, float]:
    rows = agreement(blank(1), pixel_map(**values)[None], [emotion], BOOK, masks=pixel_masks(1))
    assert len(rows) == 1
    return dict(rows.iloc[0])


def test_all_on_the_mask() -> None:
    row = one(lip_corner_R=2, lip_corner_L=1)
    assert row["area"] == pytest.approx(0.05)
    assert row["mass_accuracy"] == pytest.approx(1)
    assert row["rank_accuracy"] == pytest.approx(1)
    assert row["pointing"] == pytest.approx(1)
    assert row["iou"] == pytest.approx(1)
    assert row["iou_chance"] == pytest.approx(2 * 0.05 / (4 - 2 * 0.05))
    assert row["log2_enrichment"] == pytest.approx(np.log2(20))


def test_half_on_the_mask() -> None:
    row = one(lip_corner_R=1, upper_lip=3, chin=-9)
    assert row["mass_accuracy"] == pytest.approx(0.25)
    assert row["rank_accuracy"] == pytest.approx(0.5)
    assert row["pointing"] == 0
    assert row["iou"] == pytest.approx(1 / 3)


def test_ties_count_in_part() -> None:
    row = one(lip_corner_R=1, lip_corner_L=1, chin=1, jaw_R=1)
    assert row["rank_accuracy"] == pytest.approx(0.5)
    assert row["pointing"] == pytest.approx(0.5)


def test_a_flat_map_is_exactly_at_chance() -> None:
    row = dict(agreement(blank(1), np.ones((1, HEIGHT, WIDTH)), ["contempt"], BOOK, masks=pixel_masks(1)).iloc[0])
    for measure in ("mass_accuracy", "rank_accuracy", "pointing"):
        assert row[measure] == pytest.approx(row["area"])
    assert row["iou"] == pytest.approx(row["iou_chance"])
    assert row["log2_enrichment"] == pytest.approx(0, abs=1e-6)


def test_only_faces_with_landmarks_and_units_have_a_row() -> None:
    emotions = ["contempt", "anger", "neutral", None, "angry"]
    rows = agreement(blank(5), np.ones((5, HEIGHT, WIDTH)), emotions, BOOK, masks=pixel_masks(5, lost=(4,)))
    assert list(rows["face"]) == ["face-0", "face-1"]
    assert list(rows["emotion"]) == ["contempt", "angry"]
    none = agreement(blank(1), blank(1), ["neutral"], BOOK, masks=pixel_masks(1))
    assert len(none) == 0
    assert list(none.columns) == list(rows.columns)


def test_a_map_without_positive_values_has_no_agreement() -> None:
    row = one(chin=-1)
    assert np.isnan([row["mass_accuracy"], row["rank_accuracy"], row["pointing"], row["iou"]]).all()
    assert row["area"] > 0


def test_the_blob_is_known_and_beats_area_on_real_faces(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    blob = np.repeat(centred_blob(48, 48)[None], len(real_faces), axis=0)
    rows = agreement(real_faces, blob, ["disgust"] * len(real_faces), masks=real_masks)
    np.testing.assert_allclose(rows["mass_accuracy"], rows["mass_accuracy_blob"], rtol=1e-5)
    # On the nose a blob without a thought for emotion has about twice the mass of a flat map (measured 2.3 on FER2013).
    assert 1.6 < (rows["mass_accuracy"] / rows["area"]).mean() < 3.2


def test_says_what_is_wrong() -> None:
    with pytest.raises(InputError, match="one emotion for each face"):
        agreement(blank(2), blank(2), ["happy"], masks=pixel_masks(2))
    with pytest.raises(InputError, match="one emotion for each face"):
        agreement(blank(5), blank(5), "happy", masks=pixel_masks(5))
    with pytest.raises(InputError, match="cheerful"):
        agreement(blank(1), blank(1), ["cheerful"], masks=pixel_masks(1))


def test_landmarks_that_are_given_are_those_that_are_used(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    faces, maps = real_faces[:3], np.stack([centred_blob(48, 48)] * 3)
    moved = real_masks.landmarks[:3]
    moved = replace(moved, points=moved.points + 6)
    given = agreement(faces, maps, ["happy"] * 3, "facs2002", moved)
    painted = agreement(faces, maps, ["happy"] * 3, "facs2002", masks=FaceMasks.paint(faces, moved))
    pd.testing.assert_frame_equal(given, painted)
