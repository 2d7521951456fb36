"""Studies of drawn faces, rendered once for the whole folder of tests."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from fer_xai.charts import Chart
from fer_xai.report import drawn, render
from tests.report.fake_study import FakeStudy, make_study


@pytest.fixture(autouse=True)
def quick_charts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts take seconds: only the study rendered for the whole folder and tests with `undrawn` make them."""
    # The package's function hides its module of the same name.
    monkeypatch.setattr(import_module("fer_xai.report.render"), "write_summary", lambda *told: None)
    if "undrawn" not in request.fixturenames:
        monkeypatch.setattr(drawn, "_drawn", lambda folder, wanted, prefix="": dict.fromkeys(wanted))


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are made in the light theme and written empty."""
    monkeypatch.setattr(drawn, "THEMES", ("light",))
    monkeypatch.setattr(Chart, "svg", lambda chart: b"<svg/>")


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> FakeStudy:
    """A study with labels, seven emotions and six methods, and its report."""
    study = make_study(tmp_path_factory.mktemp("study"), faces=70)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Chart, "svg", lambda chart: b"<svg/>")
        render(study)
    return study


@pytest.fixture(scope="session")
def index(rendered: FakeStudy) -> str:
    """The text of its index page."""
    return Path(rendered.path / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def happy(rendered: FakeStudy) -> str:
    """The text of its page on happy."""
    return Path(rendered.path / "classes" / "happy.html").read_text(encoding="utf-8")
