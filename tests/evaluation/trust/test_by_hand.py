"""Trust at its edges: columns, two faces, thirteen and fourteen, seeds, and every clause word for word."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest

from fer_xai.classifier import Classifier
from fer_xai.errors import InputError
from fer_xai.evaluation.trust import (
    SUMMARY,
    Measured,
    Units,
    deletion_insertion,
    draw_shifts,
    faithfulness_correlation,
    grain,
    hiding_curves,
    joined,
    method_agreement,
    region_agreement,
    summarise_trust,
    trust_rows,
)
from fer_xai.evaluation.trust.complexity import complexity
from fer_xai.evaluation.trust.grain import GRAIN, grain_width, region_width
from fer_xai.evaluation.trust.nulls import draw_subsets, tie_breakers
from fer_xai.evaluation.trust.ranking import standard_ranks, standardised, top_parts, unit
from fer_xai.evaluation.trust.ranks import correlation_with_others, rank_correlation
from fer_xai.evaluation.trust.rows import BETTER, COLUMNS
from fer_xai.evaluation.trust.score import beside_rows, faithfulness_rows
from fer_xai.evaluation.trust.sentence import verdict_sentence
from fer_xai.evaluation.trust.stability import stability
from fer_xai.evaluation.trust.summary import _some_signs
from fer_xai.evaluation.trust.truth import truth_agreement
from fer_xai.evaluation.trust.verdict import judge
from tests.evaluation.trust.made_up import made_up
from tests.evaluation.trust.stage import (
    SIZE,
    bright_faces,
    curved,
    engine_of,
    happy,
    noise,
    seeds_of,
)


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


def told(metric: str, *apart: float) -> pd.DataFrame:
    """Rows of one method whose values differ so from a chance of 0."""
    return trust_rows({"a": Measured(np.array(apart), np.zeros(len(apart)))}, metric)


def test_two_faces_have_a_p_and_one_has_none() -> None:
    assert summarise_trust(told("insertion", 1.0, 2.0))["p"][0] == 2 / 4
    assert summarise_trust(told("insertion", 1.0, -1.0))["p"][0] == 1
    assert np.isnan(summarise_trust(told("insertion", 1.0))["p"][0])


@pytest.mark.parametrize(("count", "exact"), [(12, True), (13, True), (14, False), (15, False)])
def test_up_to_thirteen_faces_all_signs_are_gone_through(count: int, exact: bool) -> None:
    apart = np.random.default_rng(count).normal(0.3, 1, count)
    p = summarise_trust(told("insertion", *apart), seed=2)["p"][0]
    if exact:
        signs = np.array(list(product([1, -1], repeat=count)))
        assert p == (np.abs(signs @ apart) >= abs(apart.sum()) - 1e-9).mean()
    else:
        signs = np.random.default_rng([2, count]).choice([-1.0, 1.0], size=(9999, count))
        assert p == ((np.abs(signs @ np.sort(apart)) >= abs(apart.sum()) - 1e-9).sum() + 1) / 10_000
        assert p == summarise_trust(told("insertion", *apart), seed=2)["p"][0]
        assert p != summarise_trust(told("insertion", *apart), seed=3)["p"][0]
        usual = summarise_trust(told("insertion", *apart))["p"][0]
        assert usual == summarise_trust(told("insertion", *apart), seed=0)["p"][0]
        assert _some_signs(count, 1).shape == (9999, count)


def test_signs_in_small_parts_count_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    rows = trust_rows({m: Measured(rng.normal(0.2, 1, 9), np.zeros(9)) for m in "abc"}, "insertion")
    whole = summarise_trust(rows)
    monkeypatch.setattr("fer_xai.evaluation.trust.summary._NUMBERS", 70)
    pd.testing.assert_frame_equal(summarise_trust(rows), whole)


@pytest.mark.parametrize("metric", [*BETTER, "sparseness", "entropy", "effective_area", "grain"])
def test_every_metric_has_its_range_and_its_good_end(metric: str) -> None:
    row = summarise_trust(told(metric, -9.0, 0.0, 9.5)).iloc[0]
    signed = {"faithfulness_correlation", "region_agreement", "stability", "sanity", "sanity_size"}
    whole = {"truth_mass", "truth_rank", "sparseness", "effective_area"}
    bounds = (-1, 1) if metric in signed else (0, 1) if metric in whole else None
    assert bounds is None or (row["low"], row["high"]) == bounds
    assert bounds is not None or row["high"] > 9.5
    lower = {"deletion", "sanity", "sanity_size"}
    none = {"sparseness", "entropy", "effective_area", "grain"}
    assert row["better"] == ("" if metric in none else "lower" if metric in lower else "higher")
    assert list(row.index) == list(SUMMARY)
    assert (
        *("method", "metric", "variant", "fill", "n", "value", "low", "high", "chance"),
        *("difference", "difference_low", "difference_high", "p", "better"),
    ) == SUMMARY


def test_summaries_stand_in_the_order_of_the_rows_and_empty_ones_have_columns() -> None:
    rows = joined([told("insertion", 1.0, 2.0).assign(method=m, fill=f) for m, f in ("ba", "aa", "bb")])
    assert summarise_trust(rows)[["method", "fill"]].to_numpy().tolist() == [["b", "a"], ["a", "a"], ["b", "b"]]
    assert tuple(joined([])) == COLUMNS == ("row", "method", "metric", "variant", "fill", "value", "chance")
    assert tuple(summarise_trust(joined([]))) == SUMMARY
    said = "received rows without a column 'fill'; they need row, method, metric, variant, fill, value, chance"
    with pytest.raises(InputError, match=exactly(said)):
        summarise_trust(rows.drop(columns="fill"))
    found = trust_rows({"b": Measured(np.array([1, 2]), np.array([3, 4])), "a": Measured(np.zeros(2), np.ones(2))}, "x")
    assert tuple(found) == COLUMNS
    assert found["method"].tolist() == ["b", "b", "a", "a"]
    assert found["row"].tolist() == [0, 1, 0, 1]
    assert found[["variant", "fill"]].eq("").all(axis=None)
    assert (found.dtypes[["value", "chance"]] == np.float64).all()
    whole = trust_rows({"b": Measured(np.array([1, 2]), np.array([3, 4]))}, "x")
    assert (whole.dtypes[["value", "chance"]] == np.float64).all()
    own = Measured.of(np.array([[1.0, 2, np.nan, 4], [5, np.nan, np.nan, np.nan]]))
    assert own.value.tolist() == [1, 5]
    np.testing.assert_array_equal(own.chance, [3, np.nan])


def test_measurements_are_called_by_their_names_and_come_out_twice_the_same() -> None:
    faces, maps, seeds = bright_faces(3), {"a": noise(3), "b": noise(3, 6)}, seeds_of(3)
    masks = np.zeros((3, 4, *SIZE), np.float32)
    masks[:, 0, :3] = masks[:, 1, 3:5] = masks[:, 2, 5:8] = masks[:, 3, 8:] = 1
    truth = np.zeros((3, *SIZE), bool)
    truth[:, 2:5] = True
    engine = engine_of(curved)
    runs = {
        ("region_agreement",): lambda s: region_agreement(engine, faces, happy(3), maps, s, masks, draws=3),
        ("faithfulness_correlation",): lambda s: faithfulness_correlation(engine, faces, happy(3), maps, s, samples=9),
        ("deletion", "insertion"): lambda s: deletion_insertion(engine, faces, happy(3), maps, s),
        ("truth_mass", "truth_rank"): lambda s: truth_agreement(maps, truth, s),
        ("sparseness", "entropy", "effective_area"): lambda s: complexity(maps),
        (GRAIN,): lambda s: grain(maps, masks),
    }
    variants = {"region_agreement": {"fine"}, GRAIN: {"share of the width", "share of a region"}}
    variants |= {key: {"pixels"} for key in ("deletion", "insertion", "faithfulness_correlation")}
    for metrics, run in runs.items():
        rows = run(seeds)
        assert tuple(rows) == COLUMNS
        assert tuple(dict.fromkeys(rows["metric"])) == metrics
        assert set(rows["variant"]) == variants.get(metrics[0], {""})
        assert set(rows["fill"]) == ({"grey", "blur"} if metrics[0] in variants and metrics[0] != GRAIN else {""})
        assert list(dict.fromkeys(rows["method"])) == ["a", "b"]
        pd.testing.assert_frame_equal(rows, run(seeds))
        if metrics[0] not in ("sparseness", GRAIN):
            other = run(seeds_of(3, 1))
            assert not rows["chance"].equals(other["chance"])
            assert rows["value"].equals(other["value"]) == (metrics[0] != "faithfulness_correlation")


def test_maps_that_do_not_fit_are_refused_word_for_word() -> None:
    truth = np.zeros((2, *SIZE), bool)
    said = "a: received maps of shape (3, 12, 12) and truth of shape (2, 12, 12)"
    with pytest.raises(InputError, match=exactly(said)):
        truth_agreement({"a": noise(3)}, truth, seeds_of(2))
    said = "received maps of shapes (2, 12, 12), (3, 12, 12): give maps of the same faces"
    with pytest.raises(InputError, match=exactly(said)):
        method_agreement({"a": noise(3), "b": noise(2)})
    faces, engine = bright_faces(2), engine_of(curved)
    said = "received masks of shape (2, 12, 12) for faces of shape (2, 12, 12, 1): give (N, R, H, W)"
    with pytest.raises(InputError, match=exactly(said)):
        region_agreement(engine, faces, happy(2), {"a": noise(2)}, seeds_of(2), np.zeros((2, *SIZE)))
    said = "received weights of 3 faces for 2 faces: give one row for each"
    with pytest.raises(InputError, match=exactly(said)):
        faithfulness_correlation(engine, faces, happy(3), {"a": noise(2)}, seeds_of(2))
    said = "received segments of shape (12, 12), int64: give (N, H, W) whole numbers"
    with pytest.raises(InputError, match=exactly(said)):
        Units.segments("flat", np.zeros(SIZE, np.int64))


def test_a_map_s_grain_does_not_hang_on_other_maps_or_on_its_mean() -> None:
    maps = noise(3) + np.array([0.0, 5.0, -9.0])[:, None, None]
    alone = [grain_width(one[None])[0] for one in maps]
    np.testing.assert_allclose(grain_width(maps), alone)
    np.testing.assert_allclose(grain_width(noise(3)), alone)
    wide = noise(1).repeat(2, axis=2)
    rows = grain({"wide": wide})
    assert rows["variant"].tolist() == ["share of the width"]
    assert rows["value"][0] == pytest.approx(grain_width(wide)[0] / 24)
    masks = np.zeros((1, 2, 12, 24), np.float32)
    masks[0, 0, :4, :4] = 1
    assert region_width(masks).tolist() == [4]
    assert np.isnan(region_width(masks[:, 1:])).all()
    assert region_width(np.ones((1, 1, 300, 300), np.float16)).tolist() == [300], "half precision ends at 65,504"


def test_agreement_has_its_columns_and_ties_share_the_top() -> None:
    table = method_agreement({"a": noise(2), "b": noise(2, 1)})
    assert list(table) == [
        *("method", "other", "n", "rank_correlation", "low", "high", "chance_correlation"),
        *("top_overlap", "top_low", "top_high", "chance_overlap"),
    ]
    pd.testing.assert_frame_equal(table, method_agreement({"a": noise(2), "b": noise(2, 1)}, 0.10))
    half = method_agreement({"a": noise(2), "b": -noise(2)}, 0.5)
    assert half["top_overlap"][0] == 0
    assert half["rank_correlation"][0] == pytest.approx(-1)
    assert list(method_agreement({})) == list(table)


def test_ranks_and_tops_by_hand() -> None:
    rows = np.array([[3.0, 1.0, 2.0], [5.0, 5.0, 5.0]])
    np.testing.assert_allclose(standard_ranks(rows)[0], np.array([1, -1, 0]) / np.sqrt(2))
    assert np.isnan(standard_ranks(rows)[1]).all()
    np.testing.assert_allclose(standardised(np.array([[1, 2, 6]]))[0], np.array([-2, -1, 3]) / np.sqrt(14))
    np.testing.assert_allclose(unit(np.array([[3.0, 4.0], [0, 0]])), [[0.6, 0.8], [np.nan, np.nan]])
    parts = top_parts(np.array([[4, 2, 2, 1], [1, 1, 1, 1]]), np.array([2, 1]))
    assert parts.tolist() == [[1, 0.5, 0.5, 0], [0.25] * 4]
    assert np.isnan(top_parts(np.array([[np.nan, 1.0]]), np.array([1]))).all()
    maps = np.array([[[1.0, 2], [3, 4]], [[4.0, 3], [2, 1]], [[1.0, 1], [1, 1]]])
    np.testing.assert_allclose(rank_correlation(maps, maps[[0, 0, 0]]), [1, -1, np.nan])
    np.testing.assert_allclose(rank_correlation(maps[[0]], maps[[2]]), [0])
    np.testing.assert_allclose(correlation_with_others(maps, maps), [-0.5, -0.5, np.nan])
    assert np.isnan(correlation_with_others(maps[:1], maps[:1])).all()
    np.testing.assert_allclose(correlation_with_others(maps[:2], maps[:2]), [-1, -1])


def test_random_numbers_are_of_the_face_alone() -> None:
    seeds = seeds_of(3)
    ties = tie_breakers(5, seeds)
    assert ties.shape == (3, 5)
    np.testing.assert_array_equal(ties, tie_breakers(9, seeds)[:, :5])
    np.testing.assert_array_equal(ties[1:2], tie_breakers(5, seeds[1:2]))
    assert len(np.unique(ties)) == 15
    shifts = draw_shifts(SIZE, seeds, 6)
    np.testing.assert_array_equal(shifts[2:], draw_shifts(SIZE, seeds[2:], 6))
    subsets = draw_subsets(np.array([4, 6]), 0.1, 7, seeds[:2])
    assert subsets.shape == (2, 7, 6)
    assert (subsets.sum(axis=2) == 1).all(), "at least one"
    np.testing.assert_array_equal(subsets, draw_subsets(np.array([4, 6]), 0.1, 7, seeds[:2]))


def test_units_by_hand() -> None:
    cells = Units.cells(2, (4, 6), across=2)
    assert cells.name == "cells"
    assert cells.counts.tolist() == [4, 4]
    assert cells.labels[1].tolist() == [[0, 0, 0, 1, 1, 1]] * 2 + [[2, 2, 2, 3, 3, 3]] * 2
    assert cells.areas.tolist() == [[0.25] * 4] * 2
    assert Units.cells(1, (4, 6)).counts.tolist() == [24]
    assert Units.cells(1, (48, 48)).counts.tolist() == [64]
    pixels = Units.pixels(2, (2, 3))
    assert (pixels.name, pixels.most, pixels.counts.tolist()) == ("pixels", 6, [6, 6])
    assert pixels.areas.tolist() == [[pytest.approx(1 / 6)] * 6] * 2
    gaps = Units.segments("gaps", np.array([[[7, 7], [2, 9]], [[1, 1], [1, 5]]]))
    assert gaps.labels.tolist() == [[[1, 1], [0, 2]], [[0, 0], [0, 1]]]
    assert gaps.counts.tolist() == [3, 2]
    assert gaps.areas.tolist() == [[0.25, 0.5, 0.25], [0.75, 0.25, 0]]
    maps = np.arange(8.0).reshape(2, 1, 2, 2)
    assert gaps.sums(maps).tolist() == [[[2, 1, 3]], [[15, 7, 0]]]
    assert gaps[1:].counts.tolist() == [2]
    assert gaps[1:].name == "gaps"


def test_curves_begin_with_the_whole_face_and_end_with_none_of_it() -> None:
    faces, maps = bright_faces(2), {"a": noise(2), "b": noise(2, 1)}
    (found,) = hiding_curves(engine_of(curved), faces, happy(2), maps, seeds_of(2), fills=["grey"], steps=4)
    assert (found.methods, found.units, found.fill) == (("a", "b"), "pixels", "grey")
    assert found.hidden.shape == found.deletion.shape == found.insertion.shape == (2, 2, 5)
    np.testing.assert_allclose(found.hidden[0, 0], [0, 0.25, 0.5, 0.75, 1])
    whole, none = curved(faces)[:, 0], curved(np.full_like(faces, 0.5))[:, 0]
    for method in (0, 1):
        np.testing.assert_allclose(found.deletion[:, method, 0], whole, atol=1e-6)
        np.testing.assert_allclose(found.deletion[:, method, -1], none, atol=1e-6)
        np.testing.assert_allclose(found.insertion[:, method, 0], none, atol=1e-6)
        np.testing.assert_allclose(found.insertion[:, method, -1], whole, atol=1e-6)
    usual = hiding_curves(engine_of(curved), faces, happy(2), maps, seeds_of(2))
    assert [one.fill for one in usual] == ["grey", "blur"]
    assert usual[0].deletion.shape == (2, 2, 9)


def test_faithfulness_is_insertion_less_deletion() -> None:
    rows = joined(
        [
            trust_rows({"a": Measured(np.array([v]), np.array([c]))}, metric, variant, fill)
            for metric, variant, fill, v, c in [
                ("insertion", "pixels", "grey", 0.8, 0.5),
                ("insertion", "regions", "grey", 0.6, 0.5),
                ("deletion", "pixels", "grey", 0.2, 0.4),
                ("deletion", "regions", "grey", 0.4, 0.4),
                ("insertion", "pixels", "blur", 0.9, 0.5),
                ("deletion", "pixels", "blur", 0.8, 0.5),
                ("stability", "noise", "", 0.9, 0.5),
            ]
        ]
    )
    found = faithfulness_rows(rows)
    assert tuple(found) == COLUMNS
    assert found["fill"].tolist() == ["", "grey", "blur"]
    assert found["value"].tolist() == pytest.approx([(0.4 + 0.1) / 2, 0.4, 0.1])
    assert found["chance"].tolist() == pytest.approx([0.05, 0.1, 0])
    assert set(found["metric"]) == {"faithfulness"}
    every = joined([found, found.assign(method="blob", value=0.1)])
    beside = beside_rows(every, ["a"])
    assert tuple(beside) == COLUMNS
    assert beside.drop(columns=["value", "chance"]).to_numpy().tolist() == [[0, "a", "faithfulness_beside", "blob", ""]]
    assert beside[["value", "chance"]].to_numpy().tolist() == [pytest.approx([0.25, 0.1])]


def test_stability_s_noise_follows_the_seed() -> None:
    classifier = Classifier.from_function(curved, ("happy", "sad"))
    faces = bright_faces(3)

    def attribute(_: Classifier, shown: np.ndarray, seed: int) -> np.ndarray:
        return shown[..., 0] + np.random.default_rng(seed).normal(0, 0.05, shown.shape[:3])

    def run(**seed: int) -> pd.DataFrame:
        maps = {"a": attribute(classifier, faces, seed.get("seed", 0))}
        return stability(classifier, faces, {"a": attribute}, maps, **seed)

    first = run(seed=2)
    assert tuple(first) == COLUMNS
    assert set(first["metric"]) == {"stability"}
    assert list(dict.fromkeys(first["variant"])) == ["mirroring", "a shift of 1 px", "noise", "other random numbers"]
    pd.testing.assert_frame_equal(first, run(seed=2))
    assert not first.equals(run(seed=3))
    pd.testing.assert_frame_equal(run(), run(seed=0))


SAME = "draw the same map when the model's weights are random"
TOGETHER = [
    ({"sanity": 0.9}, SAME),
    ({"score": 0.10}, "are not better than an edge detector"),
    ({"score": 0.02, "elsewhere": -0.2}, "are worse than an edge detector"),
    ({"blur": 0.03}, "are faithful by some ways of hiding only"),
    ({"score": None}, "were not measured"),
    ({"stability": {"other random numbers": 0.1}}, "change with their random numbers"),
    ({"stability": {"mirroring": -0.1, "noise": 0.8}}, "do not know their own face again with mirroring"),
    ({"elsewhere": 0.30}, "are not better than their own maps laid elsewhere"),
]


@pytest.mark.parametrize(("figures", "said"), TOGETHER)
def test_what_two_methods_have_in_common_is_said_in_the_plural(figures: dict[str, object], said: str) -> None:
    trust = made_up({"good": {}, "b": figures, "c": figures})
    assert verdict_sentence(trust, judge(trust, ["good", "b", "c"])) == f"For this model, trust good; b and c {said}."


def test_too_few_faces_are_said_to_be_so() -> None:
    def judged(**figures: object) -> tuple[str, str, str, str]:
        trust = made_up({"a": figures})
        trust.loc[trust["metric"] == "sanity", "high"] += 0.4 if figures.get("sanity") == 0.4 else 0
        trust.loc[trust["metric"] == "stability", "low"] -= 0.3 if "stability" in figures else 0
        verdict = judge(trust, ["a"])[0]
        return verdict.sanity.level, verdict.sanity.words, verdict.stable.level, verdict.stable.words

    assert judged(sanity=0.4)[:2] == ("unclear", "too few faces to tell")
    assert judged(sanity=0.6)[:2] == ("unclear", "the maps of a random model are somewhat alike")
    assert judged(sanity=0.1)[:2] == ("yes", "")
    assert judged(sanity=0.9)[:2] == ("no", "the same map when the model's weights are random")
    assert judged(sanity=None)[:2] == ("unknown", "its weights cannot be exchanged")
    assert judged(stability={"noise": 0.75})[2:] == ("unclear", "too few faces to tell with noise")
    assert judged(stability={"noise": 0.6, "mirroring": 0.9})[2:] == ("partly", "least with noise")
    assert judged(stability={"noise": 0.03})[2:] == ("unclear", "too few faces to tell with noise")
    assert judged(stability={"noise": -0.1})[2:] == (
        "no",
        "its own face is not known again with noise",
    )
    plain = judge(made_up({"a": {}}), ["a"])[0]
    assert (plain.stable.level, plain.stable.words) == ("yes", "least with a shift of 2 px")
    assert (plain.faithful.against, plain.stable.against) == ("its own maps laid elsewhere", "maps of other faces")
    assert (plain.faithful.low, plain.faithful.high) == pytest.approx((0.26, 0.34))
    assert (plain.faithful.n, plain.grain.words) == (48, "")
    partly = judge(made_up({"a": {"blur": 0.03, "grey": 0.03, "grain": 1.2}}), ["a"])[0]
    assert (partly.faithful.level, partly.faithful.words) == ("partly", "not by hiding under grey and blur")
    assert partly.grain.words == "coarse"
    assert not partly.trusted
    assert plain.trusted
    assert plain.reason == ""


@pytest.mark.parametrize("figures", [{"noise": -0.1}, {"other random numbers": 0.1, "noise": 0.8}, {"noise": 0.9}])
def test_two_faces_tell_nothing_of_stability(figures: dict[str, float]) -> None:
    trust = made_up({"a": {"stability": figures}})
    trust.loc[trust["metric"] == "stability", "n"] = 2
    found = judge(trust, ["a"])[0]
    assert (found.stable.level, found.stable.words) == ("unclear", "too few faces to tell")
    assert verdict_sentence(trust, [found]) == (
        "For this model, a is faithful, but 2 faces do not tell whether it is stable."
    )


@pytest.mark.parametrize(("grain", "level"), [(1.0, "yes"), (1.03, "unclear"), (1.05, "partly"), (None, "unknown")])
def test_beyond_a_region_s_width_by_more_than_its_interval_is_coarse(grain: float | None, level: str) -> None:
    assert judge(made_up({"a": {"grain": grain}}), ["a"])[0].grain.level == level


@pytest.mark.parametrize("draws", [1, 5, 16])
def test_the_truth_s_chance_is_that_of_so_many_shifts(draws: int) -> None:
    seeds, maps, truth = seeds_of(2), np.abs(noise(2)), np.zeros((2, *SIZE), bool)
    truth[:, 2:5, 3:7] = True
    rows = truth_agreement({"a": maps}, truth, seeds, draws=draws)
    shifts = draw_shifts(SIZE, seeds, draws)
    for face in (0, 1):
        moved = [np.roll(maps[face], tuple(shift), (0, 1))[truth[face]].sum() for shift in shifts[face]]
        row = rows[(rows["metric"] == "truth_mass") & (rows["row"] == face)].iloc[0]
        assert row["chance"] == pytest.approx(np.mean(moved) / maps[face].sum(), rel=1e-5)
    if draws == 16:
        pd.testing.assert_frame_equal(truth_agreement({"a": maps}, truth, seeds), rows)


def test_several_trusted_methods_are_less_faithful_in_the_plural() -> None:
    trust = made_up({"good": {}, "b": {"score": 0.2}, "c": {"score": 0.18}})
    found = verdict_sentence(trust, judge(trust, ["good", "b", "c"]))
    assert found == "For this model, trust good; b and c are to be trusted too, but less faithful."
    found = verdict_sentence(trust, judge(trust, ["good", "c"]))
    assert found == "For this model, trust good; c is to be trusted too, but less faithful."


def test_a_little_better_than_edges_is_unclear_and_what_comes_nearest_to_winning_is_told() -> None:
    trust = made_up({"a": {"score": 0.14}})
    faithful = judge(trust, ["a"])[0].faithful
    assert (faithful.level, faithful.words) == ("unclear", "not clearly better than a blob in the middle")
    faithful = judge(trust[trust["variant"] != "blob"], ["a"])[0].faithful
    assert (faithful.level, faithful.words) == ("unclear", "not clearly better than an edge detector")
    assert (faithful.against, faithful.chance) == ("an edge detector", 0.1)
