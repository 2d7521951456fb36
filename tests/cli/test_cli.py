"""The command line: what it prints, and one clear line for every bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from fer_xai.cli.app import app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(*arguments: object) -> str:
    """Run, expect one line on stderr and exit code 2, and return the line."""
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("fer-xai: ")
    return lines[0]


@pytest.fixture(scope="module")
def csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve bundled faces as a labelled CSV, all of them test faces."""
    from fer_xai.faces import load_faces

    path = tmp_path_factory.mktemp("data") / "fer.csv"
    pixels = load_faces("sample")[:12].pixels().reshape(12, -1)
    rows = [f"{n % 7},{' '.join(map(str, row))},PrivateTest" for n, row in enumerate(pixels)]
    path.write_text("\n".join(["emotion,pixels,Usage", *rows]))
    return path


@pytest.fixture
def model(stub_model: Any, tmp_path: Path) -> Path:
    path = tmp_path / "model.keras"
    stub_model.save(path)
    return path


def changed(csv: Path, folder: Path, old: str, new: str) -> Path:
    path = folder / "changed.csv"
    path.write_text(csv.read_text().replace(old, new))
    return path


class TestReport:
    def test_writes_every_page_and_table_and_resumes(self, csv, model, tmp_path):
        out = tmp_path / "report"
        arguments = ("report", "--model", model, "--data", csv, "--methods", "gradcam,occlusion", "--out", out)
        result = run(*arguments)
        assert result.exit_code == 0, result.output
        assert result.stdout.strip() == str(out / "index.html")
        names = ("index.html", "summary.json", "study.json", "classes/happy.html", "classes/neutral.html")
        tables = ("predictions", "regions", "agreement", "counts", "specificity", "matrix", "landmarks")
        for name in (*names, *(f"{table}.parquet" for table in tables), "maps/gradcam/00000000.npz"):
            assert (out / name).is_file(), name
        before = (out / "regions.parquet").read_bytes()
        again = run(*arguments, "--json")
        assert json.loads(again.stdout)["accuracy"]["n"] == 12
        assert (out / "regions.parquet").read_bytes() == before
        assert "holds a study that differs in its methods" in refused(
            *arguments[:-4], "--methods", "saliency", "--out", out
        )

    def test_takes_a_codebook_of_ones_own(self, csv, model, tmp_path):
        (tmp_path / "mine.toml").write_text("happy = [6, 12]\nsad = [1, 4]\n")
        out = tmp_path / "out"
        arguments = ("report", "--model", model, "--data", csv, "--methods", "saliency", "--out", out)
        assert run(*arguments, "--trust", "0", "--codebook", tmp_path / "mine.toml").exit_code == 0
        summary = json.loads((out / "summary.json").read_text())
        assert {row["codebook"] for row in summary["specificity"]} >= {"mine", "facs2002", "du2014"}
        assert summary["manifest"]["action_units"] == {"happy": [6, 12], "sad": [1, 4]}
        assert "mine" in (out / "index.html").read_text()

    def test_a_model_that_answers_all_faces_alike_gets_its_report_too(self, csv, tmp_path):
        """Its maps are blank throughout, as those of a net after few steps may be."""
        import keras
        from keras import layers

        face = layers.Input((48, 48, 1))
        x = layers.Flatten()(layers.Conv2D(2, 3, strides=4, activation="relu")(face))
        answer = layers.Dense(7, activation="softmax", kernel_initializer="zeros")(x)
        keras.Model(face, answer).save(tmp_path / "dead.keras")
        out = tmp_path / "out"
        result = run("report", "--model", tmp_path / "dead.keras", "--data", csv, "--methods", "gradcam", "--out", out)
        assert result.exit_code == 0, result.stderr
        assert (out / "index.html").exists()

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--data", "missing.csv"), "no data at missing.csv"),
            (("--split", "train"), "has no train faces; it has test"),
            (("--target", "contempt"), "does not know the emotion 'contempt'"),
            (("--target", "bored"), "unknown emotion 'bored'"),
            (("--methods", "lyme"), "unknown method 'lyme'"),
            (("--codebook", "freud"), "freud"),
            (("--model", "missing.keras"), "no model at missing.keras"),
            (("--emotions", "ferplus"), "7 outputs but 8 emotions"),
            (("--scaling", "huge"), "unknown scaling 'huge'"),
            (("--drop", "bored"), "unknown emotion 'bored'"),
            (("--ferplus", "missing.csv"), "no FER+ votes at missing.csv"),
        ],
    )
    def test_refuses_in_one_line_and_writes_nothing(self, csv, model, tmp_path, options, message):
        arguments = {"--model": model, "--data": csv, "--out": tmp_path / "out"} | {options[0]: options[1]}
        line = refused("report", *(part for pair in arguments.items() for part in pair))
        assert message in line
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("pixels", "pictures", "expected pixels, and for labels"),
            ("PrivateTest", "Holiday", "usage 'Holiday'"),
            (",PrivateTest", " 7,PrivateTest", "pixels make no square face"),
            ("\n3,", "\n3,256 ", "2305 pixels, expected 2304"),
            ("\n4,", "\n4,-1 ", "2305 pixels, expected 2304"),
        ],
    )
    def test_bad_rows(self, csv, model, tmp_path, old, new, message):
        data = changed(csv, tmp_path, old, new)
        assert message in refused("report", "--model", model, "--data", data, "--out", tmp_path / "out")

    def test_what_is_not_ours_is_not_written_over(self, csv, model, tmp_path):
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "index.html").write_text("mine")
        line = refused("report", "--model", model, "--data", csv, "--out", tmp_path / "mine")
        assert "holds other things (index.html): give a new folder, or one of an earlier run" in line
        for command in (["compare", "compact", "baseline-cnn"], ["network"]):
            assert "holds other things" in refused(*command, "--out", tmp_path / "mine")
        assert [path.name for path in (tmp_path / "mine").iterdir()] == ["index.html"]
        assert (tmp_path / "mine" / "index.html").read_text() == "mine"

    def test_bad_output_folders(self, csv, model, tmp_path):
        (tmp_path / "file").write_text("mine")
        for out in (tmp_path / "file", tmp_path / "file" / "below", "/proc/nowhere"):
            refused("report", "--model", model, "--data", csv, "--out", out)
        assert (tmp_path / "file").read_text() == "mine"

    def test_bad_models(self, csv, stub_model, tmp_path):
        import keras
        from keras import layers

        x = layers.Input((8, 8, 1))
        flat = layers.Flatten()(x)
        keras.Model(x, [layers.Dense(7)(flat), layers.Dense(7)(flat)]).save(tmp_path / "two.keras")
        nan = keras.Model(x, layers.Dense(7, kernel_initializer=keras.initializers.Constant(np.nan))(flat))
        nan.save(tmp_path / "nan.keras")
        (tmp_path / "bad.h5").write_bytes(b"\x89HDF\r\n\x1a\nno")
        for name, message in (("two", "2 outputs"), ("nan", "NaN or infinity"), ("bad", "cannot be read as a Keras")):
            path = tmp_path / (f"{name}.h5" if name == "bad" else f"{name}.keras")
            assert message in refused("report", "--model", path, "--data", csv, "--out", tmp_path / "out")
        assert not (tmp_path / "out").exists()


