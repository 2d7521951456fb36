"""What spoke against: found where it was planted, apart from what spoke for; nothing where nothing is negative."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fer_xai.facs import FaceMasks, against_table, count_regions, region_names
from tests.facs.profile_stubs import SIX


@pytest.fixture(scope="module")
def rows(real_faces: np.ndarray, real_masks: FaceMasks) -> pd.DataFrame:
    """Maps that speak against chins of happy faces and for their eyes; and the same without what is negative."""
    fine, labels = region_names("fine"), [SIX[i % 6] for i in range(100)]
    masks = real_masks.level("fine")
    noise = np.random.default_rng(0).normal(0, 0.3, real_faces.shape)
    happy = (np.array(labels) == "happy")[:, None, None]
    maps = noise + happy * (masks[:, fine.index("eye")] - masks[:, fine.index("chin")])
    parts = []
    for method, some in (("signed", maps), ("positive", np.maximum(maps, 0))):
        part = count_regions(real_faces, some, masks=real_masks)
        parts.append(part.assign(method=method, label=part["face"].map(dict(zip(real_masks.ids, labels, strict=True)))))
    return pd.concat(parts, ignore_index=True)


def test_what_speaks_against_is_found_where_it_is(rows: pd.DataFrame) -> None:
    table = against_table(rows, resamples=199)
    assert set(table["method"]) == {"signed"}, "a map without negative values has nothing to tell"
    out = table[table["stands_out"]]
    found = set(zip(out["emotion"], out["region"], strict=True))
    assert ("happy", "chin") in found
    assert found <= {("happy", "chin"), ("happy", "lower_lip_skin")}, "pixels on the border show both"
    chin = table.set_index(["emotion", "region"]).loc[("happy", "chin")]
    assert chin["share"] > 2 * chin["area"]
    assert chin["low"] > 1
    assert chin["significant"]
    eye = table.set_index(["emotion", "region"]).loc[("happy", "eye")]
    assert eye["log2_enrichment"] < -0.5


def test_shares_are_those_of_the_rows(rows: pd.DataFrame) -> None:
    table = against_table(rows, resamples=9).set_index(["emotion", "region"])
    sad = rows.query("method == 'signed' and level == 'fine' and label == 'sad' and region == 'jaw'")
    assert table.loc[("sad", "jaw"), "share"] == pytest.approx(sad["negative_share"].mean())
    assert table.loc[("sad", "jaw"), "area"] == pytest.approx(sad["area"].mean())
    assert table.loc["sad", "share"].sum() == pytest.approx(1, abs=1e-4)
    assert table.loc[("sad", "jaw"), "n"] == sad["negative_share"].notna().sum()


def test_only_positive_maps_give_an_empty_table_with_its_columns(rows: pd.DataFrame) -> None:
    table = against_table(rows[rows["method"] == "positive"], resamples=9)
    assert not len(table)
    assert {"method", "emotion", "region", "n", "share", "area", "log2_enrichment", "stands_out"} <= set(table)
