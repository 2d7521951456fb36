"""The enrichment's interval against a closed form, and against an independent bootstrap."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap, t

from fer_xai.facs.enrichment import enrichment_of_sums
from fer_xai.facs.summary import summarise_counts


def summed(share: np.ndarray, area: np.ndarray) -> pd.Series:
    sums = {"share": share, "area": area, "squares": share**2, "products": share * area, "area_squares": area**2}
    table = pd.DataFrame({name: [values.sum()] for name, values in sums.items()})
    return enrichment_of_sums(pd.Series([len(share)]), table).iloc[0]


def test_with_one_area_it_is_student_s_interval_of_the_share():
    share = np.array([0.1, 0.3, 0.35, 0.2, 0.25])
    found = summed(share, np.full(5, 0.12))
    assert found["log2_enrichment"] == pytest.approx(np.log2(2))
    reach = t.ppf(0.975, 4) * share.std(ddof=1) / np.sqrt(5) / share.mean() / np.log(2)
    assert found["high"] - found["log2_enrichment"] == pytest.approx(reach)
    assert found["log2_enrichment"] - found["low"] == pytest.approx(reach)


def test_with_areas_that_go_with_the_shares_it_is_the_bootstrap_s():
    rng = np.random.default_rng(0)
    area = rng.uniform(0.05, 0.15, 400)
    share = area * rng.gamma(4, 0.5, 400)

    def ratio(share: np.ndarray, area: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.log2(share.mean(axis=axis) / area.mean(axis=axis))

    given = {"paired": True, "method": "BCa", "rng": np.random.default_rng(1)}
    known = bootstrap((share, area), ratio, n_resamples=4999, **given).confidence_interval
    found = summed(share, area)
    assert (found["low"], found["high"]) == pytest.approx(tuple(known), abs=0.02)


def test_a_share_that_is_the_area_is_known_exactly():
    area = np.array([0.1, 0.2, 0.3])
    assert summed(area, area).tolist() == pytest.approx([0, 0, 0], abs=1e-7)


@pytest.mark.parametrize("faces", [0, 1, 2])
def test_few_faces_have_no_interval(faces: int):
    found = summed(np.full(faces, 0.2), np.full(faces, 0.1))
    assert np.isnan(found[["low", "high"]].astype(float)).all()
    assert np.isnan(found["log2_enrichment"]) if not faces else found["log2_enrichment"] == pytest.approx(1)


def test_the_counts_have_it_of_faces_with_a_map_only():
    rows = pd.DataFrame(
        {
            "face": list("abcd"),
            "label": "happy",
            "method": "lime",
            "level": "coarse",
            "region": "mouth",
            "landmarks": "mesh",
            "counted": True,
            "counted_chance": 0.5,
            "share": [0.1, 0.2, 0.4, np.nan],
            "area": [0.1, 0.1, 0.2, 0.9],
        }
    )
    found, known = summarise_counts(rows).iloc[0], summed(np.array([0.1, 0.2, 0.4]), np.array([0.1, 0.1, 0.2]))
    assert found["log2_enrichment"] == pytest.approx(np.log2(0.7 / 0.4))
    assert [found["log2_enrichment_low"], found["log2_enrichment_high"]] == pytest.approx([known["low"], known["high"]])
