"""Summaries and agreement between methods: hand-made counts, brute force, and no findings in noise."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr, ttest_1samp

from fer_xai.errors import InputError
from fer_xai.evaluation.trust import (
    SUMMARY,
    Measured,
    draw_shifts,
    joined,
    method_agreement,
    shifted,
    summarise_trust,
    trust_rows,
)
from fer_xai.evaluation.trust.ranking import standardised
from tests.evaluation.trust.stage import SIZE, noise, seeds_of


def test_figures_are_those_worked_out_by_hand():
    value, chance = np.array([3.0, 1.0, 2.0, np.nan, 5.0]), np.array([1.0, 0.0, 2.5, 9.0, np.nan])
    rows = trust_rows({"a": Measured(value, chance)}, "insertion", "pixels", "grey")
    found = summarise_trust(rows).iloc[0]
    assert found["n"] == 4
    assert found["value"] == 2.75
    whole = ttest_1samp([3.0, 1, 2, 5], 0).confidence_interval()
    assert (found["low"], found["high"]) == pytest.approx((whole.low, whole.high))
    assert found["chance"] == pytest.approx(3.5 / 3)
    apart = ttest_1samp([2.0, 1.0, -0.5], 0).confidence_interval()
    assert found["difference"] == pytest.approx(2.5 / 3)
    assert (found["difference_low"], found["difference_high"]) == pytest.approx((apart.low, apart.high))
    # Of the eight choices of signs of 2, 1, ½, the sums ±3.5, ±2.5 reach 2.5.
    assert found["p"] == 4 / 8
    assert found["better"] == "higher"
    assert list(found.index) == list(SUMMARY)


@pytest.mark.parametrize("count", [9, 20])
def test_p_is_that_of_all_signs_and_holm_over_the_methods(count):
    rng = np.random.default_rng(0)
    shift = {"a": 0.8, "b": 0.3, "c": 0.0}
    told = {m: Measured(rng.normal(s, 1, count), np.zeros(count)) for m, s in shift.items()}
    told["none"] = Measured(np.ones(count), np.full(count, np.nan))
    table = summarise_trust(trust_rows(told, "stability")).set_index("method")
    signs = np.array(list(product([1, -1], repeat=count))) if count < 12 else rng.choice([1, -1], (200_000, count))
    raw = {m: (np.abs(signs @ told[m].value) >= abs(told[m].value.sum()) - 1e-9).mean() for m in shift}
    ordered, previous = sorted(raw, key=lambda m: raw[m]), 0.0
    for place, method in enumerate(ordered):
        previous = max(previous, min(1.0, raw[method] * (3 - place)))
        assert table.loc[method, "p"] == pytest.approx(previous, abs=1e-12 if count < 12 else 0.02)
    assert np.isnan(table.loc["none", "p"])
    assert table.loc["none", "value"] == 1


def test_families_are_apart_and_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(1)
    first, second = ({m: Measured(*rng.normal(size=(2, 30))) for m in "ab"} for _ in range(2))
    first["a"].value[:] += 0.6
    rows = joined([trust_rows(first, "deletion", "pixels", "grey"), trust_rows(second, "deletion", "pixels", "blur")])
    table = summarise_trust(rows, seed=4)
    alone = summarise_trust(rows[rows["fill"] == "grey"], seed=4)
    pd.testing.assert_frame_equal(table[table["fill"] == "grey"].reset_index(drop=True), alone)
    keys = ["method", "fill"]
    mixed = summarise_trust(rows.sample(frac=1, random_state=0), seed=4).sort_values(keys).reset_index(drop=True)
    pd.testing.assert_frame_equal(table.sort_values(keys).reset_index(drop=True), mixed)


def test_noise_is_seldom_found_significant():
    rng = np.random.default_rng(2)
    families = [
        trust_rows({m: Measured(*rng.standard_t(3, (2, 15))) for m in "abc"}, "deletion", str(family))
        for family in range(80)
    ]
    least = summarise_trust(joined(families)).groupby("variant")["p"].min()
    # Holm's correction leaves one family in twenty, at most, with any finding.
    assert 0 < (least < 0.05).mean() < 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 80)


@pytest.mark.parametrize(("metric", "least", "most"), [("stability", -1, 1), ("truth_mass", 0, 1)])
def test_intervals_of_three_faces_stay_within_what_can_be(metric, least, most):
    apart = {"a": Measured(np.array([0.1, 0.5, 0.9]), np.zeros(3))}
    found = summarise_trust(trust_rows(apart, metric, "", "")).iloc[0]
    assert least <= found["low"] < 0.1
    assert found["high"] == most
    two = summarise_trust(trust_rows({"a": Measured(np.array([0.5, 0.5]), np.zeros(2))}, metric, "", "")).iloc[0]
    assert np.isnan([two["low"], two["high"]]).all(), "two faces that are alike by luck are no finding"
    free = summarise_trust(trust_rows(apart, "insertion", "", "")).iloc[0]
    assert free["high"] > 1


def test_few_faces_and_no_rows():
    one = summarise_trust(trust_rows({"a": Measured(np.array([2.0]), np.array([1.0]))}, "sanity")).iloc[0]
    assert (one["n"], one["value"], one["difference"]) == (1, 2, 1)
    assert one[["low", "difference_low", "p"]].isna().all()
    none = summarise_trust(trust_rows({"a": Measured(np.array([np.nan]), np.array([1.0]))}, "sparseness")).iloc[0]
    assert (none["n"], none["better"]) == (0, "")
    assert np.isnan(none["value"])
    same = summarise_trust(trust_rows({"a": Measured(np.ones(20), np.ones(20))}, "sanity")).iloc[0]
    assert same["p"] == 1
    assert summarise_trust(joined([])).empty
    with pytest.raises(InputError, match="without a column 'chance'"):
        summarise_trust(trust_rows({}, "x").drop(columns="chance"))


def test_shifts_go_anywhere_but_nowhere_and_are_a_roll():
    shifts = draw_shifts((3, 4), seeds_of(2), 4000)
    assert shifts.shape == (2, 4000, 2)
    places, counts = np.unique(shifts[0] @ [4, 1], return_counts=True)
    assert places.tolist() == list(range(1, 12))
    assert counts.min() > 0.75 * 4000 / 11
    maps = noise(2)[:, :3, :4]
    moved = shifted(maps, shifts[:, :5])
    for face in range(2):
        for draw in range(5):
            assert np.array_equal(moved[face, draw], np.roll(maps[face], shifts[face, draw], axis=(0, 1)))


def test_methods_agree_as_naive_loops_say():
    maps = {"a": noise(4, 1), "b": noise(4, 1) + noise(4, 2), "c": np.round(2 * noise(4, 3))}
    table = method_agreement(maps).set_index(["method", "other"])
    assert list(table.index) == [("a", "b"), ("a", "c"), ("b", "c")]
    for first, second in table.index:
        alike = [[spearmanr(x.ravel(), y.ravel()).statistic for y in maps[second]] for x in maps[first]]
        own = np.diag(alike)
        assert table.loc[(first, second), "rank_correlation"] == pytest.approx(own.mean())
        others = (np.sum(alike) - own.sum()) / 12
        assert table.loc[(first, second), "chance_correlation"] == pytest.approx(others)
    tops = {
        method: [set(np.argsort(one.ravel())[-14:]) for one in values]
        for method, values in maps.items()
        if method < "c"
    }
    common = [[len(x & y) / 14 for y in tops["b"]] for x in tops["a"]]
    found = table.loc[("a", "b")]
    assert found["top_overlap"] == pytest.approx(np.trace(common) / 4)
    assert found["chance_overlap"] == pytest.approx((np.sum(common) - np.trace(common)) / 12)
    assert found["low"] < found["rank_correlation"] < found["high"]


def test_equal_maps_agree_wholly_unlike_ones_as_chance_and_what_all_faces_share_is_chance():
    centred = np.exp(-((np.arange(12) - 5.5) ** 2) / 8)
    blob = np.repeat((centred[:, None] * centred)[None], 30, axis=0)
    maps = {
        "a": noise(30, 1),
        "twice": 2 * noise(30, 1) + 3,
        "other": noise(30, 2),
        "blob": blob + 0.01 * noise(30, 3),
        "spot": blob + 0.01 * noise(30, 4),
        "segments": np.floor(3 * np.clip(blob, 0, 0.99)),
        "flat": np.ones((30, *SIZE)),
    }
    table = method_agreement(maps).set_index(["method", "other"])
    same, apart, shared = table.loc[("a", "twice")], table.loc[("a", "other")], table.loc[("blob", "spot")]
    assert (same["rank_correlation"], same["top_overlap"]) == pytest.approx((1, 1))
    assert apart["low"] < 0 < apart["high"]
    assert apart["top_low"] < 0.1 < apart["top_high"] + 0.02
    # Both lie in the middle of every face: they agree well, and no better than on different faces.
    assert shared["rank_correlation"] > 0.5
    assert shared["rank_correlation"] - shared["chance_correlation"] == pytest.approx(0, abs=0.01)
    assert shared["chance_overlap"] > 0.5
    # Ties take part in parts: a map agrees with itself wholly.
    assert method_agreement({"x": maps["segments"], "y": maps["segments"]})["top_overlap"][0] == pytest.approx(1)
    assert (table.xs("flat", level="other")["n"] == 0).all()
    assert table.xs("flat", level="other")["top_overlap"].isna().all()


def test_maps_of_other_faces_are_refused_and_one_face_has_no_chance_level():
    with pytest.raises(InputError, match="received maps of shapes"):
        method_agreement({"a": noise(2), "b": noise(3)})
    one = method_agreement({"a": noise(1, 1), "b": noise(1, 2)}).iloc[0]
    assert one["n"] == 1
    assert one[["chance_correlation", "chance_overlap", "low"]].isna().all()
    assert method_agreement({"a": noise(2)}).empty


def test_a_constant_map_leaves_its_own_face_out_and_no_other():
    one, other = noise(3, 1), noise(3, 2)
    other[1] = 0.1
    row = method_agreement({"a": one, "b": other}).iloc[0]
    assert row["n"] == 2
    assert np.isnan(standardised(np.array([[0.1] * 7, np.arange(7.0)]))).all(axis=1).tolist() == [True, False]
