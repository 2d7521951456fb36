"""The faces page: which faces it takes, and what its scripts are told."""

from __future__ import annotations

import base64
import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fer_xai.report.browse import MOST, Browser, map_side, sample
from fer_xai.report.figures import Figures
from fer_xai.report.scripts import told, write_data
from tests.report.fake_study import COARSE, FakeStudy, make_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> FakeStudy:
    """More faces than a small page takes."""
    return make_study(tmp_path_factory.mktemp("many"), faces=400, methods=("occlusion", "lime:slic"), labelled=0.9)


@pytest.fixture(scope="module")
def figures(study: FakeStudy) -> Figures:
    """Its figures."""
    return Figures.of(study)


def test_a_small_study_is_shown_whole(tmp_path: Path) -> None:
    figures = Figures.of(make_study(tmp_path, faces=12, methods=("occlusion",)))
    assert sample(figures, [3]) == list(range(12))


def test_the_sample_keeps_the_share_of_right_and_wrong_within_each_emotion(figures: Figures) -> None:
    rows = sample(figures, [], most=100)
    assert len(rows) == len(set(rows)) == 100
    assert rows == sorted(rows)
    kinds = pd.Series(figures.group).astype(str) + np.where(figures.label == figures.predicted, " right", " other")
    whole, drawn = kinds.value_counts(normalize=True), kinds.iloc[rows].value_counts(normalize=True)
    # A kind's share may be off by one face at either end.
    assert (drawn.reindex(whole.index).fillna(0) - whole).abs().max() < 0.02


def test_the_sample_is_drawn_by_the_studys_seed_and_not_by_place(figures: Figures) -> None:
    assert sample(figures, [], most=100) == sample(figures, [], most=100)
    other = Figures({**figures.manifest, "seed": 1}, figures.tables)
    assert sample(other, [], most=100) != sample(figures, [], most=100)
    assert sample(figures, [], most=100) != list(range(100))


def test_the_faces_of_the_emotions_pages_are_in_the_sample(figures: Figures) -> None:
    always = [399, 5, 5, 17, 350]
    assert set(always) <= set(sample(figures, always, most=20))
    assert set(sample(figures, list(range(30)), most=20)) == set(range(30))


def test_all_maps_together_keep_within_the_budget() -> None:
    assert map_side(48, 48, 350 * 8) == 48
    for height, width in ((224, 224), (480, 640), (300, 150)):
        side = map_side(height, width, 350 * 8)
        shown = side / max(height, width)
        assert 350 * 8 * (height * shown) * (width * shown) <= 16_100_000
        assert side >= 48
    assert map_side(224, 224, 10) == 112


def test_scripts_are_told_the_tables_figures(study: FakeStudy, figures: Figures) -> None:
    rows = [0, 7, 30]
    data = Browser(study, figures, rows).data()
    names = [region["name"] for region in data["regions"]]
    assert set(names) == set(COARSE)
    table = study.tables["regions"]
    for place, row in enumerate(rows):
        face = study.tables["predictions"].iloc[row]
        assert data["faces"][place]["id"] == face["face"]
        assert data["faces"][place]["label"] == face["label"]
        assert data["faces"][place]["p"] == [round(1000 * face[f"p_{name}"]) for name in data["emotions"]]
        for method in ("occlusion", "lime:slic"):
            told_of = data["looks"][method][place]
            mine = table[(table["face"] == face["face"]) & (table["method"] == method) & (table["level"] == "coarse")]
            mine = mine.set_index("region").loc[names]
            assert told_of["share"] == [round(1000 * share) for share in mine["share"]]
            assert told_of["chance"] == [round(1000 * share) for share in mine["counted_chance"]]
            assert [bool(told_of["counted"] >> r & 1) for r in range(len(names))] == list(mine["counted"])
    grey = np.frombuffer(base64.b64decode(data["grey"]), np.uint8).reshape(3, 48, 48)
    assert np.array_equal(grey, study.faces.pixels()[rows][..., 0])


def test_faces_without_landmarks_of_their_own_have_no_regions(study: FakeStudy, figures: Figures) -> None:
    lost = [int(row) for row in np.flatnonzero(study.tables["landmarks"]["landmarks"] == "none")[:2]]
    looks = Browser(study, figures, [*lost, 0]).data()["looks"]["occlusion"]
    assert looks[:2] == [None, None]
    assert looks[2] is not None


def test_maps_come_with_the_value_of_full_colour(study: FakeStudy, figures: Figures) -> None:
    maps, _ = study.maps("occlusion")
    told_of = Browser(study, figures, [4, 9]).maps("occlusion", maps[[4, 9]])
    levels = np.frombuffer(base64.b64decode(told_of["maps"]), np.int8).reshape(2, 48, 48)
    for level, full, truth in zip(levels, told_of["full"], maps[[4, 9]], strict=True):
        inside = np.abs(truth) < 0.95 * float(full)
        assert np.abs(level / 127 * float(full) - truth)[inside].max() < 0.05 * float(full)


def test_an_older_study_without_the_chance_of_counting_is_told_so(study: FakeStudy, figures: Figures) -> None:
    regions = study.tables["regions"].drop(columns="counted_chance")
    older = dataclasses.replace(study, tables={**study.tables, "regions": regions})
    look = Browser(older, figures, [0]).data()["looks"]["occlusion"][0]
    assert look["chance"] == [None] * len(COARSE)


def test_data_cannot_leave_their_script(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><!-- & \u2028"
    write_data(tmp_path, "data", {"id": evil})
    text = (tmp_path / "faces" / "data.js").read_text(encoding="utf-8")
    assert not set("<>&\u2028") & set(text)
    assert json.loads(told(text)) == {"id": evil}


def test_the_page_takes_so_many_faces() -> None:
    assert MOST == 350
