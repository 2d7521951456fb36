"""Every sentence of a verdict follows from its figures: other figures, another sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from fer_xai.evaluation.trust import summarise_trust, trust_rows
from fer_xai.evaluation.trust.rows import Measured
from fer_xai.evaluation.trust.score import beside_rows, faithfulness_rows
from fer_xai.evaluation.trust.sentence import most_faithful, verdict_sentence
from fer_xai.evaluation.trust.verdict import as_faithful, judge
from tests.evaluation.trust.made_up import made_up

GOOD: dict[str, Any] = {}
# What one method's figures are, beside a good one's, and what the sentence then says.
SENTENCES = [
    ({"score": 0.30}, "trust a and b."),
    ({"score": 0.20}, "trust a; b is to be trusted too, but less faithful."),
    ({"score": 0.36}, "trust b; a is to be trusted too, but less faithful."),
    ({"score": 0.13}, "trust a; b is not clearly better than a blob in the middle."),
    ({"score": 0.10}, "trust a; b is not better than an edge detector."),
    ({"score": 0.02, "elsewhere": -0.2}, "trust a; b is worse than an edge detector."),
    ({"score": 0.16}, "trust a; b is not clearly better than a blob in the middle."),
    ({"score": 0.30, "elsewhere": 0.27}, "trust a; b is not clearly better than its own maps laid elsewhere."),
    ({"score": 0.30, "elsewhere": 0.30}, "trust a; b is not better than its own maps laid elsewhere."),
    ({"score": 0.30, "elsewhere": 0.50}, "trust a; b is worse than its own maps laid elsewhere."),
    ({"blur": 0.03}, "trust a; b is faithful by some ways of hiding only."),
    ({"sanity": 0.8}, "trust a; b draws the same map when the model's weights are random."),
    ({"sanity": 0.8, "others": 0.8}, "trust a; b draws the same map when the model's weights are random."),
    ({"sanity": 0.3}, "trust a and b."),
    ({"sanity": None}, "trust a and b."),
    ({"sanity": 0.8, "score": 0.1}, "trust a; b draws the same map when the model's weights are random."),
    ({"stability": {"mirroring": 0.4, "noise": 0.8}}, "trust a and b."),
    (
        {"stability": {"mirroring": 0.03, "noise": 0.8}},
        "trust a; b is faithful, but 12 faces do not tell whether it is stable.",
    ),
    ({"stability": {"mirroring": -0.1, "noise": 0.8}}, "trust a; b does not know its own face again with mirroring."),
    ({"stability": {"other random numbers": 0.4, "noise": 0.8}}, "trust a; b changes with its random numbers."),
    ({"stability": {"other random numbers": 0.6, "noise": 0.8}}, "trust a and b."),
    ({"stability": None}, "trust a and b."),
    ({"grain": 1.4}, "trust a and b."),
    ({"score": None}, "trust a; b was not measured."),
]


@pytest.mark.parametrize(("figures", "said"), SENTENCES)
def test_the_sentence_follows_from_the_figures(figures, said):
    trust = made_up({"a": GOOD, "b": figures})
    assert verdict_sentence(trust, judge(trust, ["a", "b"])) == f"For this model, {said}"


def test_every_sentence_is_tried():
    said = {sentence for _, sentence in SENTENCES}
    assert len(said) == 15


def test_where_nobody_can_be_trusted_the_sentence_says_so_and_why():
    trust = made_up({"a": {"score": 0.1}, "b": {"sanity": 0.9}, "c": {"score": 0.09}})
    assert verdict_sentence(trust, judge(trust, ["a", "b", "c"])) == (
        "For this model, none of the 3 methods can be trusted; b draws the same map when the model's weights are "
        "random; a and c are not better than an edge detector."
    )
    one = made_up({"a": {"score": 0.1}})
    assert verdict_sentence(one, judge(one, ["a"])).startswith("For this model, the one method here cannot be trusted;")
    assert verdict_sentence(one, []) == ""


def test_answers_that_hiding_hardly_moves_are_said_to_be_so():
    trust = made_up({"a": {"score": 0.049}})
    assert verdict_sentence(trust, judge(trust, ["a"])).endswith("; hiding parts of a face hardly moves its answers.")
    trust = made_up({"a": {"score": 0.051}})
    assert "hardly" not in verdict_sentence(trust, judge(trust, ["a"]))


def test_too_few_faces_to_tell_is_not_said_to_be_no_better():
    trust = made_up({"a": {"score": 0.1}, "b": {"score": 0.09}})
    trust.loc[trust["metric"] == "faithfulness_beside", "difference_high"] = 0.2
    assert verdict_sentence(trust, judge(trust, ["a", "b"])) == (
        "For this model, these faces cannot tell which of the 2 methods to trust; a and b cannot be told from a blob "
        "in the middle by these few faces."
    )
    assert "these faces cannot tell whether to trust the one method here" in verdict_sentence(
        trust, judge(trust, ["a"])
    )


def test_methods_are_called_as_the_caller_calls_them():
    trust = made_up({"lime:slic": GOOD, "occlusion": {"score": 0.31}, "saliency": {"score": 0.1}})
    names = {"lime:slic": "LIME-SLIC", "occlusion": "occlusion", "saliency": "saliency"}
    verdicts = judge(trust, list(names))
    assert verdict_sentence(trust, verdicts, names.__getitem__) == (
        "For this model, trust occlusion and LIME-SLIC; saliency is not better than an edge detector."
    )


def test_the_most_faithful_trusted_method_comes_first():
    trust = made_up(
        {"a": {"score": 0.2}, "b": {"score": 0.9, "sanity": 0.9}, "c": {"score": None}, "d": {"score": 0.4}}
    )
    verdicts = judge(trust, ["a", "b", "c", "d"])
    assert [verdict.method for verdict in verdicts] == ["b", "d", "a", "c"]
    assert most_faithful(verdicts) == ["d", "a", "b", "c"]
    assert as_faithful(trust, "d", ["a"]) == []


def test_a_finding_tells_the_figure_that_decided():
    trust = made_up({"a": {"score": 0.1, "stability": {"mirroring": 0.9, "a shift of 2 px": 0.55}, "grain": 1.3}})
    verdict = judge(trust, ["a"])[0]
    assert (verdict.faithful.value, verdict.faithful.chance, verdict.faithful.against) == (0.1, 0.1, "an edge detector")
    assert (verdict.stable.level, verdict.stable.value, verdict.stable.n) == ("partly", 0.55, 12)
    assert (verdict.grain.level, verdict.grain.value) == ("partly", 1.3)
    assert verdict.sanity.level == "yes"


@pytest.mark.parametrize(
    ("stability", "level"),
    [
        ({"mirroring": 0.8, "noise": 0.9}, "yes"),
        ({"mirroring": 0.4, "noise": 0.9}, "partly"),
        ({"mirroring": 0.03, "noise": 0.9}, "unclear"),
        ({"mirroring": -0.1, "noise": 0.9}, "no"),
        ({"other random numbers": 0.4, "noise": 0.9}, "no"),
        (None, "unknown"),
    ],
)
def test_stability_is_judged_by_the_worst_change(stability, level):
    assert judge(made_up({"a": {"stability": stability}}), ["a"])[0].stable.level == level


@pytest.mark.parametrize(("sanity", "level"), [(0.1, "yes"), (0.6, "unclear"), (0.9, "no"), (None, "unknown")])
def test_a_map_that_random_weights_leave_as_it_is_fails_the_sanity_check(sanity, level):
    assert judge(made_up({"a": {"sanity": sanity}}), ["a"])[0].sanity.level == level


def test_several_methods_with_one_reason_are_told_together():
    luck = {"stability": {"other random numbers": 0.1}}
    trust = made_up({"a": luck, "b": luck | {"score": 0.2}})
    assert verdict_sentence(trust, judge(trust, ["a", "b"])).endswith("; a and b change with their random numbers.")


def curves(values: dict[str, tuple[float, float]], faces: int = 3) -> pd.DataFrame:
    """Insertion and deletion of each method: constant over faces, units and fills, but for one blurred unit."""
    tables = []
    for variant in ("pixels", "regions"):
        for fill in ("grey", "blur"):
            more = 0.1 if (variant, fill) == ("pixels", "blur") else 0.0
            for place, metric in enumerate(("insertion", "deletion")):
                level = {m: Measured(np.full(faces, v[place] + more), np.full(faces, 0.4)) for m, v in values.items()}
                tables.append(trust_rows(level, metric, variant, fill))
    return pd.concat(tables, ignore_index=True)


def test_the_score_is_insertion_less_deletion_whatever_the_fill_adds_to_both():
    score = faithfulness_rows(curves({"a": (0.7, 0.2), "b": (0.5, 0.4)}))
    means = score.groupby(["method", "fill"])["value"].mean()
    assert means["a"].to_dict() == pytest.approx({"": 0.5, "blur": 0.5, "grey": 0.5})
    assert means["b"].to_dict() == pytest.approx({"": 0.1, "blur": 0.1, "grey": 0.1})
    assert score["chance"].abs().max() == pytest.approx(0)


def test_a_face_without_one_of_the_curves_has_no_score():
    rows = curves({"a": (0.7, 0.2)})
    rows.loc[(rows["row"] == 1) & (rows["metric"] == "deletion"), "value"] = np.nan
    score = faithfulness_rows(rows)
    assert score[score["value"].isna()]["row"].unique().tolist() == [1]
    assert summarise_trust(score)["n"].unique().tolist() == [2]


def test_each_method_is_set_beside_all_other_maps_on_the_same_faces():
    score = faithfulness_rows(curves({"a": (0.7, 0.2), "b": (0.5, 0.4), "sobel": (0.6, 0.4)}))
    table = summarise_trust(beside_rows(score, ["a", "b"])).set_index(["method", "variant"])
    assert set(table.index) == {("a", "b"), ("a", "sobel"), ("b", "a"), ("b", "sobel")}
    assert table.loc[("a", "sobel"), "difference"] == pytest.approx(0.3)
    assert table.loc[("b", "a"), "difference"] == pytest.approx(-0.4)


@pytest.mark.parametrize("faces", [1, 2])
def test_a_face_or_two_pass_nothing(faces):
    trust = made_up({"a": {"stability": {"mirroring": 0.9}}, "b": {"stability": {"mirroring": 0.3}}})
    rows = trust["metric"].isin(["stability", "sanity"])
    wide = (-2.0, 3.0) if faces == 2 else (np.nan, np.nan)
    trust.loc[rows, ["low", "high"]] = wide
    trust.loc[rows, ["difference_low", "difference_high"]] = wide
    trust.loc[rows, "n"] = faces
    for verdict in judge(trust, ["a", "b"]):
        assert (verdict.stable.level, verdict.sanity.level) == ("unclear", "unclear")


def test_a_finding_says_what_its_chance_level_is_of():
    trust = made_up({"a": {"blur": 0.03, "stability": {"mirroring": 0.03, "noise": 0.8}}})
    verdict = judge(trust, ["a"])[0]
    assert (verdict.faithful.level, verdict.faithful.against) == ("partly", "its own maps laid elsewhere")
    assert (verdict.stable.level, verdict.stable.against) == ("unclear", "maps of other faces")


def test_a_black_box_has_no_weights_to_exchange():
    trust = made_up({"a": {"sanity": None}})
    assert judge(trust, ["a"])[0].sanity.words == "its weights cannot be exchanged"


def test_of_several_things_it_does_not_beat_the_one_it_is_no_better_than_is_told():
    rival = {"score": 0.2, "elsewhere": 0.18}
    trust = made_up({"a": GOOD, "b": rival})
    assert judge(trust, ["b"])[0].reason == "is not clearly better than its own maps laid elsewhere"
    blob = (trust["method"] == "b") & (trust["variant"] == "blob")
    trust.loc[blob, ["difference", "difference_high", "p"]] = [-0.05, 0.02, 0.9]
    (verdict,) = judge(trust, ["b"])
    assert verdict.faithful.level == "no"
    assert verdict.reason == "is not better than a blob in the middle"


def test_a_random_model_without_any_map_is_told():
    trust = made_up({"a": GOOD})
    sane = (trust["method"] == "a") & (trust["metric"] == "sanity")
    trust.loc[sane, ["value", "low", "high"]] = 0.0
    (verdict,) = judge(trust, ["a"])
    assert (verdict.sanity.level, verdict.sanity.words) == ("yes", "the random model's maps are empty")
    assert judge(made_up({"a": GOOD}), ["a"])[0].sanity.words == ""
