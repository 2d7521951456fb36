"""``fer-xai train`` and ``fer-xai recipes``, as a person calls them."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from fer_xai.classifier import load_classifier
from fer_xai.cli.app import app
from fer_xai.emotions import FER2013
from fer_xai.faces import load_faces

BESIDE = {".keras", ".keras.fer-xai.json", ".keras.training", ".history.csv", ".json", ".md", ".svg"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    return line


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dark faces with a bright square, whose place is the emotion, in FER2013's three parts."""
    rng = np.random.default_rng(0)
    labels = np.tile(np.arange(6), 20)
    images = rng.integers(0, 90, (120, 48, 48)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[8 * label : 8 * label + 8, 16:32] += 150
    path = tmp_path_factory.mktemp("data") / "squares.npz"
    usage = np.array(["Training"] * 72 + ["PublicTest"] * 24 + ["PrivateTest"] * 24)
    np.savez(path, images=images, labels=np.array(FER2013)[labels], usage=usage)
    return path


def test_writes_all_that_belongs_beside_a_model(data, tmp_path):
    out = tmp_path / "m.keras"
    result = run("train", "drawn", "--data", data, "--out", out, "--epochs", 3, "--json")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert {path.name.removeprefix("m") for path in tmp_path.iterdir()} == BESIDE
    assert record["model"] == str(out)
    assert (record["epochs"], record["seed"], record["overrides"]) == (3, 0, ["--epochs 3"])
    assert record["faces"] == {"train": 72, "validation": 24, "test": 24}

    classifier = load_classifier(out)
    assert (classifier.scaling, classifier.emotions) == ("unit", tuple(record["emotions"]))
    test = load_faces(data, split="test")
    answers = np.asarray(classifier.model.predict(test.images(), verbose=0)).argmax(axis=1)
    right = np.mean([classifier.emotions[n] == label for n, label in zip(answers, test.labels, strict=True)])
    assert record["test"]["accuracy"] == pytest.approx(right)
    assert record["test"]["low"] < right < record["test"]["high"]

    assert f"right on {right:.1%} of 24 test faces" in result.stderr
    assert "; always " in result.stderr
    assert record["always"]["accuracy"] == pytest.approx(1 / 6)
    assert "m.keras.training, what a stopped run goes on from" in result.stderr

    card = (tmp_path / "m.md").read_text()
    assert f"{100 * right:.1f} %" in card
    assert "| data | squares.npz |" in card
    assert "fewest are of neutral 0, angry 12" in card
    assert "Training trains, PublicTest validates, PrivateTest tests" in card
    assert str(tmp_path) not in card + (tmp_path / "m.json").read_text().replace(str(out), "")
    rows = list(csv.DictReader((tmp_path / "m.history.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    assert "seconds" not in rows[0]

    again = json.loads(run("train", "drawn", "--data", data, "--out", out, "--epochs", 3, "--json").stdout)
    assert again == record
    assert "belongs to another training" in refused("train", "drawn", "--data", data, "--out", out, "--epochs", 4)


def test_killed_in_an_epoch_it_goes_on_as_if_nothing_had_been(data, tmp_path):
    def command(name: str) -> list[str]:
        arguments = ["train", "drawn", "--data", data, "--out", tmp_path / name, "--epochs", 3, "--batch-size", 2]
        return [str(argument) for argument in arguments]

    assert run(*command("whole.keras")).exit_code == 0
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    program = [sys.executable, "-m", "fer_xai", *command("halves.keras")]
    process = subprocess.Popen(program, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment)
    history = tmp_path / "halves.history.csv"
    while not history.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "halves.keras").exists()
    assert 1 <= len(history.read_text().splitlines()) - 1 < 3
    assert run(*command("halves.keras")).exit_code == 0
    assert history.read_bytes() == (tmp_path / "whole.history.csv").read_bytes()
    models = [load_classifier(tmp_path / name).model for name in ("whole.keras", "halves.keras")]
    assert all(map(np.array_equal, *(model.get_weights() for model in models)))


def test_the_documents_own_split_and_ones_own_test_faces(data, tmp_path):
    out, extra = tmp_path / "m.keras", tmp_path / "extra.npz"
    more = load_faces(data, split="validation")
    np.savez(extra, images=more.pixels(), labels=np.array(more.labels, str))
    options = ("--protocol", "document", "--epochs", 1, "--extra-test", extra, "--drop", "disgust", "--json")
    record = json.loads(run("train", "six-m1", "--data", data, "--out", out, *options).stdout)
    assert "disgust" not in record["emotions"]
    assert record["left_out"] == {"disgust": 20}
    card = (tmp_path / "m.md").read_text()
    assert "| left out | 20 of disgust |" in card
    total = sum(record["faces"].values())
    assert record["faces"]["test"] == pytest.approx(total / 10, abs=1)
    assert record["extra"]["n"] == record["faces"]["test"] + sum(label != "disgust" for label in more.labels)
    assert "split at random" in record["split"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("deep",), "unknown recipe 'deep'"),
        (("drawn", "--out", "m.h5"), "ends in .keras"),
        (("drawn", "--out", "nowhere/m.keras"), "there is no folder nowhere"),
        (("drawn", "--precision", "double"), "known are float32"),
        (("drawn", "--protocol", "own"), "known are standard, document"),
        (("drawn", "--backbone-weights", "none"), "has no backbone"),
        (("six-m1", "--ferplus", "missing.csv"), "no FER+ votes at missing.csv"),
        (("lime-vgg16",), "give its votes with --ferplus"),
        (("app-resnet50",), "vggface_resnet50 has no weights that can be downloaded"),
        (("surgery-vgg16", "--backbone-weights", "missing.h5"), "no backbone weights at missing.h5"),
    ],
)
def test_refuses_in_one_line(data, tmp_path, arguments, message):
    options = {"--out": tmp_path / "m.keras", "--data": data, "--limit": 30}
    given = dict(zip(arguments[1::2], arguments[2::2], strict=True))
    flat = [part for pair in {**options, **given}.items() for part in pair]
    assert message in refused("train", arguments[0], *flat)
    assert not list(tmp_path.iterdir())


def test_offline_is_one_line_and_leaves_nothing(data, tmp_path, monkeypatch):
    def no_network(*_: object, **__: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    line = refused("train", "surgery-vgg16", "--data", data, "--out", tmp_path / "m.keras", "--limit", 30)
    assert "Network is unreachable" in line
    assert "--backbone-weights PATH" in line
    assert not list(tmp_path.iterdir())


def test_recipes_are_listed_with_what_the_leaderboard_says():
    from fer_xai.training.leaderboard import measured, runs
    from fer_xai.training.recipe import list_recipes

    listed = {row["name"]: row for row in json.loads(run("recipes", "--json").stdout)}
    assert set(listed) == set(list_recipes())
    assert listed["app-baseline-cnn"]["parameters"] == 1_199_495
    assert listed["app-baseline-cnn"]["reported"] == 0.5617
    assert {name: row["measured"] for name, row in listed.items()} == {n: measured(n, runs()) for n in listed}
    table = run("recipes").stdout
    assert all(name in table for name in listed)
