"""What the command line says about a model reaches the classifier, and what cannot be used is told in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from fer_xai.cli import opening
from fer_xai.cli.app import app
from fer_xai.cli.loudness import say_what_was_kept
from fer_xai.errors import InputError
from tests.stubs import STUBS, multi_output, write_keras_2

BUILDER = """
def build():
    from keras import Sequential, layers

    return Sequential([layers.Conv2D(4, 3, strides=2, name="first"), layers.Flatten(), layers.Dense(7, "softmax")])

number = 3
"""


@pytest.fixture
def own_code(tmp_path: Path) -> Path:
    path = tmp_path / "own_model.py"
    path.write_text(BUILDER)
    return path


@pytest.fixture
def picture(tmp_path: Path, sample_images: np.ndarray) -> Path:
    from PIL import Image

    path = tmp_path / "face.png"
    Image.fromarray((sample_images[0, ..., 0] * 255).astype(np.uint8)).save(path)
    return path


def explained(picture: Path, model: Path, *more: str) -> dict[str, Any]:
    out = picture.with_name("why.png")
    arguments = ["explain", str(picture), "--model", str(model), "--method", "gradcam", "--out", str(out), "--json"]
    result = CliRunner().invoke(app, [*arguments, *more])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_file_of_keras_2_is_explained_from_the_command_line(picture, tmp_path):
    path = tmp_path / "old.h5"
    write_keras_2(path)
    assert explained(picture, path)["method"] == "gradcam"


def test_weights_and_a_builder_are_explained_from_the_command_line(picture, own_code, tmp_path):
    import runpy

    model = runpy.run_path(str(own_code))["build"]()
    model(np.zeros((1, 24, 24, 1), np.float32))
    weights = tmp_path / "own.weights.h5"
    model.save_weights(weights)
    told = explained(picture, weights, "--builder", f"{own_code}:build", "--input-shape", "24x24x1")
    row = told["faces"][0]
    opened = opening.open_classifier(weights, builder=f"{own_code}:build", input_shape="24x24x1")
    assert opened.input_shape == (24, 24, 1)
    assert row["predicted"] in opened.emotions


def test_an_output_is_named_and_remembered(picture, tmp_path):
    path = tmp_path / "two.keras"
    multi_output().model.save(path)
    result = CliRunner().invoke(app, ["explain", str(picture), "--model", str(path), "--out", str(tmp_path / "w.png")])
    assert result.exit_code == 2
    assert "has 2 outputs (valence, emotion)" in result.stderr
    explained(picture, path, "--output", "emotion")
    explained(picture, path)
    assert json.loads(Path(f"{path}.fer-xai.json").read_text())["output"] == "emotion"


def test_a_colour_is_told_and_remembered(tmp_path):
    path = tmp_path / "colour.keras"
    STUBS["nested_colour"]().save(path)
    assert opening.open_classifier(path).colour == "rgb"
    assert opening.open_classifier(path, colour="bgr").colour == "bgr"
    assert opening.open_classifier(path).colour == "rgb", "not yet: it may still be refused"
    say_what_was_kept()
    assert opening.open_classifier(path).colour == "bgr"


def test_what_nobody_said_of_ones_own_model_is_remarked_after_all_went_well(tmp_path, picture):
    path = tmp_path / "own.keras"
    STUBS["softmax_in_dense"]().save(path)

    def told(*arguments: str) -> str:
        command = ["explain", str(picture), "--method", "gradcam", "--out", str(tmp_path / "w.png"), *arguments]
        return CliRunner().invoke(app, command).stderr

    said = told("--model", str(path)).splitlines()[-1]
    assert said.startswith("assumed of own.keras: scaling unit, emotions angry disgust fear")
    assert f"fer-xai inspect {path} --data" in said
    assert "assumed" not in told("--model", str(path), "--target", "contempt")  # a refusal is one line
    scaled = told("--model", str(path), "--scaling", "unit")
    assert "assumed of own.keras: emotions angry" in scaled
    assert "remembered of own.keras, so that it need not be said again: scaling unit" in scaled
    again = told("--model", str(path))
    assert "assumed of own.keras: emotions angry" in again, "what nobody said is not remembered with what was"
    assert "as remembered of own.keras: scaling unit (say it anew to change it)" in again
    ordered = told("--model", str(path), "--emotions", "fer2013")
    assert "as remembered of own.keras: scaling unit" in ordered
    assert "so that it need not be said again: emotions fer2013" in ordered
    for known in (("--model", str(path)), ("--model", "baseline-cnn"), ()):
        assert "assumed" not in told(*known)


def test_a_builder_may_be_in_a_package(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "own_package.py").write_text(BUILDER)
    assert opening.read_builder("own_package:build")().built is False


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("build", "expected FILE.py:FUNCTION or package.module:FUNCTION"),
        ("{code}:biuld", "has no function biuld"),
        ("{code}:number", "number is no function"),
        ("nowhere.py:build", "cannot be read"),
        ("no_such_package:build", "cannot be read"),
    ],
)
def test_a_builder_that_is_not_there(own_code, named, said):
    with pytest.raises(InputError, match=said) as refused:
        opening.read_builder(named.format(code=own_code))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["48", "48x48", "48x48xgrey", "0x48x1", "48x48x1x1"])
def test_an_input_shape_that_is_none(text):
    with pytest.raises(InputError, match="expected height x width x channels"):
        opening.read_shape(text)
