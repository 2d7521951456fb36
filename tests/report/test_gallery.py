"""Shown faces are chosen by rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fer_xai.report.figures import Figures
from fer_xai.report.gallery import choose
from fer_xai.report.grids import frequency_chart
from tests.evaluation.trust.made_up import made_up
from tests.report.fake_study import FakeStudy, make_study


def test_right_and_wrong_faces_are_what_they_say(rendered: FakeStudy) -> None:
    figures = Figures.of(rendered)
    right, missed, alarms = choose(figures, "happy")
    assert all(figures.label[row] == figures.predicted[row] == "happy" for row in right.rows)
    assert all(figures.label[row] == "happy" != figures.predicted[row] for row in missed.rows)
    assert all(figures.predicted[row] == "happy" != figures.label[row] for row in alarms.rows)


def test_the_surest_and_the_least_sure_are_both_shown(rendered: FakeStudy) -> None:
    figures = Figures.of(rendered)
    right = choose(figures, "happy")[0]
    every = np.flatnonzero((figures.label == "happy") & (figures.predicted == "happy"))
    sure = list(figures.sure[every])
    shown = list(figures.sure[list(right.rows)])
    assert (max(shown), min(shown)) == (max(sure), min(sure))
    assert shown == sorted(shown, reverse=True)


def test_unlabelled_faces_are_neither_right_nor_wrong(tmp_path: Path) -> None:
    figures = Figures.of(make_study(tmp_path, faces=20, labelled=False))
    groups = [group for emotion in figures.emotions for group in choose(figures, emotion)]
    assert {group.title for group in groups} == {f"Called {emotion}" for emotion in figures.emotions}


def test_an_empty_group_is_told_in_a_whole_sentence(tmp_path: Path) -> None:
    figures = Figures.of(make_study(tmp_path, faces=20, labelled=False))
    (group,) = choose(figures, "happy")
    assert group.empty == "No face is unlabelled and called happy."


def test_counts_are_charted_by_the_method_to_believe(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=40, methods=("occlusion", "lime:slic", "lime:felzenszwalb"))
    chart = frequency_chart(Figures.of(study), "happy")
    assert (chart.methods, chart.standard) == (["lime:slic", "lime:felzenszwalb"], True)
    for best, methods in (("occlusion", ["occlusion", "lime:slic"]), ("lime:slic", ["lime:slic", "lime:felzenszwalb"])):
        scores = {name: {"score": 0.3 if name == best else 0.02} for name in study.manifest["methods"]}
        study.tables["trust"] = made_up(scores)
        assert frequency_chart(Figures.of(study), "happy").methods == methods
