"""Who looks at the background is told so, and nobody else."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fer_xai.report import outside, sentences
from fer_xai.report.figures import Figures
from tests.report.fake_study import FakeStudy, make_study


def background(study: FakeStudy, method: str) -> np.ndarray:
    rows = study.tables["regions"]
    return ((rows["method"] == method) & (rows["level"] == "coarse") & (rows["region"] == "background")).to_numpy()


def test_an_honest_study_is_not_warned_of(rendered: FakeStudy) -> None:
    figures = Figures.of(rendered)
    (said,) = outside.sentences(figures)
    share = rendered.tables["regions"].loc[background(rendered, "occlusion"), "share"].mean()
    assert said.startswith(f"{100 * share:.0f}\N{NO-BREAK SPACE}% of what speaks for its answers lies outside the face")
    assert "41\N{NO-BREAK SPACE}% of the picture" in said
    assert said.endswith("less than what a flat map would have.")
    assert said in sentences.headline(figures)


def test_a_study_that_looks_at_the_background_is(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=40)
    rows = study.tables["regions"]
    cheats = background(study, "occlusion") & rows["share"].notna().to_numpy()
    rows.loc[cheats, "share"] = np.random.default_rng(0).uniform(0.5, 0.8, cheats.sum())
    (said,) = outside.sentences(Figures.of(study))
    assert said.startswith("Warning: this model looks at the background. 6")
    assert "more, beyond chance, than a flat map would have" in said


def test_methods_that_are_not_causal_are_not_asked(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=40)
    rows = study.tables["regions"]
    rows.loc[background(study, "gradcam") & rows["share"].notna().to_numpy(), "share"] = 0.95
    (said,) = outside.sentences(Figures.of(study))
    assert "Warning" not in said


def test_chance_alone_does_not_warn(tmp_path: Path) -> None:
    """Shares around the area itself: a warning in at most a few of a hundred studies."""
    study = make_study(tmp_path, faces=40)
    rows, warned = study.tables["regions"], 0
    here = background(study, "occlusion") & rows["share"].notna().to_numpy()
    rng = np.random.default_rng(1)
    for _ in range(100):
        rows.loc[here, "share"] = 0.41 + rng.uniform(-0.3, 0.3, here.sum())
        warned += "Warning" in outside.sentences(Figures.of(study))[0]
    assert warned <= 8


def test_no_landmarks_nothing_said(tmp_path: Path) -> None:
    assert outside.sentences(Figures.of(make_study(tmp_path, faces=20, landmarks=False))) == []
