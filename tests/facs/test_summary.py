"""Counts by emotion, with Wilson intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fer_xai.errors import InputError
from fer_xai.facs import count_regions, summarise_counts
from tests.facs.conftest import blank, pixel_map, pixel_masks


def rows(**columns: list[str | None]) -> pd.DataFrame:
    """Four faces; all mass on the chin of the first three, on the nose root of the fourth; the third is lost."""
    maps = np.stack([pixel_map(chin=1)] * 3 + [pixel_map(nose_root=1)])
    table = count_regions(blank(4), maps, masks=pixel_masks(4, lost=(2,)))
    return table.assign(**{name: np.repeat(np.array(values, object), 33) for name, values in columns.items()})


def test_frequencies_with_their_intervals_and_chance() -> None:
    table = summarise_counts(rows(label=["happy"] * 4, method=["lime:slic"] * 4))
    chin = table.set_index(["level", "region"]).loc[("fine", "chin")]
    assert (chin["n"], chin["counted"]) == (3, 2)
    assert chin["frequency"] == pytest.approx(2 / 3)
    z, n, p = 1.959964, 3, 2 / 3  # Wilson, 1927
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert chin["low"] == pytest.approx((middle - half) / (1 + z**2 / n), abs=1e-5)
    assert chin["high"] == pytest.approx((middle + half) / (1 + z**2 / n), abs=1e-5)
    assert chin["chance"] == pytest.approx(1 / 40)
    assert chin["share"] == pytest.approx(2 / 3)
    assert chin["log2_enrichment"] == pytest.approx(np.log2(2 / 3 * 40))
    assert chin["log2_enrichment_face"] == pytest.approx(np.log2(2 / 3 * 39))
    assert len(table) == 33


def test_groups_by_label_and_by_prediction_where_unlabelled() -> None:
    table = summarise_counts(
        rows(label=["happy", None, None, "sad"], predicted=["sad", "sad", "sad", "happy"], method=["a", "a", "a", "a"])
    )
    assert dict(table.groupby("emotion")["n"].first()) == {"happy": 1, "sad": 2}
    first = ("emotion", "method", "level", "region", "n", "counted", "frequency", "low", "high")
    assert tuple(table.columns[:9]) == first


def test_methods_stay_apart() -> None:
    table = summarise_counts(pd.concat([rows(predicted=["sad"] * 4).assign(method=name) for name in ("a", "b")]))
    assert dict(table.groupby("method")["n"].first()) == {"a": 3, "b": 3}


def test_needs_an_emotion() -> None:
    with pytest.raises(InputError, match="label or predicted"):
        summarise_counts(rows())
