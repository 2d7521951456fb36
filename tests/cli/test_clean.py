"""``fer-xai clean`` and ``--cleaning``: what is printed and written, and one clear line for every bad input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from fer_xai.cli.app import app
from fer_xai.faces.drawn import draw


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["clean", *(str(argument) for argument in arguments)])


def refused(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


@pytest.fixture(scope="module")
def csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve drawn faces as FER2013's CSV: row 1 is constant, row 10 (test) is a copy of row 0 (training)."""
    pixels = draw(12, seed=4).faces.pixels().reshape(12, -1)
    pixels[1] = 9
    pixels[10] = pixels[0]
    usages = ["Training"] * 8 + ["PrivateTest"] * 4
    rows = [f"{n % 7},{' '.join(map(str, row))},{usages[n]}" for n, row in enumerate(pixels)]
    path = tmp_path_factory.mktemp("data") / "fer.csv"
    path.write_text("\n".join(["emotion,pixels,Usage", *rows]))
    return path


CHECKS = ("--checks", "constant,exact_copies,conflicting_labels")


def test_it_writes_a_table_and_a_sheet_and_removes_nothing(csv, tmp_path):
    before = csv.read_bytes()
    out, sheet = tmp_path / "doubtful.csv", tmp_path / "doubtful.png"
    result = run("--data", csv, "--out", out, "--sheet", sheet, *CHECKS)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(out)
    assert set(zip(table["face"], table["check"], strict=True)) == {
        ("row-1", "constant"),
        *((face, check) for face in ("row-0", "row-10") for check in ("exact_copies", "conflicting_labels")),
    }
    assert table["reason"].str.len().min() > 3
    assert np.asarray(Image.open(sheet).convert("L")).std() > 5
    assert csv.read_bytes() == before
    assert str(out) in result.stdout
    assert "none was removed" in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["doubtful.csv", "doubtful.png"]


def test_json_is_one_object(csv, tmp_path):
    out = tmp_path / "doubtful.parquet"
    result = run("--data", csv, "--out", out, *CHECKS, "--json")
    said = json.loads(result.stdout)
    assert said["faces"] == 12
    assert said["doubtful"] == 3
    assert said["checks"]["constant"]["drop"] == 1
    assert said["checks"]["exact_copies"]["test_in_train"] == 1
    assert len(pd.read_parquet(said["table"])) == 5


def test_the_same_seed_writes_the_same_bytes(csv, tmp_path):
    written = []
    for name in ("a.csv", "b.csv"):
        run("--data", csv, "--out", tmp_path / name, *CHECKS, "--seed", 5)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


def test_an_emotion_is_dropped_by_the_table_alone(csv, tmp_path):
    out = tmp_path / "doubtful.csv"
    said = json.loads(run("--data", csv, "--out", out, "--drop", "disgust", "--json", *CHECKS[:1], "constant").stdout)
    assert set(said["checks"]) == {"constant"}
    checks = "constant,dropped_emotion"
    said = json.loads(run("--data", csv, "--out", out, "--drop", "disgust", "--json", "--checks", checks).stdout)
    assert said["faces"] == 12
    assert said["checks"]["dropped_emotion"]["drop"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "doubtful.txt"], "expected a name that ends in .csv or .parquet"),
        (["--out", "nowhere/doubtful.csv"], "cannot be written"),
        (["--out", "a.csv", "--sheet", "a.jpg"], "--sheet a.jpg: expected a name that ends in .png"),
        (["--out", "a.csv", "--checks", "ugly"], "unknown check 'ugly'; known are conflicting_labels, constant"),
        (["--out", "a.csv", "--checks", "not_a_face_votes"], "needs FER+ votes (--ferplus VOTES.csv)"),
        (["--out", "a.csv", "--drop", "ennui"], "unknown emotion 'ennui'"),
        (["--out", "a.csv", "--data", "none.csv"], "no data at none.csv"),
    ],
)
def test_bad_input_is_one_line(csv, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    given = arguments if "--data" in arguments else ["--data", csv, *arguments]
    assert message in refused(*given)
    assert list(tmp_path.iterdir()) == []


class TestApplied:
    @pytest.fixture
    def table(self, csv: Path, tmp_path: Path) -> Path:
        path = tmp_path / "doubtful.csv"
        run("--data", csv, "--out", path, "--checks", "constant,exact_copies")
        return path

    def test_the_shared_option_leaves_them_out(self, csv, table):
        from fer_xai.cli.opening import open_faces

        assert len(open_faces(str(csv), "train")) == 8
        assert open_faces(str(csv), "train", cleaning=table).ids == tuple(f"row-{n}" for n in range(2, 8))
        assert len(open_faces(str(csv), None, cleaning=table)) == 4

    @pytest.mark.parametrize("command", ["report", "network"])
    def test_a_table_of_other_data_is_one_line(self, table, tmp_path, command):
        arguments = [command, "--out", tmp_path / "out", "--data", "sample", "--cleaning", table]
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
        assert "names 3 faces that are not in the data, e.g. row-" in result.stderr

    def test_inspection_takes_it_too(self, table, csv, stub_model, tmp_path):
        path = tmp_path / "model.keras"
        stub_model.save(path)
        common = ["inspect", path, "--data", csv, "--split", "train", "--json"]
        counts = []
        for more in ([], ["--cleaning", table]):
            result = CliRunner().invoke(app, [str(argument) for argument in [*common, *more]])
            assert result.exit_code == 0, result.stderr
            counts.append(json.loads(result.stdout)["accuracy"]["n"])
        assert counts == [8, 6]
