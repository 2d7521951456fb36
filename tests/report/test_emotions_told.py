"""What the report says of separability and of the model's own codebook."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from fer_xai.report import emotions_told, render, sentences
from fer_xai.report.figures import Figures
from tests.report.fake_study import FakeStudy, make_study


def test_the_lead_method_tells_the_emotion_beside_chance(rendered: FakeStudy, index: str) -> None:
    figures = Figures.of(rendered)
    (said,) = emotions_told.sentences(figures)
    assert said == (
        "By Occlusion, the emotion can be told from the regions alone: on 68 faces the balanced accuracy is 41 % "
        "(30–50 %; chance 14 %; "
        "a blob in the middle 20 %), "
        "and the pattern is closest to Du 2014 (correlation +0.36)."
    ).replace(" %", "\N{NO-BREAK SPACE}%")
    assert said in sentences.headline(figures)
    assert "happy: cheek and lip corners" in index
    assert "no region stands out" in index


def test_another_p_another_sentence(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    study.tables["own_correlations"]["p"] = 0.3
    (said,) = emotions_told.sentences(Figures.of(study))
    assert "the pattern is not clearly like any published codebook, most like Du 2014 (correlation +0.36)" in said
    study.tables["separability"]["p"] = 0.2
    (said,) = emotions_told.sentences(Figures.of(study))
    assert "no better than by chance: on 29 faces the balanced accuracy is 41" in said
    assert "but by" not in said
    table = study.tables["separability"]
    table.loc[table["method"] == "gradcam", ["value", "low", "high", "p"]] = [0.37, 0.23, 0.51, 0.002]
    (said,) = emotions_told.sentences(Figures.of(study))
    assert said.endswith("); but by Grad-CAM 37\N{NO-BREAK SPACE}% (23–51\N{NO-BREAK SPACE}%).")


def test_what_a_blind_map_tells_as_well_is_not_told_by_the_method(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    first = Figures.of(study).lead
    own, blind = study.tables["separability"], study.tables["separability_blind"]
    own["p"], blind["value"] = 0.001, 0.25
    own.loc[own["method"] == first, ["value", "low", "high", "chance"]] = [0.30, 0.26, 0.34, 0.14]
    (said,) = emotions_told.sentences(Figures.of(study))
    assert "the emotion can be told from the regions alone: on 29 faces the balanced accuracy is 30" in said
    blind["value"] = 0.27
    (said,) = emotions_told.sentences(Figures.of(study))
    assert (
        "not clearly better than from maps that know nothing of emotions, since faces themselves differ: on 29" in said
    )
    assert "a blob in the middle 27" in said
    assert "the pattern is" not in said


def test_every_method_has_its_line_causal_ones_first(rendered: FakeStudy) -> None:
    lines = emotions_told.told(Figures.of(rendered))
    assert lines[0].method == "occlusion"
    assert [line.method for line in lines[-1:]] == ["blob"]
    assert len(lines) == 7
    assert lines[0].stands_out == [("happy", "cheek and lip corners")]
    assert not any(line.stands_out for line in lines[1:])


def test_without_the_tables_nothing_is_said(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=20)
    names = ("separability", "separability_blind", "own_correlations", "own_regions")
    study.tables |= {name: pd.DataFrame() for name in names}
    assert emotions_told.sentences(Figures.of(study)) == []
    assert "Is it emotion-specific at all?" not in render(study).read_text()
