"""What ``fer-xai report`` says on the way: pages to read early, and what is not asked of so few faces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fer_xai.cli.app import app
from fer_xai.study import Study

EARLY, NOT_ASKED = "can be read by now", "which method to believe is not asked"


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Stands in for the pages: whether it had been asked which method to believe, each time they were written."""
    written: list[bool] = []

    def render(study: Study, foreword: str = "") -> Path:
        written.append("trust" in study.tables)
        (study.path / "index.html").write_text(foreword or "a report")
        return study.path / "index.html"

    monkeypatch.setattr("fer_xai.report.render", render)
    return written


def report(model: Path, out: Path, *more: object) -> str:
    arguments = ("report", "--model", model, "--limit", 4, "--methods", "saliency", "--out", out, *more)
    result = CliRunner().invoke(app, [str(word) for word in arguments])
    assert result.exit_code == 0, result.stderr
    return result.stderr


def test_of_few_faces_it_is_not_asked_which_method_to_believe_and_that_is_told(model, tmp_path, pages):
    said = report(model, tmp_path / "r")
    assert f"{NOT_ASKED}: of 4 faces nothing could be told (--trust N asks it)" in said
    assert EARLY not in said
    assert pages == [False]


def test_that_asking_takes_as_long_as_the_maps_of_few_faces_is_told(model, tmp_path, pages):
    told = "which method to believe is asked too: of so few faces that takes longer than the maps"
    assert told in report(model, tmp_path / "r", "--limit", 12)
    assert told not in report(model, tmp_path / "s", "--limit", 12, "--trust", 3)


@pytest.mark.parametrize(("patience", "written"), [(0, [False, True]), (3600, [True])])
def test_after_a_while_pages_are_written_before_it_is_asked(model, tmp_path, pages, monkeypatch, patience, written):
    monkeypatch.setattr("fer_xai.cli.report.PATIENCE", patience)
    said = report(model, tmp_path / "r", "--trust", 3)
    assert NOT_ASKED not in said
    assert (EARLY in said) == (len(written) == 2)
    assert pages == written


def test_who_asks_for_none_is_told_nothing_of_it(model, tmp_path, pages):
    assert NOT_ASKED not in report(model, tmp_path / "r", "--trust", 0)
    assert pages == [False]


def test_what_was_assumed_is_told_before_the_work_begins(model, tmp_path, pages):
    lines = report(model, tmp_path / "r").splitlines()
    assumed, begun = (next(n for n, line in enumerate(lines) if word in line) for word in ("assumed of", "explaining"))
    assert assumed < begun
    assert sum("assumed of" in line for line in lines) == 1


def test_a_method_is_given_its_own_options(model, tmp_path, pages):
    report(model, tmp_path / "r", "--option", "saliency.of=logit", "--trust", 0)
    assert Study(tmp_path / "r").manifest["methods"]["saliency"]["of"] == "logit"


def test_an_option_of_a_method_that_does_not_run_is_one_line_and_nothing_is_written(model, tmp_path):
    words = ("report", "--model", model, "--methods", "saliency", "--option", "lime.samples=9", "--out", tmp_path / "r")
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].endswith("'lime' is none of the methods that run: saliency")
    assert not (tmp_path / "r").exists()


def test_rows_that_could_not_be_read_are_told(model, tmp_path, pages):
    table = ["emotion,pixels,Usage", *(f"{n % 7},{' '.join(['9'] * 2304)},PrivateTest" for n in range(24))]
    table[5] = "3,1 2 3,PrivateTest"
    (tmp_path / "faces.csv").write_text("\n".join(table))
    said = report(model, tmp_path / "r", "--data", tmp_path / "faces.csv")
    assert "1 could not be read and is left out: " in said
    face = [
        "explain",
        str(tmp_path / "faces.csv"),
        "--face",
        "row-4",
        "--model",
        str(model),
        "--out",
        str(tmp_path / "a.png"),
    ]
    result = CliRunner().invoke(app, face)
    assert result.exit_code == 2
    assert "there is no face 'row-4'" in result.stderr
    assert "could not be read: " in result.stderr


def test_what_is_refused_is_not_remembered(model, tmp_path, pages):
    beside = tmp_path / "own.keras"
    beside.write_bytes(model.read_bytes())
    memory = tmp_path / "own.keras.fer-xai.json"
    words = (
        "report",
        "--model",
        beside,
        "--limit",
        "4",
        "--methods",
        "gradcam",
        "--scaling",
        "tf",
        "--out",
        tmp_path / "r",
    )
    result = CliRunner().invoke(app, [str(word) for word in (*words, "--option", "gradcam.layer=nowhere")])
    assert result.exit_code == 2
    assert not memory.exists()
    assert "remembered" not in result.stderr
    report(beside, tmp_path / "r", "--scaling", "tf")
    assert json.loads(memory.read_text()) == {"scaling": "tf"}


def test_that_methods_which_are_added_make_it_forget_whom_to_believe_is_told(model, tmp_path, pages):
    report(model, tmp_path / "r", "--trust", 3)
    said = report(model, tmp_path / "r", "--methods", "saliency,occlusion", "--trust", 0)
    assert "which method to believe was asked of fewer methods, and is forgotten" in said
    assert "trust" not in Study(tmp_path / "r").tables


def test_what_tells_two_models_apart_is_said(model, tmp_path, pages):
    report(model, tmp_path / "r", "--trust", 0)
    words = (
        "report",
        "--model",
        model,
        "--limit",
        4,
        "--methods",
        "saliency",
        "--out",
        tmp_path / "r",
        "--scaling",
        "tf",
    )
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 2
    assert "differs in its model (scaling unit there and tf here)" in result.stderr
