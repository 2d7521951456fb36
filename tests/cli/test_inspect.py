"""``fer-xai inspect``: what it prints, what it remembers, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from fer_xai.classifier import load_classifier
from fer_xai.cli.app import app
from fer_xai.emotions import FER2013
from tests.evaluation.planted import planted_faces, planted_model

ODD = ("sad", "happy", "neutral", "fear", "angry", "surprise", "disgust")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)])


def refused(*arguments: object) -> str:
    """Run, expect one line on stderr and exit code 2, and return the line."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    (line,) = result.stderr.splitlines()
    return line


def told(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout, parse_constant=pytest.fail)


def side_car(model: Path) -> Path:
    return Path(f"{model}.fer-xai.json")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Planted faces: 280 for training whose labels are wrong, 280 for validation whose labels are right."""
    faces = planted_faces()
    numbers = np.array([FER2013.index(str(label)) for label in faces.labels])
    path = tmp_path_factory.mktemp("data") / "planted.npz"
    usage = ["Training"] * len(faces) + ["PublicTest"] * len(faces)
    labels = np.concatenate([(numbers + 1) % 7, numbers])
    np.savez(path, images=np.concatenate([faces.pixels()[..., 0]] * 2), labels=labels, usage=usage)
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "planted.keras"
    planted_model("tf", ODD).save(path)
    return path


def test_without_faces_a_backbones_usual_scaling_is_told(tmp_path):
    inside = keras.Sequential([keras.layers.Input((32, 32, 3)), keras.layers.Conv2D(4, 3)], name="vgg16")
    head = [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(7, activation="softmax")]
    keras.Sequential([inside, *head]).save(tmp_path / "own.keras")
    usual = "Its vgg16, if it is Keras's, is usually given scaling caffe."
    assert usual in run(tmp_path / "own.keras").stdout
    assert usual not in run(tmp_path / "own.keras", "--scaling", "caffe").stdout


def test_a_bundled_one_is_inspected_by_name_and_needs_no_faces(data):
    from fer_xai.classifier.bundled import model_path

    result = told("compact", "--scaling", "tf")
    assert (result["parameters"], result["written"]) == (753_823, None)
    assert told("compact")["origin"]["scaling"] == "bundled"
    assert not side_car(model_path("compact")).exists()
    assert "compact is bundled, so how it was trained is known: inspect it without --data" in refused(
        "compact", "--data", data
    )


def test_without_faces_it_tells_the_model_and_remembers_nothing(model):
    result = told(model)
    assert (result["parameters"], result["input"], result["outputs"]) == (65 * 14 + 15 * 7, [8, 8, 1], 7)
    assert [layer["kind"] for layer in result["layers"]][-3:] == ["Flatten", "Dense", "Dense"]
    assert "softmax" in result["logits_at"]
    assert result["cam_layer"] is None
    assert result["methods"]["lime:slic"] is None
    assert "no convolution" in result["methods"]["gradcam"]
    assert (result["accuracy"], result["candidates"], result["written"]) == (None, [], None)
    assert not side_car(model).exists()
    table = run(model)
    assert table.exit_code == 0
    for words in ("Dense", "8×8×1", "unit (default)", "lime:slic", "no convolution", "--data"):
        assert words in table.stdout


def test_what_is_said_without_faces_is_remembered(model):
    assert told(model, "--scaling", "tf")["written"] == str(side_car(model))
    assert load_classifier(model).scaling == "tf"
    assert told(model)["origin"]["scaling"] == "remembered"


def test_faces_find_the_truth_and_it_is_remembered(model, data):
    result = told(model, "--data", data)
    assert (result["scaling"], result["emotions"], result["settled"]) == ("tf", list(ODD), True)
    assert result["accuracy"]["n"] == 280
    assert result["accuracy"]["low"] < result["accuracy"]["value"] < result["accuracy"]["high"]
    assert result["warning"] is None
    assert result["declared"]["origin"] == {"scaling": "default", "colour": "default", "emotions": "default"}
    best = result["candidates"][0]
    assert (best["scaling"], best["order"], best["chosen"]) == ("tf", "found", True)
    again = load_classifier(model)
    assert (again.scaling, again.emotions) == ("tf", ODD)


def test_a_wrong_claim_is_warned_of_and_overruled(model, data):
    result = told(model, "--data", data, "--scaling", "raw", "--emotions", "alphabetical")
    assert (result["scaling"], result["emotions"]) == ("tf", list(ODD))
    assert "raw, alphabetical order" in result["warning"]
    side_car(model).write_text(json.dumps({"scaling": "unit", "emotions": list(FER2013)}))
    table = run(model, "--data", data)
    assert table.exit_code == 0
    assert "Warning:" in table.stdout
    assert "unit (remembered)" in table.stdout
    assert load_classifier(model).scaling == "tf"


def test_weak_evidence_is_not_remembered(model, data):
    result = told(model, "--data", data, "--limit", 14, "--scaling", "raw")
    assert (result["settled"], result["written"]) == (False, None)
    assert "Not remembered" in run(model, "--data", data, "--limit", 14).stdout
    assert not side_car(model).exists()


def test_another_split_and_the_limit(model, data):
    result = told(model, "--data", data, "--split", "train", "--limit", 140)
    shifted = [FER2013[(FER2013.index(emotion) + 1) % 7] for emotion in ODD]
    assert (result["emotions"], result["accuracy"]["n"]) == (shifted, 140)


def test_a_model_whose_emotions_nobody_can_know(tmp_path, data):
    path = tmp_path / "three.keras"
    planted_model("tf", ("sad", "happy", "neutral")).save(path)
    result = told(path)
    assert (result["emotions"], result["origin"]["emotions"]) == (None, "unknown")
    assert "unknown" in run(path).stdout
    assert told(path, "--data", data)["emotions"] == ["sad", "happy", "neutral"]


def test_refuses_in_one_line(model, data, tmp_path):
    unlabelled = tmp_path / "unlabelled.npz"
    np.savez(unlabelled, images=np.zeros((3, 8, 8), np.uint8))
    assert "no labelled faces" in refused(model, "--data", unlabelled)
    assert "no test faces; it has train, validation" in refused(model, "--data", data, "--split", "test")
    assert "unknown split 'dev'" in refused(model, "--data", data, "--split", "dev")
    assert "no data at" in refused(model, "--data", tmp_path / "none.csv")
    assert "no model at" in refused(tmp_path / "none.keras")
    assert "unknown scaling 'tanh'" in refused(model, "--scaling", "tanh")
    assert "7 outputs but 8 emotions" in refused(model, "--emotions", "ferplus")
    assert "needs 3 channels" in refused(model, "--colour", "bgr")
    assert not side_car(model).exists()
