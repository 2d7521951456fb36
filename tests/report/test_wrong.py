"""Where it goes wrong: each sentence follows from its figures, and changes with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fer_xai.report import render, wrong
from fer_xai.report.figures import Figures
from tests.report.fake_study import FakeStudy, make_study
from tests.report.test_render import Page
from tests.report.wrong_tables import add_wrong, confusion

SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def study(tmp_path: Path) -> FakeStudy:
    return add_wrong(make_study(tmp_path, faces=60, methods=("occlusion",)))


def told(study: FakeStudy) -> wrong.Wrong:
    found = wrong.section(study, Figures.of(study))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_the_regions_that_pulled_are_named_with_their_points(study: FakeStudy) -> None:
    assert told(study).sentences == [
        f"20 faces of 100 labelled fear are called surprise (20{SPACE}%, 95 % interval 10–30{SPACE}%): the mouth (+12) "
        "pulled the answer there; the brow (−4) spoke for fear (points of probability).",
        f"12 faces of 100 labelled sad are called neutral (12{SPACE}%, 95 % interval 10–30{SPACE}%): no region alone "
        "pulled the answer there beyond chance.",
    ]


@pytest.mark.parametrize(
    ("region", "value", "p", "said"),
    [
        ("mouth", 0.12, 0.2, "%): the brow (−4) spoke for fear (points"),
        ("mouth", -0.12, 0.001, "the mouth (−12) and the brow (−4) spoke for fear"),
        ("background", 0.2, 0.001, "; the background (+20) pulled it too: not the face"),
        ("cheek", 0.3, 0.01, "the cheek (+30) and the mouth (+12) pulled the answer there"),
    ],
)
def test_other_figures_give_another_sentence(study: FakeStudy, region: str, value: float, p: float, said: str) -> None:
    rows = study.tables["confusions"]
    rows.loc[(rows["label"] == "fear") & (rows["region"] == region), ["value", "p_holm"]] = (value, p)
    rows.loc[:, ["beyond", "p_beyond_holm"]] = rows[["value", "p_holm"]].to_numpy()
    assert said in told(study).sentences[0]


def test_the_strongest_pull_on_a_rare_confusion_is_told_and_the_rest_listed(study: FakeStudy) -> None:
    many = [("happy", "sad", n) for n in range(9, 4, -1)] + [
        ("fear", "sad", 4),
        ("sad", "fear", 4),
        ("sad", "happy", 4),
    ]
    rows = [row for label, predicted, n in many for row in confusion(label, f"{predicted} {n}", n, eye=(0.02 * n, 0.5))]
    rows += confusion("angry", "fear", 3, eye=(0.4, 0.001), nose=(0.9, 0.6))
    study.tables["confusions"] = pd.concat([study.tables["confusions"], pd.DataFrame(rows)], ignore_index=True)
    found = told(study)
    assert found.sentences[-1].startswith("The strongest pull on rarer confusions: 3 faces of 100 labelled angry")
    assert "the eye (+40)" in found.sentences[-1]
    assert found.pulls is not None
    assert found.rest is not None
    assert (len(found.pulls.columns), len(found.rest.columns)) == (8, 3)


def test_a_pull_that_area_alone_would_have_is_not_told(study: FakeStudy) -> None:
    rows = study.tables["confusions"]
    rows.loc[(rows["label"] == "fear") & (rows["region"] == "mouth"), "p_beyond_holm"] = 0.3
    found = told(study)
    assert "mouth" not in found.sentences[0]
    assert found.pulls is not None
    assert "+12" in [row[0].text for _, row in found.pulls.rows]


def test_the_grid_stars_what_is_beyond_chance_only(study: FakeStudy) -> None:
    grid = told(study).pulls
    assert grid is not None
    assert [name for name, _ in grid.columns] == ["fear → surprise", "sad → neutral"]
    cells = {region: [cell.text for cell in row] for region, row in grid.rows}
    assert cells["mouth"] == ["+12*", "0"]
    assert cells["cheek"] == ["+30", "0"]
    assert cells["eye"] == ["0", "+10"]


def test_kinds_are_told_where_they_are_and_denied_where_not(study: FakeStudy) -> None:
    assert "no separate kinds" in told(study).kinds
    assert told(study).kind_grid is None
    found = told(add_wrong(study, found=True))
    assert "fall into 2 kinds by which regions pulled the answer, of 9 and 8 faces" in found.kinds
    assert found.kind_grid is not None
    assert len(found.kind_grid.columns) == 2
    for said in (told(study).kinds, found.kinds):
        assert "0.41" in said
        assert "0.20" in said  # the chance level


def test_covers_that_cost_are_said_and_small_numbers_stay(study: FakeStudy) -> None:
    found = told(study)
    assert "hair" in found.covered_said
    assert "−20 points (95 % interval −25 to −15)" in found.covered_said
    assert [(line.n, line.small) for line in found.covered] == [(25, False), (3, True)]
    study.tables["covered"]["p_holm"] = 0.5
    assert told(study).covered_said == (
        "How often the model is right is not clearly different where something is covered: hair in front "
        "(on 25 faces); "
        "too few faces to tell: mouth hidden."
    )


def test_doubtful_labels_come_with_pictures_and_say_how_many_witnesses(study: FakeStudy) -> None:
    found = told(study).doubts
    assert found is not None
    assert len(found.pictures) == 2
    assert found.pictures[0].uri.startswith("data:image/webp")
    assert "only witness" in found.caution
    doubted = study.tables["label_doubts"]
    votes = {"evidence": "votes", "votes_suggested": 8, "votes_label": 1, "alone": 8, "chance": 0.1}
    study.tables["label_doubts"] = doubted.assign(**votes)
    both = told(study).doubts
    assert both is not None
    assert "more people voted" in both.sentence
    assert both.caution == (
        f"Alone, the model would doubt 8; people confirm 25{SPACE}% of these (95 % interval 7–59{SPACE}%), where "
        f"emotions suggested at random would have 10{SPACE}%."
    )
    assert both.pictures[0].note == "votes 8 : 1"


def test_a_model_no_better_than_one_answer_is_no_witness(study: FakeStudy) -> None:
    study.tables["predictions"]["predicted"] = "disgust"
    found = told(study).doubts
    assert found is not None
    assert "it is no witness" in found.sentence
    assert not found.pictures
    assert not found.lines


def test_a_study_without_wrong_faces_has_no_section(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=20, labelled=False, methods=("occlusion",))
    assert wrong.section(study, Figures.of(study)) is None  # type: ignore[arg-type]


def test_the_page_holds_the_section_and_nests(study: FakeStudy) -> None:
    text = render(add_wrong(study, found=True)).read_text(encoding="utf-8")  # type: ignore[arg-type]
    Page(text)
    section = text[text.index('id="wrong"') : text.index('id="cannot"')]
    for said in ("fear → surprise", "Are there kinds of errors?", "Doubtful labels", "hands before the face"):
        assert said in section


def test_names_from_outside_are_escaped(study: FakeStudy) -> None:
    rows = study.tables["label_doubts"]
    for table in ("predictions", "label_doubts"):
        names = study.tables[table]["face"].replace({rows["face"].iloc[0]: "<b>&"})
        study.tables[table] = study.tables[table].assign(face=names)
    text = render(study).read_text(encoding="utf-8")  # type: ignore[arg-type]
    assert "<b>&" not in text[text.index('id="wrong"') : text.index('id="cannot"')]


def test_missing_figures_are_dashes(study: FakeStudy) -> None:
    rows = study.tables["confusions"]
    study.tables["confusions"] = rows.assign(value=np.nan, p_holm=np.nan)
    grid = told(study).pulls
    assert grid is not None
    assert {cell.text for _, row in grid.rows for cell in row} == {"–"}
    study.tables["covered"] = pd.DataFrame()
    assert told(study).covered == []


def test_changes_that_are_as_frequent_are_all_told(study: FakeStudy) -> None:
    rows = study.tables["label_doubts"]
    rows = pd.concat([rows, rows], ignore_index=True).head(4)
    rows["label"], rows["suggested"] = ["fear", "fear", "sad", "sad"], ["sad", "sad", "neutral", "neutral"]
    study.tables["label_doubts"] = rows
    found = told(study).doubts
    assert found is not None
    assert "Most often (2 times each) a face labelled fear seems sad and labelled sad seems neutral." in found.sentence