class TestExplain:
    def test_draws_a_figure(self, model, tmp_path):
        from PIL import Image

        pixels = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "face.png")
        out = tmp_path / "why.png"
        arguments = ("explain", tmp_path / "face.png", "--model", model, "--method", "gradcam", "--out", out)
        result = run(*arguments, "--target", "fear-surprise", "--json")
        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)
        assert told["faces"][0]["target"] == "fear-surprise"
        assert told["faces"][0]["map_is_empty"] is False
        assert sum(told["faces"][0][emotion] for emotion in ("angry", "disgust", "fear", "happy")) <= 1
        with Image.open(out) as figure:
            assert figure.width > 300
        assert "saliency takes no option samples" in refused(*arguments, "--method", "saliency", "--samples", 9)

    def test_keeps_the_explanation_and_draws_other_kinds(self, model, tmp_path):
        from PIL import Image

        from fer_xai import Explanation

        pixels = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "face.png")
        arguments = ("explain", tmp_path / "face.png", "--model", model, "--method", "gradcam", "--out")
        told = json.loads(run(*arguments, tmp_path / "why.npz", "--json").stdout)
        kept = Explanation.load(told["explanation"])
        np.testing.assert_array_equal(kept.faces.pixels()[0, ..., 0], pixels)
        assert run(*arguments, tmp_path / "overlay.svg", "--kind", "overlay").exit_code == 0
        assert (tmp_path / "overlay.svg").read_bytes().startswith(b"<?xml")
        assert "has no segments" in refused(*arguments, tmp_path / "no.png", "--kind", "progressive")
        assert "unknown kind" in refused(*arguments, tmp_path / "no.png", "--kind", "pie")
        assert not (tmp_path / "no.png").exists()

    def test_takes_faces_of_a_table_by_name(self, csv, model, tmp_path):
        from PIL import Image

        arguments = ("explain", csv, "--model", model, "--method", "gradcam", "--out", tmp_path / "why.npz")
        told = json.loads(run(*arguments, "--face", "row-3", "--face", "row-1", "--json").stdout)
        assert [row["face"] for row in told["faces"]] == ["row-3", "row-1"]
        from fer_xai import Explanation, load_faces

        kept, all_faces = Explanation.load(tmp_path / "why.npz"), load_faces(csv)[["row-3", "row-1"]]
        np.testing.assert_array_equal(kept.faces.pixels(), all_faces.pixels())
        assert kept.faces.labels == all_faces.labels
        assert "name some, as --face row-0, or give all to fer-xai report" in refused(*arguments)
        assert "there is no face 'row-x' among these" in refused(*arguments, "--face", "row-x")
        Image.fromarray(kept.faces.pixels()[0, ..., 0]).save(tmp_path / "one.png")
        alone = ("explain", tmp_path / "one.png", "--face", "row-0", "--out", tmp_path / "why.png")
        assert "received no table" in refused(*alone)
        short = tmp_path / "short.csv"
        short.write_text("".join(csv.read_text().splitlines(keepends=True)[:2]))
        row = run("explain", short, "--face", "row-0", "--model", model, "--method", "gradcam", "--json", *alone[-2:])
        assert json.loads(row.stdout)["faces"][0]["face"] == "row-0", "a table of one face is one too"

    def test_refuses_in_one_line(self, model, tmp_path):
        (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n0000")
        arguments = ("--model", model, "--out", tmp_path / "why.png")
        assert "not a readable picture" in refused("explain", tmp_path / "cut.png", *arguments)
        assert "no picture at" in refused("explain", tmp_path / "none.png", *arguments)
        assert "ends in .png" in refused("explain", tmp_path / "cut.png", "--out", tmp_path / "why.exe")
        assert not (tmp_path / "why.png").exists()


def test_recipes_as_json():
    recipes = json.loads(run("recipes", "--json").stdout)
    compact = next(recipe for recipe in recipes if recipe["name"] == "compact")
    assert set(compact) == {"name", "document", "reported", "measured", "parameters"}
    assert compact["parameters"] == 753823


def test_train_refuses_in_one_line(csv, tmp_path):
    out = ("--out", tmp_path / "m.keras")
    assert "unknown recipe 'deep'" in refused("train", "deep", "--data", csv, *out)
    assert "known are float32, mixed_bfloat16" in refused(
        "train", "six-m1", "--data", csv, "--precision", "float16", *out
    )
    assert "has no train split" in refused("train", "compact", "--data", csv, *out)
    assert "ends in .keras" in refused("train", "compact", "--data", csv, "--out", tmp_path / "m.h5")


def test_help_and_import_load_no_tensorflow():
    code = (
        "import sys, fer_xai\n"
        "from fer_xai.cli.app import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'skimage', 'scipy'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "report" in result.stdout
