"""A map beside its baselines: closed forms, paired intervals, and what is missing left out."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.facs import beside_table

EMOTIONS = ["happy", "sad"] * 40


def some(seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Masks of a fifth of the face; the measured map has .1 more mass inside than the blob, which follows the face."""
    rng = np.random.default_rng(seed)
    area = rng.uniform(0.1, 0.3, 80)
    blob = area * 1.5 + rng.normal(0, 0.02, 80)
    return {"measured": blob + 0.1 + rng.normal(0, 0.002, 80), "flat": area, "blob": blob}, area


def test_values_by_hand_and_a_flat_map_is_chance() -> None:
    maps, area = some()
    table = beside_table(maps, area, EMOTIONS, resamples=199).set_index(["map", "measure"])
    measured = maps["measured"]
    assert table.loc[("measured", "mass_accuracy"), "value"] == pytest.approx(measured.mean())
    by_emotion = [np.log2(measured[i::2].mean() / area[i::2].mean()) for i in (0, 1)]
    assert table.loc[("measured", "log2_enrichment"), "value"] == pytest.approx(np.mean(by_emotion))
    assert table.loc[("flat", "log2_enrichment"), "value"] == pytest.approx(0)
    assert table.loc[("flat", "mass_accuracy"), "value"] == pytest.approx(area.mean())
    assert table.xs("mass_accuracy", level="measure")["chance"].to_numpy() == pytest.approx(area.mean())
    assert table.loc["measured"]["beyond"].isna().all()
    assert (table["n"] == 80).all()


def test_beyond_is_paired_by_face() -> None:
    maps, area = some()
    table = beside_table(maps, area, EMOTIONS).set_index(["map", "measure"])
    row = table.loc[("blob", "mass_accuracy")]
    assert row["beyond"] == pytest.approx(0.1, abs=0.002)
    assert row["beyond_low"] < row["beyond"] < row["beyond_high"]
    assert row["beyond_high"] - row["beyond_low"] < 0.1 * (row["high"] - row["low"])
    assert table.loc[("flat", "mass_accuracy"), "beyond_low"] > 0.1


def test_a_map_that_knows_nothing_more_is_seldom_beyond() -> None:
    found = []
    for seed in range(60):
        maps, area = some(seed)
        blind = maps["blob"] + np.random.default_rng([seed, 1]).normal(0, 0.02, 80)
        rows = beside_table({"measured": blind, "blob": maps["blob"]}, area, EMOTIONS, resamples=199)
        row = rows.query("map == 'blob' and measure == 'mass_accuracy'").iloc[0]
        found.append(row["beyond_low"] > 0 or row["beyond_high"] < 0)
    assert np.mean(found) <= 0.15


def test_faces_order_and_missing_maps() -> None:
    maps, area = some()
    turned = np.random.default_rng(1).permutation(80)
    other = {name: mass[turned] for name, mass in maps.items()}
    first = beside_table(maps, area, EMOTIONS, resamples=99)
    second = beside_table(other, area[turned], [EMOTIONS[i] for i in turned], resamples=99)
    numbers = ["value", "low", "high", "chance"]
    np.testing.assert_allclose(first[numbers], second[numbers])
    none = np.full(80, np.nan)
    assert set(beside_table(maps | {"others": none}, area, EMOTIONS, resamples=9)["map"]) == set(maps)
    lost = beside_table({"measured": none, "blob": maps["blob"]}, area, EMOTIONS, resamples=9)
    assert (lost["n"] == 0).all()
    assert lost["value"].isna().all()
    maps["measured"][:10] = np.nan
    assert (beside_table(maps, area, EMOTIONS, resamples=9)["n"] == 70).all()
