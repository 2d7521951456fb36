"""What a reader must know first: what was assumed, whose model it is, and whether it learned from these faces."""

from __future__ import annotations

from pathlib import Path

import pytest

from fer_xai.classifier.bundled import WEIGHTS
from fer_xai.report import cautions, facts, grids, sentences, trust
from fer_xai.report.figures import Figures
from tests.report.fake_study import make_study


def test_what_was_assumed_opens_the_report_and_the_summary(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=10)
    study.manifest["model"].pop("assumed", None)
    assert cautions.assumed(Figures.of(study)) == []
    study.manifest["model"] |= {"assumed": ["scaling", "emotions"], "scaling": "unit"}
    said = sentences.headline(Figures.of(study))[1]
    assert said.startswith("Assumed, since nobody said: its pixel scaling (unit) and the order of its emotions.")


def test_a_bundled_model_is_called_so(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=10)
    assert "comes with fer-xai" not in sentences.headline(Figures.of(study))[0]
    study.manifest["model"]["sha256"] = next(iter(WEIGHTS))
    said = sentences.headline(Figures.of(study))[0]
    assert ", which comes with fer-xai and learned from FER2013's training faces, is a classifier" in said


@pytest.mark.parametrize(
    ("split", "told"),
    [
        ("train", "These are training faces"),
        ("test, train", "Among these are training faces"),
        *(("test", ""), (None, ""), ("training-2", "")),
    ],
)
def test_training_faces_are_told(tmp_path: Path, split: str | None, told: str) -> None:
    study = make_study(tmp_path, faces=40)
    study.manifest["data"]["split"] = split
    said = " ".join(sentences.headline(Figures.of(study)))
    assert said.count("training faces") == bool(told)
    assert told in said


def test_maps_with_nothing_for_the_answer_are_counted_on_faces_with_landmarks(tmp_path: Path) -> None:
    figures = Figures.of(make_study(tmp_path, faces=40))
    sums = figures.tables["region_sums"]
    name, own = "Faces with landmarks on which nothing speaks for the answer", sums["own"].astype(bool)
    sums["known"] = sums["n"]
    assert name not in dict(facts.data_facts(figures))
    sums.loc[~own, "known"] = 0  # no landmarks, no share of any region: that is no empty map
    assert name not in dict(facts.data_facts(figures))
    some = own & (sums["method"] == "occlusion")
    sums.loc[some, "known"] -= 1
    assert dict(facts.data_facts(figures))[name] == "Occlusion 1"


@pytest.mark.parametrize(("grid", "told"), [([3, 3], True), ([4, 9], True), ([5, 5], False), (None, False)])
def test_a_layer_of_few_cells_is_told_where_its_maps_are_shown(
    tmp_path: Path, grid: list[int] | None, told: bool
) -> None:
    study = make_study(tmp_path, faces=40)
    study.manifest["model"] |= {"cam_layer": "block5", **({"cam_grid": grid} if grid else {})}
    figures = Figures.of(study)
    assert trust.coarse(figures) == (["gradcam"] if told else [])
    layer = dict(facts.model_facts(figures))["Layer of Grad-CAM"]
    assert layer == (f"block5, {grid[0]} × {grid[1]} blocks of the face" if grid else "block5")


def test_blind_maps_are_chance_and_never_clear_of_it(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=40)
    blind = study.tables["specificity_blind"]
    blind[["value", "low", "high"]] = [0.2, 0.1, 0.3]
    figures = Figures.of(study)
    assert {
        fork.clear for method, forks in grids.specificity_rows(figures) if method in figures.blind for fork in forks
    } == {"none"}
    own = grids.fork_of(figures, str(figures.lead), figures.codebook)
    assert own is not None
    assert own.beside == "0.00 to +0.20, what blind maps have"
