"""Shares on action units: their intervals, and what may be called beyond chance."""

from __future__ import annotations

import dataclasses
from typing import cast

import numpy as np
import pytest
from scipy import stats

from fer_xai.report import grids
from fer_xai.report.figures import Figures
from fer_xai.study import Study
from tests.report.fake_study import FakeStudy


def with_shares(study: FakeStudy, shares: list[float], area: float, blob: float) -> Figures:
    """A study's figures, with one method, codebook and emotion whose faces have these shares."""
    rows = study.tables["agreement"].iloc[[0] * len(shares)].copy()
    rows["mass_accuracy"], rows["area"], rows["mass_accuracy_blob"] = shares, area, blob
    return Figures.of(cast(Study, dataclasses.replace(study, tables={**study.tables, "agreement": rows})))


def found(figures: Figures) -> grids.Agreement:
    (method, codebook, emotion), *_ = figures.agreement.index
    agreement = grids.agreement_of(figures, method, codebook, emotion)
    assert agreement is not None
    return agreement


SHARES = [0.30, 0.34, 0.28, 0.32, 0.36]


def test_the_interval_is_students(rendered):
    agreement = found(with_shares(rendered, SHARES, 0.1, 0.2))
    low, high = stats.t.interval(0.95, 4, np.mean(SHARES), stats.sem(SHARES))
    assert (agreement.low, agreement.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("area", "blob", "mark"),
    [(0.1, 0.2, "▲"), (0.1, 0.31, "·"), (0.33, 0.1, "·"), (0.5, 0.6, "▼"), (0.1, float("nan"), "▲")],
)
def test_a_mark_says_beyond_all_chance_levels_and_beyond_their_intervals(rendered, area, blob, mark):
    assert found(with_shares(rendered, SHARES, area, blob)).mark == mark


def test_a_single_face_has_no_interval_and_no_mark(rendered):
    agreement = found(with_shares(rendered, [0.9], 0.1, 0.1))
    assert np.isnan(agreement.low)
    assert agreement.mark == "·"


def test_an_emotion_of_one_or_two_faces_has_no_column(rendered):
    figures = Figures.of(cast(Study, rendered))
    method, rows = figures.methods[0], figures.tables["counts"]
    few = (rows["emotion"] == "disgust") & (rows["method"] == method)
    rows.loc[few, "n"] = 2
    assert "disgust" not in dict(grids.region_heat(figures, method, "coarse").columns)
    rows.loc[few, "n"] = 3
    assert dict(grids.region_heat(figures, method, "coarse").columns)["disgust"] == "n = 3"
