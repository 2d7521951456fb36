"""Every sentence of a verdict follows from its figures: change the figures, and the sentence changes."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from fer_xai.comparison.verdict import judge, weighing

AHEAD = {"difference": 0.2, "low": 0.1, "high": 0.3, "significant": True}
LEVEL = {"difference": 0.01, "low": -0.05, "high": 0.07, "significant": False}
BEHIND = {"difference": -0.2, "low": -0.3, "high": -0.1, "significant": True}
LESS_OUTSIDE = {"value": 0.1, "other_value": 0.4, "difference": -0.3, "low": -0.4, "high": -0.2, "p": 0.0001}
MORE_OUTSIDE = {"value": 0.4, "other_value": 0.1, "difference": 0.3, "low": 0.2, "high": 0.4, "p": 0.0001}
AS_MUCH = {"value": 0.2, "other_value": 0.21, "difference": -0.01, "low": -0.05, "high": 0.03, "p": 0.7}
MORE_S = {"value": 0.5, "other_value": 0.1, "difference": 0.4, "low": 0.3, "high": 0.5, "p": 0.001}
LESS_S = {"value": 0.1, "other_value": 0.5, "difference": -0.4, "low": -0.5, "high": -0.3, "p": 0.001}
AS_S = {"value": 0.1, "other_value": 0.12, "difference": -0.02, "low": -0.1, "high": 0.1, "p": 0.8}


def tables(
    accuracy: dict[str, Any] | None = LEVEL,
    outside: dict[str, Any] = AS_MUCH,
    s: dict[str, Any] = AS_S,
    better: str | None = None,
    same: bool = False,
    renamed: str = "",
    method: str = "occlusion",
) -> dict[str, pd.DataFrame]:
    pair = {"model": "A", "other": "B"}
    known = {"accuracy": 0.7, "other_accuracy": 0.5, "n": 200}
    flat = [{"model": "A", "method": name, "measure": "outside", "chance": 0.41} for name in ("occlusion", "gradcam")]
    figures = {**pair, "method": method, "n": 190, "p_holm": 1.0, "significant": False}
    return {
        "accuracy_differences": pd.DataFrame(
            [pair | known | accuracy] if accuracy else [], columns=[*pair, *known, *LEVEL]
        ),
        "focus": pd.DataFrame(flat),
        "focus_differences": pd.DataFrame([figures | outside | {"measure": "outside"}]),
        "specificity_differences": pd.DataFrame(
            [figures | s | {"codebook": "facs2002"}, figures | MORE_S | {"codebook": "another"}]
        ),
        "orders": pd.DataFrame(
            [
                {"model": "A", "n": 200, "better": None, "accuracy": 0.7, "better_accuracy": 0.7},
                {"model": "B", "n": 200, "better": better, "accuracy": 0.1, "better_accuracy": 0.7},
            ]
        ),
        "twins": pd.DataFrame([{**pair, "n": 200, "same_numbers": 1.0, "same_net": same, "renamed": renamed}]),
    }


CASES = {
    "both": ((AHEAD, LESS_OUTSIDE, AS_S), "A", "A", r"^Prefer A to B: it is right on more faces .* better reasons"),
    "both, the other": ((BEHIND, MORE_OUTSIDE, AS_S), "B", "B", r"^Prefer B to A: it is right on more faces"),
    "accuracy alone": (
        (AHEAD, AS_MUCH, AS_S),
        "A",
        None,
        r"^A is right on more faces than B .*cannot be told: corrected for asking 2 questions, none of",
    ),
    "the other's accuracy alone": ((BEHIND, AS_MUCH, AS_S), "B", None, r"^B is right on more faces than A"),
    "reasons alone": ((LEVEL, LESS_OUTSIDE, AS_S), None, "A", r"^Prefer A to B: these faces do not tell"),
    "the other's reasons": ((LEVEL, MORE_OUTSIDE, AS_S), None, "B", r"^Prefer B to A: these faces do not tell"),
    "by S": ((LEVEL, AS_MUCH, MORE_S), None, "A", r"a specificity S of \+0.50 against \+0.10"),
    "by S, the other": ((LEVEL, AS_MUCH, LESS_S), None, "B", r"B looks at .* S of \+0.50 against \+0.10"),
    "both figures": ((LEVEL, LESS_OUTSIDE, MORE_S), None, "A", r"outside the face,.* and a specificity S of"),
    "figures that disagree": (
        (LEVEL, LESS_OUTSIDE, LESS_S),
        None,
        None,
        r"figures disagree: for A: 10.* but for B: a",
    ),
    "accuracy against reasons": ((AHEAD, MORE_OUTSIDE, AS_S), "A", "B", r"^No plain preference: A .* but B looks"),
    "nothing": ((LEVEL, AS_MUCH, AS_S), None, None, r"^Neither A nor B is to be preferred"),
    "no labels": ((None, LESS_OUTSIDE, AS_S), None, "A", r"^Without labels .* but A looks at faces for better reasons"),
    "no labels, nothing": ((None, AS_MUCH, AS_S), None, None, r"^Without labels .* cannot be told"),
}


@pytest.mark.parametrize("case", CASES)
def test_sentence_follows_from_figures(case):
    figures, accurate, reasons, words = CASES[case]
    found = judge(tables(*figures), "A", "B", "facs2002")
    assert (found.more_accurate, found.better_reasons) == (accurate, reasons)
    assert found.warning is None
    assert re.search(words, found.sentence), found.sentence
    assert "95 % interval" in found.sentence


def test_every_case_has_a_sentence_of_its_own():
    said = [judge(tables(*figures), "A", "B", "facs2002").sentence for figures, *_ in CASES.values()]
    assert len(set(said)) == len(said)


def test_figures_are_told_from_the_side_they_speak_for():
    found = judge(tables(LEVEL, MORE_OUTSIDE), "A", "B", "facs2002").sentence.replace("\N{NO-BREAK SPACE}", " ")
    assert "10 % against 40 % of what speaks for the emotion lies outside the face, where 41 %" in found
    assert "difference −30 points, 95 % interval −40 to −20" in found


def test_a_method_that_points_the_other_way_is_told_from_the_same_side():
    found = tables(LEVEL, AS_MUCH, LESS_S)
    own = found["specificity_differences"]
    against = {"method": "shap:regions", "value": 0.3, "other_value": 0.2, "difference": 0.1}
    against |= {"low": -0.02, "high": 0.25, "p": 0.2}
    found["specificity_differences"] = pd.concat([own, own.head(1).assign(**against)], ignore_index=True)
    sentence = judge(found, "A", "B", "facs2002").sentence
    assert "B looks at faces for better reasons: a specificity S of +0.50 against +0.10" in sentence
    assert "the other way, though not beyond chance so corrected, by SHAP · regions (−0.10, −0.25 to +0.02)" in sentence


def test_a_figure_needs_its_interval_too():
    half = LESS_OUTSIDE | {"high": 0.01}
    assert judge(tables(LEVEL, half), "A", "B", "facs2002").better_reasons is None


def test_figures_are_corrected_together():
    weak = LESS_OUTSIDE | {"p": 0.03}
    assert judge(tables(LEVEL, weak, AS_S), "A", "B", "facs2002").better_reasons is None
    alone = {**tables(LEVEL, weak), "specificity_differences": tables()["specificity_differences"].iloc[:0]}
    assert judge(alone, "A", "B", "facs2002").better_reasons == "A"


def test_only_the_studies_codebook_is_weighed():
    assert judge(tables(), "A", "B", "facs2002").better_reasons is None
    assert judge(tables(), "A", "B", "another").better_reasons == "A"


def test_causal_methods_are_weighed_where_there_are_any():
    assert weighing(["gradcam", "shap:regions", "saliency", "occlusion"]) == ["occlusion", "shap:regions"]
    assert weighing(["saliency", "gradcam"]) == ["gradcam", "saliency"]
    mixed = tables(LEVEL, AS_MUCH)
    more = tables(LEVEL, LESS_OUTSIDE, method="gradcam")["focus_differences"]
    mixed["focus_differences"] = pd.concat([mixed["focus_differences"], more])
    assert judge(mixed, "A", "B", "facs2002").better_reasons is None


def test_a_wrong_order_comes_before_everything():
    found = judge(tables(BEHIND, LESS_OUTSIDE, better="angry happy"), "A", "B", "facs2002")
    assert found.warning == found.sentence
    assert (
        "another emotion order of B: read as angry, happy it is right on 70 % of 200 faces instead of 10 %"
        in found.warning
    )
    assert "give B the right --emotions" in found.warning


def test_one_net_under_two_orders():
    found = judge(tables(same=True, renamed="angry→sad sad→angry", better="angry sad"), "A", "B", "facs2002")
    assert "the same net with different emotion orders" in found.sentence
    assert "angry → sad, sad → angry" in found.sentence
    assert "give B the right --emotions" in found.sentence
    unlabelled = tables(same=True, renamed="angry→sad sad→angry") | {"orders": tables()["orders"].iloc[:0]}
    assert judge(unlabelled, "A", "B", "facs2002").sentence.endswith("one of the two orders is wrong.")


def test_one_net_twice():
    assert judge(tables(same=True), "A", "B", "facs2002").sentence.endswith("so there is nothing to prefer.")


def test_without_landmarks_reasons_are_not_known():
    unknown = tables(AHEAD)
    for name in ("focus_differences", "specificity_differences"):
        unknown[name] = unknown[name].assign(p=float("nan"))
    assert "nothing is known of their reasons" in judge(unknown, "A", "B", "facs2002").sentence


def test_a_model_with_one_answer_for_all_is_warned_of():
    cells = [
        {
            "model": "A",
            "other": "B",
            "label": label,
            "predicted": predicted,
            "n": n,
            "share": share,
            "other_share": other,
        }
        for label, n, shares in (("happy", 60, ((0.1, 0.7), (0.9, 0.3))), ("sad", 40, ((0.0, 0.2), (1.0, 0.8))))
        for predicted, (share, other) in zip(("happy", "sad"), shares, strict=True)
    ]
    found = judge(tables(AHEAD) | {"confusion_differences": pd.DataFrame(cells)}, "A", "B", "facs2002")
    assert "Warning: A answers sad for 94" in found.sentence
    assert "Warning: B" not in found.sentence


def test_chance_of_s_is_what_blind_maps_have_on_these_faces():
    found = judge(tables(LEVEL, AS_MUCH, MORE_S), "A", "B", "facs2002").sentence
    assert "where blind maps have 0 (" in found
    blind = pd.DataFrame({"codebook": ["facs2002", "facs2002", "another"], "value": [-0.04, 0.09, 0.5]})
    known = {**tables(LEVEL, AS_MUCH, MORE_S), "specificity_blind": blind}
    assert "where blind maps have −0.04 to +0.09 (" in judge(known, "A", "B", "facs2002").sentence
