"""Groups in the report: each sentence follows from its figures; small groups are grey and never hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from fer_xai.report import groups, render
from fer_xai.report.figures import Figures
from tests.report.fake_study import FakeStudy, make_study
from tests.report.test_render import Page
from tests.report.wrong_tables import add_groups


@pytest.fixture
def study(tmp_path: Path) -> FakeStudy:
    return add_groups(make_study(tmp_path, faces=30, methods=("occlusion",)))


def told(study: FakeStudy) -> groups.Groups:
    found = groups.section(Figures.of(study))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_groups_that_differ_are_named(study: FakeStudy) -> None:
    accuracy, *more = told(study).sentences
    assert "gender f is 80\N{NO-BREAK SPACE}%: 10 points above other faces of the same label" in accuracy
    assert "(95 % interval +5 to +15)" in accuracy
    assert "10 points below" in more[0]
    assert "gender f more at the mouth (+6 points)" in more[1]


def test_without_differences_the_sentence_says_so(study: FakeStudy) -> None:
    study.tables["groups"]["p_holm"] = 0.3
    accuracy, looks = told(study).sentences
    assert accuracy == "Accuracy: none of 3 groups differs from the other faces beyond chance."
    assert "no group differs" in looks


def test_small_groups_are_greyed_and_shown(study: FakeStudy) -> None:
    found = told(study)
    assert found.small == 1
    (column,) = found.columns
    assert [(line.name, line.small) for line in column.lines] == [("f", False), ("m", False), ("x", True)]
    assert column.regions is not None
    assert [name for name, _ in column.regions.columns] == ["f", "m", "x"]
    for _, cells in column.regions.rows:
        assert cells[2].shade == "x"
        assert cells[0].shade != "x"
    text = render(study).read_text(encoding="utf-8")  # type: ignore[arg-type]
    Page(text)
    section = text[text.index('id="groups"') :]
    assert '<tr class="blind"><th scope="row">x</th>' in section
    assert "1 group of fewer than 20 faces" in section


def test_faces_without_groups_have_no_section(tmp_path: Path) -> None:
    assert groups.section(Figures.of(make_study(tmp_path, faces=20))) is None  # type: ignore[arg-type]
