"""``fer-xai compare`` from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from fer_xai.cli.app import app
from fer_xai.cli.compare import named
from fer_xai.study import Study

ORDER = "sad,angry,happy,fear,neutral,surprise,disgust"


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["compare", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def own_pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands in for the studies' own reports, whose charts take most of the time and have tests of their own."""
    rendered: list[str] = []

    def render(study: Study) -> None:
        rendered.append(study.path.name)
        (study.path / "index.html").write_text("a report")

    monkeypatch.setattr("fer_xai.report.render", render)
    return rendered


def test_a_model_against_itself_under_another_order_is_called_out(model, tmp_path, own_pages):
    """One whole run: both studies, the tables, the page, and the sentence."""
    out = tmp_path / "compared"
    given = (model, model, "--emotions", "fer2013", "--emotions", ORDER, "--limit", 7, "--methods", "gradcam")
    code, stdout, stderr = run(*given, "--out", out, "--json")
    assert code == 0, stderr
    told = json.loads(stdout)
    assert told["models"] == ["net", "net 2"]
    assert "same net with different emotion orders" in told["pairs"][0]["sentence"]
    assert "angry → sad" in told["pairs"][0]["warning"]
    page = Path(told["index"]).read_text().replace("\N{NO-BREAK SPACE}%", " %")
    assert told["pairs"][0]["sentence"] in page
    assert own_pages == ["net", "net_2"]
    for name in own_pages:
        assert f'href="{name}/index.html"' in page
    assert (out / "predictions.parquet").is_file()


def test_one_model_is_refused(model, tmp_path):
    code, _, stderr = run(model, "--out", tmp_path / "out")
    assert code == 2
    assert "give two or more" in stderr
    assert not (tmp_path / "out").exists()


def test_settings_come_once_or_for_each(model, tmp_path):
    three = (model, model, model, "--scaling", "unit", "--scaling", "tf", "--out", tmp_path / "out")
    code, _, stderr = run(*three)
    assert code == 2
    assert stderr.strip() == "fer-xai: received --scaling 2 times for 3 models: give it once, or once for each"


def test_a_report_is_not_written_over(model, tmp_path):
    (tmp_path / "study.json").write_text("{}")
    code, _, stderr = run(model, model, "--out", tmp_path)
    assert code == 2
    assert "holds a report" in stderr


def test_models_of_one_name_are_told_apart():
    def net(name: str) -> SimpleNamespace:
        return SimpleNamespace(name=name)

    def names(*paths: str) -> list[str]:
        return list(named([net(Path(path).stem) for path in paths], [Path(path) for path in paths]))

    assert names("a/best.keras", "b/best.keras", "c/last.keras") == ["a/best", "b/best", "last"]
    assert names("best.keras", "best.keras", "best.keras") == ["best", "best 2", "best 3"]
