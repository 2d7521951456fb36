"""What is said, coloured and told as sure of few faces: next to nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fer_xai.few import FEWEST
from fer_xai.report import causes, cautions, emotion_sentences, grids, sentences
from fer_xai.report.figures import Figures
from tests.report.fake_study import FakeStudy, make_study


def test_of_29_faces_the_index_says_only_what_was_answered(tmp_path: Path) -> None:
    text = " ".join(sentences.headline(Figures.of(make_study(tmp_path, faces=29))))
    assert "With 29 faces all that follows is of these faces alone." in text
    assert "labelled emotion for" in text
    assert "rests most" not in text
    assert "specificity" not in text
    more = " ".join(sentences.headline(Figures.of(make_study(tmp_path / "more", faces=30))))
    assert "With 30 faces this is a sketch" in more
    assert "its answer to these faces rests most densely on" in more


def test_a_region_s_weight_comes_with_its_interval_and_a_star_where_that_is_clear(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=60)
    counts = study.tables["counts"]
    row = counts.query("method == 'occlusion' and level == 'coarse' and emotion == 'happy' and region == 'mouth'").index
    names = ["log2_enrichment", "log2_enrichment_low", "log2_enrichment_high"]
    counts.loc[row, names] = [3.0, 2.0, 3.5]
    said = " ".join(emotion_sentences.of_emotion(Figures.of(study), "happy"))
    assert "rests most densely on the mouth (8.0 times its area, 95 % interval 4.0–11.3)" in said
    cells = {row.region: row.enrichment.text for row in table(study)}
    assert cells["mouth"] == "+3.0*"
    counts.loc[row, names] = [3.0, -0.1, 6.1]
    assert {row.region: row.enrichment.text for row in table(study)}["mouth"] == "+3.0"


def table(study: FakeStudy) -> list[grids.RegionRow]:
    return grids.region_table(Figures.of(study), "occlusion", "coarse", "happy")


def test_the_region_counted_most_is_judged_as_the_best_of_all(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=60, methods=("occlusion",))
    counts = study.tables["counts"]
    happy = (counts["emotion"] == "happy") & (counts["level"] == "coarse")
    counts.loc[happy, ["n", "counted", "frequency", "chance"]] = [10, 2, 0.2, 0.5]
    mouth = happy & (counts["region"] == "mouth")
    for counted, verdict in ((9, "within"), (10, "beyond")):  # .011 and .001 alone, .075 and .007 as the best of 7
        counts.loc[mouth, ["counted", "frequency"]] = [counted, counted / 10]
        said = " ".join(emotion_sentences.of_emotion(Figures.of(study), "happy"))
        assert f"the mouth stands out most from chance: on {counted} of 10 faces" in said
        assert f"for the best of 7 regions that is {verdict} chance" in said


def test_of_an_emotion_with_two_faces_nothing_more_is_said(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=40)
    labels = np.where(study.tables["predictions"]["label"] == "fear", "sad", study.tables["predictions"]["label"])
    study.tables["predictions"]["label"] = ["fear"] * 2 + list(labels[2:])
    said = emotion_sentences.of_emotion(Figures.of(study), "fear")
    assert said[-1] == "Of so few faces nothing more can be said, and no number below has a colour."
    study.tables["predictions"]["label"] = ["fear"] * 3 + list(labels[3:])
    assert "nothing more can be said" not in " ".join(emotion_sentences.of_emotion(Figures.of(study), "fear"))


@pytest.fixture
def two_angry(tmp_path: Path) -> FakeStudy:
    """A study whose tables have two angry faces."""
    study = make_study(tmp_path, faces=60)
    for name in ("counts", "ablation"):
        table = study.tables[name]
        table.loc[table["emotion"] == "angry", "n"] = 2
    return study


def test_two_faces_are_in_no_table_of_findings_and_have_no_colour(two_angry: FakeStudy) -> None:
    figures = Figures.of(two_angry)
    others = [emotion for emotion in figures.emotions if emotion != "angry"]
    assert figures.told(figures.counts_of("occlusion")) == others
    heat = grids.region_heat(figures, "occlusion", "coarse")
    assert [name for name, _ in heat.columns] == others
    assert {len(cells) for _, cells in heat.rows} == {len(others)}
    assert grids.face_map(figures, "occlusion", "angry", "Occlusion") is None
    assert {row.enrichment.shade for row in grids.region_table(figures, "occlusion", "coarse", "angry")} == {"x"}
    for lost in causes.cost_grids(figures, "grey"):
        assert [name for name, _ in lost.columns] == ["all", *others]
    assert grids.shade(1.0, 2.0, FEWEST - 1) == "x" != grids.shade(1.0, 2.0, FEWEST)


def test_ties_are_told_as_ties(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    table = study.tables["ablation"]
    table.loc[table["region"].isin(["eye", "brow"]), ["cost", "cost_low", "cost_high"]] = [0.5, -0.1, 0.9]
    told = str(causes.costliest(Figures.of(study)))
    assert "most for the brow and the eye, +50 points each" in told
    table.loc[table["region"].isin(["eye", "brow"]), "cost_low"] = 0.1
    assert str(causes.costliest(Figures.of(study))).startswith("Hiding the brow or the eye ")
    study.tables["predictions"]["label"] = ["happy", "sad", "fear"] * 10
    text = " ".join(sentences.headline(Figures.of(study)))
    assert "always answering one and the same emotion would reach 33" in text


def test_an_emotion_answered_twice_too_often_is_told(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=12)
    table = study.tables["predictions"]
    table["label"] = ["happy"] * 3 + ["sad"] * 5 + ["fear"] * 4
    table["predicted"] = ["happy"] * 7 + ["sad"] * 5
    assert cautions.lopsided(Figures.of(study)) == [
        "It answers happy for 7 of the 12 labelled faces, of which 3 are labelled so."
    ]
    table["predicted"] = ["happy"] * 5 + ["sad"] * 7
    assert cautions.lopsided(Figures.of(study)) == []
