"""What is told beside the verdict follows from its table: a changed figure changes the sentence."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from fer_xai.comparison import sentences

PAIR = {"model": "A", "other": "B"}
SURE = {"low": 0.02, "high": 0.08, "significant": True}
UNSURE = {"low": -0.02, "high": 0.08, "significant": False}


def one(function: str, name: str, rows: list[dict[str, Any]], **more: pd.DataFrame) -> str:
    """The sentence of a table, with ordinary spaces."""
    said = getattr(sentences, function)({name: pd.DataFrame([PAIR | row for row in rows]), **more}, "A", "B")
    return str(said).replace("\N{NO-BREAK SPACE}", " ")


def focus(spread: float, spread_sure: bool, central: float, central_sure: bool) -> str:
    figures = {"spread": (0.4, spread, spread_sure), "central": (0.3, central, central_sure)}
    rows = [
        {"method": "occlusion", "n": 50, "measure": measure, "value": value, "other_value": value - apart}
        | {"difference": apart, "low": apart - 0.05, "high": apart + 0.05, "significant": sure}
        for measure, (value, apart, sure) in figures.items()
    ]
    return one("focused", "focus_differences", rows)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ((-0.1, True, 0.1, True), "A's maps are more focused"),
        ((0.1, True, -0.1, True), "B's maps are more focused"),
        ((-0.1, True, 0.1, False), "A's maps are narrower"),
        ((-0.1, False, -0.1, True), "B's maps are more on the centre of the face"),
        ((-0.1, True, -0.1, True), "A's maps are narrower, B's lie more on the centre"),
        ((-0.1, False, 0.1, False), "Neither one's maps are more focused beyond chance"),
    ],
)
def test_focus_is_whose_maps_are_narrower_and_more_central(figures, words):
    assert focus(*figures).startswith(words)
    assert "share of the picture that they cover: 40 % against" in focus(*figures)


def test_methods_that_say_the_opposite_are_named():
    rows = [
        {"method": method, "n": 50, "measure": measure, "value": 0.4, "other_value": 0.4 - apart}
        | {"difference": apart, "low": apart - 0.05, "high": apart + 0.05, "significant": True}
        for method, measure, apart in (
            ("occlusion", "spread", -0.1),
            ("occlusion", "central", 0.1),
            ("gradcam", "spread", 0.31),
            ("gradcam", "central", 0.2),
        )
    ]
    said = one("focused", "focus_differences", rows)
    assert said.endswith(" Beyond chance the opposite holds by Grad-CAM (spread +31 points).")
    base = {"level": "coarse", "emotion": "all", "n": 60, "difference": 0.05} | SURE
    rows = [base | {"method": "gradcam", "region": region} for region in ("mouth", "nose")]
    rows += [base | UNSURE | {"method": method, "region": "brow"} for method in ("occlusion", "gradcam")]
    said = one("regions", "region_differences", rows)
    assert said.endswith("beyond chance. By other methods regions differ so: 2 of 3 by Grad-CAM.")


def test_regions_are_told_by_whom_they_weigh_more_with():
    base = {"method": "occlusion", "level": "coarse", "emotion": "all", "n": 60}
    rows = [
        base | SURE | {"region": "mouth", "difference": 0.05},
        base | SURE | {"region": "brow", "difference": 0.006},
        base | SURE | {"region": "background", "difference": -0.12, "low": -0.2, "high": -0.1},
        base | UNSURE | {"region": "nose", "difference": 0.04},
    ]
    said = one("regions", "region_differences", rows)
    assert said.startswith("By Occlusion, A weighs the mouth (5 points) and the brow (0.6 points) more, B weighs the")
    assert said.endswith("B weighs the background (12 points) more.")
    said = one("regions", "region_differences", rows[3:])
    assert said == "By Occlusion, over all faces, no region holds more in one than in the other, beyond chance."
    cells = [base | SURE | {"method": m, "emotion": "sad", "region": "nose", "difference": 0.1} for m in ("a", "b")]
    assert "Emotion by emotion, by any method, 2 shares of 2 differ so" in one(
        "regions", "region_differences", rows + cells
    )


def test_maps_agree_only_beyond_those_of_different_faces():
    row = {"method": "occlusion", "n": 40, "rank_correlation": 0.3, "low": 0.2, "high": 0.4}
    assert "where maps of different faces have +0.10" in one(
        "alike", "map_agreement", [row | {"chance_correlation": 0.1}]
    )
    assert "no more than maps of different faces do (+0.25)" in one(
        "alike", "map_agreement", [row | {"chance_correlation": 0.25}]
    )


def test_faces_that_both_are_right_on_are_counted():
    rows = [{"kind": "both right", "apart": apart, "apart_chance": 0.5, "unrelated": 0.5} for apart in (0.2, 0.4, 0.6)]
    rows += [{"kind": "A", "apart": 0.9, "apart_chance": 0.5, "unrelated": 0.5}]
    said = one("different_reasons", "face_differences", rows)
    assert said == (
        "Both are right on 3 faces; on 1 of them (33 %, 95 % interval 6–79 %) their maps are further apart than one "
        "model's maps of two faces of that emotion usually are. Maps with nothing in common would be on 50 %, equal "
        "maps on none."
    )


def test_faces_without_maps_are_told_apart():
    rows = [
        {"kind": "both right", "apart": apart, "apart_chance": 0.5, "unrelated": 0.5}
        for apart in (0.2, 0.6, float("nan"))
    ]
    said = one("different_reasons", "face_differences", rows)
    assert said.startswith(
        "Both are right on 3 faces; on 2 of these both have maps that can be compared, and on 1 of them (50 %"
    )


def test_other_codebooks_are_told_where_they_are_sure():
    row = {"method": "occlusion", "value": 0.1, "other_value": 0.4, "difference": -0.3, "p_holm": 0.01}
    row |= {"low": -0.4, "high": -0.2, "significant": True}
    rows = [row | {"codebook": name} for name in ("facs2002", "du2014")]
    rows += [row | {"codebook": "ckplus", "significant": False}, row | {"codebook": "emfacs", "method": "gradcam"}]
    tables = {"specificity_differences": pd.DataFrame([PAIR | one for one in rows])}
    assert sentences.specific(tables, "A", "B", "facs2002") == (
        "By other codebooks than FACS 2002 one is more specific, beyond chance: B by Du 2014 (Occlusion: S +0.40 "
        "against +0.10, blind maps 0; 95 % interval of the difference +0.20 to +0.40)."
    )
    more = [row | {"codebook": f"own {n}"} for n in range(3)]
    more.append(row | {"codebook": "belharbi2024", "difference": 0.2, "low": 0.1, "high": 0.3, "p_holm": 0.04})
    tables["specificity_differences"] = pd.DataFrame([PAIR | one for one in rows[1:2] + more])
    said = sentences.specific(tables, "A", "B", "facs2002")
    assert "A by Belharbi 2024 (Occlusion: S +0.10 against +0.40" in said, "a side is not hidden behind the other"
    assert said.endswith(", and 1 further figure.")
    tables["specificity_differences"]["significant"] = False
    assert sentences.specific(tables, "A", "B", "facs2002") == ""


def test_contrasts_are_told_of_the_model_that_is_right():
    faces = pd.DataFrame([PAIR | {"kind": "A"}] * 5 + [PAIR | {"kind": "B"}])
    rows = pd.DataFrame(
        [
            PAIR
            | SURE
            | {"right": "A", "n": 4, "region": "eye", "value": 0.1, "other_value": -0.05, "difference": 0.15},
            PAIR | UNSURE | {"right": "A", "n": 4, "region": "nose", "value": 0, "other_value": 0, "difference": 0.0},
        ]
    )
    tables = {"face_differences": faces, "contrast_regions": rows}
    said = sentences.contrasted(tables, "A", "B", "A")
    assert said.startswith(
        "A alone is right on 5 faces. On 4 faces of these, beyond chance, what speaks for the label rather than B's"
    )
    assert "the eye (+10 against −5 points)" in said
    assert "nose" not in said
    assert sentences.contrasted(tables, "A", "B", "B") == "B alone is right on 1 face."
    within = tables | {"contrast_regions": rows.iloc[1:]}
    assert "no region's part in it is beyond chance" in sentences.contrasted(within, "A", "B", "A")


def test_calibration_tells_who_is_too_sure():
    brier = {"brier": 0.4, "other_brier": 0.6, "difference": -0.2, "low": -0.3, "high": -0.1, "significant": True}
    known = {"chance_high": 0.05, "accuracy": 0.7}
    both = [{"model": "A", "error": 0.03, "confidence": 0.71}, {"model": "B", "error": 0.2, "confidence": 0.9}]
    table = pd.DataFrame([known | row for row in both])
    said = one("calibrated", "brier_differences", [brier], calibration=table)
    assert said.startswith("A's probabilities are better (Brier score, lower is better: A 0.40, B 0.60")
    assert said.endswith("; B is too sure.")
    shy = table.assign(confidence=0.5)
    assert one("calibrated", "brier_differences", [brier], calibration=shy).endswith("; B is not sure enough.")
    unsure = one("calibrated", "brier_differences", [brier | {"significant": False}], calibration=table.iloc[:1])
    assert unsure.startswith("Whose probabilities are better cannot be told")
    assert unsure.endswith("; neither is miscalibrated beyond luck.")


def test_confusions_that_differ_come_largest_first():
    rows = [
        SURE | {"label": "fear", "predicted": "sad", "share": 0.1, "other_share": 0.3, "difference": -0.2},
        SURE | {"label": "sad", "predicted": "sad", "share": 0.8, "other_share": 0.3, "difference": 0.5},
        UNSURE | {"label": "sad", "predicted": "fear", "share": 0.9, "other_share": 0.1, "difference": 0.8},
    ]
    accuracy = pd.DataFrame([PAIR])
    said = one("confused", "confusion_differences", rows, accuracy_differences=accuracy)
    assert said.startswith("Beyond chance they differ in calling sad faces rightly sad (80 % against 30 %) and fear")
    assert said.endswith("fear faces sad (10 % against 30 %).")
    nothing = one("confused", "confusion_differences", rows[2:], accuracy_differences=accuracy)
    assert nothing.startswith("No emotion is taken for another more often")
