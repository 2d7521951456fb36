"""What changed between two runs of the same command is noticed by its content and refused; the folder stays."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from fer_xai.cli.app import app
from tests.faults import runs


def run(*arguments: object) -> tuple[int, list[str]]:
    result = CliRunner().invoke(app, [*(str(argument) for argument in arguments), "--quiet"])
    return result.exit_code, result.stderr.splitlines()


def write(path: Path, seed: int = 0, pixel: int | None = None, label: int | None = None) -> Path:
    """FER2013's form: six faces of noise."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(6):
        pixels = rng.integers(0, 255, 2304)
        if number == 5 and pixel is not None:
            pixels[1000] = pixel
        emotion = label if number == 5 and label is not None else number
        rows.append({"emotion": emotion, "pixels": " ".join(map(str, pixels)), "Usage": "PrivateTest"})
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, model, codebook and the study of them."""
    from fer_xai.classifier.bundled import model_path

    place = tmp_path_factory.mktemp("begun")
    write(place / "faces.csv")
    shutil.copy(model_path("baseline-cnn"), place / "m.keras")
    (place / "own.toml").write_text("happy = [6, 12]\nsad = [1, 4, 15]\n")
    assert run(*command(place)) == (0, [])
    return place


def command(place: Path) -> list[object]:
    files = ["--data", place / "faces.csv", "--model", place / "m.keras", "--codebook", place / "own.toml"]
    return ["report", *files, "--methods", "gradcam", "--trust", "0", "--out", place / "study"]


def another_model(place: Path) -> None:
    from fer_xai.classifier.bundled import model_path

    shutil.copy(model_path("compact"), place / "m.keras")


CHANGES = {
    "a pixel": (lambda place: write(place / "faces.csv", pixel=0), "data"),
    "a label": (lambda place: write(place / "faces.csv", label=0), "data"),
    "other faces": (lambda place: write(place / "faces.csv", seed=1), "data"),
    "the model": (another_model, "model"),
    "the codebook": (lambda place: (place / "own.toml").write_text("happy = [12]\nsad = [1, 4, 15]\n"), "action_units"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_study_of_what_has_changed_is_refused(change, begun, tmp_path):
    place = tmp_path / "begun"
    shutil.copytree(begun, place)
    # The source's name is part of a study; the copy lies elsewhere.
    manifest = json.loads((place / "study" / "study.json").read_text().replace(str(begun), str(place)))
    (place / "study" / "study.json").write_text(json.dumps(manifest))
    before = runs.left(place / "study")
    alter, what = CHANGES[change]
    alter(place)
    code, (line,) = run(*command(place))
    assert code == 2
    assert "holds a study that differs in its" in line
    assert what in line
    assert runs.left(place / "study") == before


def test_a_training_on_what_has_changed_is_refused(tmp_path):
    out = tmp_path / "m.keras"
    data = tmp_path / "faces.npz"

    def save(seed: int) -> None:
        images = np.random.default_rng(seed).integers(0, 255, (28, 48, 48), np.uint8)
        usage = np.array(["Training"] * 14 + ["PublicTest"] * 14)
        np.savez(data, images=images, labels=np.tile(np.arange(7), 4), usage=usage)

    arguments = ["train", "drawn", "--data", data, "--epochs", 1, "--out", out]
    save(0)
    assert run(*arguments)[0] == 0
    before = runs.left(tmp_path)
    save(1)
    code, (line,) = run(*arguments)
    assert (code, "belongs to another training (faces was" in line) == (2, True)
    assert runs.left(tmp_path) | {data.name: ""} == before | {data.name: ""}


def test_a_cleaning_table_of_other_data_is_refused(tmp_path):
    data, table = write(tmp_path / "faces.csv"), tmp_path / "t.csv"
    assert run("clean", "--data", data, "--checks", "dropped_emotion", "--drop", "fear", "--out", table)[0] == 0
    write(data, seed=1)
    code, (line,) = run("evaluate", "--data", data, "--cleaning", table)
    assert (code, "was made for other data" in line) == (2, True)
