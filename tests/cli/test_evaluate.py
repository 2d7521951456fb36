"""``fer-xai evaluate`` and ``fer-xai ensemble``: what they print, write and refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from fer_xai.cli.app import app
from fer_xai.emotions import FER2013, FERPLUS
from tests.evaluation.planted import planted_faces, planted_model


def run(command: str, *arguments: object) -> Result:
    return CliRunner().invoke(app, [command, *map(str, arguments)])


def refused(command: str, *arguments: object) -> str:
    """Run, expect one line on stderr and exit code 2, and return the line."""
    result = run(command, *arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    (line,) = result.stderr.splitlines()
    return line


def told(command: str, *arguments: object) -> dict[str, Any]:
    result = run(command, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout, parse_constant=pytest.fail)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """280 planted test faces; the model is right on all but 28, whose labels are wrong; 14 are training faces too."""
    faces = planted_faces(each=40, noise=0.005)
    numbers = np.array([FER2013.index(str(label)) for label in faces.labels])
    wrong = numbers.copy()
    # Four in each forty; the first two of those are copies.
    wrong[np.arange(280) % 40 < 4] += 1
    images, copied = faces.pixels()[..., 0], np.arange(280) % 40 < 2
    path = tmp_path_factory.mktemp("data") / "planted.npz"
    usage = ["PrivateTest"] * 280 + ["Training"] * 14
    labels = np.concatenate([wrong % 7, numbers[copied]])
    np.savez(path, images=np.concatenate([images, images[copied]]), labels=labels, usage=usage)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "planted.keras"
    planted_model("unit", FER2013).save(path)
    return path


@pytest.fixture(scope="module")
def written(data: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    out = tmp_path_factory.mktemp("out") / "evaluation"
    return out, told("evaluate", "--model", model, "--data", data, "--split", "test", "--out", out)


def test_the_figures_are_the_planted_ones(written):
    found = written[1]
    assert (found["n"], found["left_out"]) == (280, {})
    assert found["accuracy"]["value"] == pytest.approx(0.9)
    assert found["accuracy"]["low"] < 0.9 < found["accuracy"]["high"]
    assert (found["accuracy_of_copies"]["value"], found["accuracy_of_copies"]["n"]) == (0, 14)
    assert found["accuracy_without_copies"]["value"] == pytest.approx((280 - 28) / (280 - 14))
    assert np.diag(found["confusion"]["counts"]).tolist() == [36] * 7
    assert {row["n"] for row in found["top_confusions"]} == {4}
    assert [row["recall"] for row in found["per_class"]] == [0.9] * 7
    assert found["binary_accuracy"]["chance"] == pytest.approx(6 / 7)
    assert found["most_frequent"]["share"] == pytest.approx(1 / 7)
    assert set(found["calibration"]["ece"]) >= {"value", "chance", "chance_high", "p"}
    assert (found["model"]["name"], found["data"]["split"]) == ("planted", "test")


def test_the_tables_and_pictures_say_the_same(written):
    out, found = written
    assert json.loads((out / "summary.json").read_text()) == found
    predictions = pd.read_parquet(out / "predictions.parquet")
    assert predictions["correct"].mean() == pytest.approx(0.9)
    assert predictions["copy"].sum() == 14
    assert np.allclose(predictions[[f"p_{emotion}" for emotion in FER2013]].sum(axis=1), 1, atol=1e-5)
    assert predictions["loss"].mean() == pytest.approx(found["loss"]["value"])
    confusions = pd.read_parquet(out / "confusions.parquet")
    assert confusions.loc[confusions["label"] != confusions["predicted"], "n"].sum() == 28
    assert pd.read_parquet(out / "calibration.parquet")["n"].sum() == 280
    assert pd.read_parquet(out / "per_class.parquet")["right"].sum() == 252
    for name in ("confusion", "per_class", "reliability"):
        assert np.asarray(Image.open(out / f"{name}.png").convert("L")).std() > 5
        assert (out / f"{name}.svg").read_text().lstrip().startswith("<?xml")
    assert sorted(path.suffix for path in out.iterdir()) == sorted([".json", *[".parquet"] * 4, *[".png", ".svg"] * 3])


def test_one_face_is_measured_and_drawn_and_what_it_cannot_tell_is_said(data, model, tmp_path):
    found = told("evaluate", "--model", model, "--data", data, "--limit", 1, "--out", tmp_path)
    assert (found["n"], found["loss"]["low"]) == (1, None)
    assert any("One face only" in remark for remark in found["remarks"])
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_a_report_is_not_overwritten(data, model, tmp_path):
    (tmp_path / "study.json").write_text("{}")
    assert "holds a report" in refused("evaluate", "--model", model, "--data", data, "--out", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["study.json"]


def test_without_out_it_only_prints(data, model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("evaluate", "--model", model, "--data", data, "--limit", 70)
    assert result.exit_code == 0, result.output
    for words in ("planted on 70 labelled faces", "accuracy", "balanced accuracy", "Most frequent errors", "happy"):
        assert words in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_labels_that_the_model_does_not_know_are_said_and_shared_only_when_asked(data, tmp_path):
    path = tmp_path / "six.keras"
    planted_model("unit", tuple(emotion for emotion in FER2013 if emotion != "disgust")).save(path)
    options = ("--model", path, "--data", data, "--emotions", "angry,fear,happy,sad,surprise,neutral")
    found = told("evaluate", *options)
    assert found["left_out"] == {"label disgust, which the classifier does not know": 40}
    assert (found["n"], found["accuracy_of_all_labels"]["n"]) == (240, 280)
    assert "left out: 40 with label disgust" in found["remarks"][0]
    assert "left out: 40 with label disgust" in run("evaluate", *options).stdout.replace("\n", " ")
    plain = told("evaluate", *options, "--drop", "fear")
    shared = told("evaluate", *options, "--drop", "fear", "--shared-emotions")
    assert "fear" in plain["confusion"]["emotions"]
    assert shared["confusion"]["emotions"] == ["angry", "happy", "sad", "surprise", "neutral"]
    assert shared["loss"]["value"] < plain["loss"]["value"]
    assert any("scaled" in remark for remark in shared["remarks"])


def test_votes_are_measured_against(data, model, tmp_path):
    faces = np.load(data)
    names = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
    votes = np.zeros((294, 10), int)
    votes[np.arange(294), [FERPLUS.index(FER2013[label]) for label in faces["labels"]]] = 7
    votes[:, 8] = 3
    table = pd.DataFrame(votes, columns=[*names, "unknown", "NF"])
    table.to_csv(tmp_path / "votes.csv", index=False)
    path = tmp_path / "rows.csv"
    pixels = [" ".join(map(str, image.ravel())) for image in np.kron(faces["images"], np.ones((6, 6), int))]
    pd.DataFrame({"emotion": faces["labels"], "pixels": pixels, "Usage": faces["usage"]}).to_csv(path, index=False)
    found = told("evaluate", "--model", model, "--data", path, "--ferplus", tmp_path / "votes.csv")
    # Voters who know what it is all say the label: a classifier that is right on nine in ten agrees with nine in ten.
    assert found["vote_agreement"]["value"] == pytest.approx(found["accuracy"]["value"])
    assert found["vote_loss_least"]["value"] == 0
    assert found["vote_loss"]["value"] == pytest.approx(found["loss"]["value"])


def test_what_cannot_be_measured_is_refused_in_one_line(data, model, tmp_path):
    assert "no labelled faces" in refused("evaluate")
    assert "has no validation faces" in refused("evaluate", "--data", data, "--split", "validation")
    assert "is a file" in refused("evaluate", "--data", data, "--model", model, "--out", model)
    np.savez(tmp_path / "contempt.npz", images=np.zeros((2, 8, 8), np.uint8), labels=[0, 0], classes=["contempt"])
    assert "no face can be counted: the labels are contempt, and planted knows angry" in refused(
        "evaluate", "--model", model, "--data", tmp_path / "contempt.npz"
    )


def test_an_ensemble_is_written_measured_and_explained(data, model, tmp_path):
    other, out = tmp_path / "other.keras", tmp_path / "mean.keras"
    planted_model("tf", tuple(reversed(FER2013))).save(other)
    # Said once, as a person would.
    assert run("inspect", other, "--scaling", "tf", "--emotions", ",".join(reversed(FER2013))).exit_code == 0
    made = told("ensemble", model, other, "--weights", "1,3", "--out", out)
    assert (made["weights"], [member["name"] for member in made["members"]]) == ([1, 3], ["planted", "other"])
    assert made["classifier"]["emotions"] == list(FER2013)
    each = [told("evaluate", "--model", path, "--data", data) for path in (model, other, out)]
    assert each[2]["accuracy"]["value"] == pytest.approx(0.9)
    assert min(one["loss"]["value"] for one in each[:2]) <= each[2]["loss"]["value"] <= each[0]["loss"]["value"] + 0.1
    assert each[2]["model"]["name"] == "mean"
    assert "expected numbers" in refused("ensemble", model, other, "--weights", "1,x", "--out", out)
    assert "expected 2 positive numbers" in refused("ensemble", model, other, "--weights", "1", "--out", out)
    assert "ends in .keras" in refused("ensemble", model, other, "--out", tmp_path / "mean.h5")
    assert "is one of the models" in refused("ensemble", model, out, "--out", out)
    assert "two classifiers or more" in refused("ensemble", model, "--out", out)
