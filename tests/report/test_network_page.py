"""The network page: pictures that exist and are loaded late, nothing from any network, everything escaped."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers
from PIL import Image
from typer.testing import CliRunner

from fer_xai.classifier import Classifier, load_classifier
from fer_xai.cli.app import app
from fer_xai.engine import activations
from fer_xai.engine.activations import Activations
from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.network import feature_maps, filters_of
from fer_xai.report import network_pictures as pictures
from fer_xai.report.network_page import write_network_page
from tests.report.test_render import Page
from tests.stubs import STUBS

HOSTILE = "'><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def faces(sample_images: np.ndarray) -> Faces:
    return Faces.from_array(sample_images[:7], labels=[*["happy", "sad"] * 3, None], ids=[f"<i>{n}" for n in range(7)])


@pytest.fixture(scope="module")
def hostile() -> Classifier:
    """Three kinds of convolution, and a name that nobody should give a model."""
    keras.utils.set_random_seed(2)
    inputs = layers.Input((24, 24, 1))
    x = layers.Conv2D(5, 3, activation="relu", name="a")(inputs)
    x = layers.SeparableConv2D(6, 3, name="b")(x)
    x = layers.Conv2D(3, 1, name="point")(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(2, activation="softmax")(x))
    return Classifier(model, emotions="happy,sad", name=HOSTILE)


def write(classifier: Classifier, faces: Faces, out: Path) -> Path:
    """The page of a classifier whose layers are called what TensorFlow would refuse, and another reader would not."""
    described = activations._described

    def misnamed(call: Any, taken: dict[str, int]) -> Any:
        one = described(call, taken)
        return dataclasses.replace(one, name=HOSTILE + one.name, path=HOSTILE + one.path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(activations, "_described", misnamed)
        return write_network_page(classifier, faces, out, channels=2, steps=8, source="<i>data")


@pytest.fixture(scope="module")
def folder(hostile: Classifier, faces: Faces, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("network")
    index = write(hostile, faces, out)
    assert index == out / "index.html"
    return out


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    return Page((folder / "index.html").read_text(encoding="utf-8"))


def test_every_picture_exists_is_loaded_late_and_says_its_size_and_what_it_is(folder, page):
    shown = list(page.all("img"))
    # The face, two prototypes; per layer the maps and two channels, and filters for all but the pointwise one.
    assert len(shown) == 1 + 2 + 3 * 3 + 2
    for one in shown:
        assert one["loading"] == "lazy"
        assert one["alt"]
        with Image.open(folder / one["src"]) as picture:
            assert picture.size == (int(one["width"]), int(one["height"]))
    assert {path.name for path in (folder / "pictures").iterdir()} == {Path(one["src"]).name for one in shown}


def test_the_page_asks_nothing_of_any_network_and_runs_its_own_scripts_only(folder, page):
    for script in page.all("script"):
        assert (folder / script["src"]).parent == folder / "assets"
        assert (folder / script["src"]).is_file()
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href"):
            target = attributes.get(name) or "#"
            assert target.startswith(("data:,", "#", "pictures/", "assets/")), (tag, target)
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert "://" not in text
    assert "url(" not in text


def test_names_are_shown_as_they_are_and_escaped(folder, page):
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert "<img src=x" not in text
    assert "<i>" not in text
    assert "&#39;&gt;&lt;img src=x onerror=alert(1)&gt;" in text
    assert text.count("&#39;&gt;&lt;img src=x onerror=alert(1)&gt;point") > 2
    names = [path.name for path in (folder / "pictures").iterdir()]
    assert all(name.replace("-", "").removesuffix(".png").replace("_", "").isalnum() for name in names)


def test_the_page_can_be_heard_and_walked_by_keyboard(page):
    assert len(list(page.all("h1"))) == len(list(page.all("main"))) == 1
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        assert attributes.get("aria-labelledby") in {None, *ids}
        if (attributes.get("href") or "").startswith("#"):
            assert attributes["href"][1:] in ids
    assert len(list(page.all("details"))) == len(list(page.all("summary"))) == 3


def test_the_tables_say_what_the_page_shows(folder, hostile, faces):
    table = pd.read_parquet(folder / "layers.parquet")
    assert table["name"].tolist() == [HOSTILE + name for name in ("a", "b", "point")]
    assert table["channels"].tolist() == [5, 6, 3]
    top = pd.read_parquet(folder / "activating.parquet")
    peaks = feature_maps(hostile, faces.images(), "b").max(axis=(1, 2))
    first = top[(top["layer"] == table["path"][1]) & (top["rank"] == 1)].sort_values("channel")
    assert first["face"].tolist() == [faces.ids[row] for row in peaks.argmax(axis=0)]
    assert np.allclose(first["peak"], peaks.max(axis=0), atol=1e-5)
    made = pd.read_parquet(folder / "prototypes.parquet")
    assert made[made["of"] == "class"]["name"].tolist() == ["happy", "sad"]
    assert len(made[made["of"] == "channel"]) == 2 * 3
    summary = json.loads((folder / "network.json").read_text())
    assert summary["face"]["label"] == "happy"
    assert [row["channels"] for row in summary["layers"]] == [5, 6, 3]


def test_the_same_command_writes_the_same_bytes(folder, hostile, faces, tmp_path):
    write(hostile, faces, tmp_path)
    for path in folder.rglob("*.*"):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes(), path.name


def test_chosen_layers_only(hostile, faces, tmp_path):
    index = write_network_page(hostile, faces, tmp_path, layers=["point"], channels=0, steps=2)
    text = index.read_text(encoding="utf-8")
    assert "2 other convolutions left out" in text
    assert "no spatial pattern" in text
    assert len(list(Page(text).all("details"))) == 1
    assert "Channels up close:" not in text


def test_refusals_come_before_anything_is_written(hostile, faces, tmp_path):
    with pytest.raises(InputError, match="unknown convolution 'nothing'"):
        write_network_page(hostile, faces, tmp_path, layers=["nothing"])
    flat = keras.Sequential([layers.Input((24, 24, 1)), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(InputError, match="has no convolution"):
        write_network_page(Classifier(flat, emotions="happy,sad"), faces, tmp_path)
    assert not list(tmp_path.iterdir())


def test_signed_pictures_have_zero_in_the_middle_and_equal_ends():
    row = pictures.diverging(np.array([-2.0, -1, 0, 1, 2, 9]), 2.0)
    assert row[2].tolist() == [247, 247, 247]
    assert row[0].tolist() == [33, 102, 172]
    assert row[4].tolist() == row[5].tolist() == [178, 24, 43]
    assert row[1, 2] > row[1, 0]
    assert row[3, 0] > row[3, 2]


def test_maps_of_a_layer_share_one_scale_and_say_which():
    maps = np.zeros((4, 4, 2), np.float32)
    maps[..., 0], maps[0, :, 1] = 1.0, 4.0
    sheet, limit, signed = pictures.map_sheet(maps)
    assert (limit, signed) == (4.0, False)
    assert sheet[0, 0].tolist() == [64, 64, 64, 255]
    assert sheet[0, 72 + pictures.GAP].tolist() == [255, 255, 255, 255]
    assert pictures.map_sheet(maps - 2)[1:] == (2.0, True)


def test_a_first_layers_filter_is_drawn_in_its_own_colours():
    model = STUBS["nested_colour"]()
    kernel = np.zeros((3, 3, 3, 6), np.float32)
    kernel[0, 0, 0, 0], kernel[2, 2, 2, 0] = 1.0, -1.0
    model.layers[0].get_layer("inner_conv").set_weights([kernel, np.zeros(6, np.float32)])
    sheet = pictures.filter_sheet(filters_of(Classifier(model), "inner_conv"))
    assert sheet[0, 0].tolist() == [255, 128, 128, 255]
    assert sheet[47, 47].tolist() == [128, 128, 0, 255]
    assert sheet[24, 24].tolist() == [128, 128, 128, 255]


class TestCommand:
    def run(self, *arguments: object) -> Any:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    def test_without_a_model_and_without_data(self, tmp_path):
        first = Activations(load_classifier()).convolutions[0].path
        quick = ("--limit", 6, "--steps", 2, "--channels", 1)
        result = self.run("network", *quick, "--layers", first, "--out", tmp_path, "--json")
        assert result.exit_code == 0, result.output
        answer = json.loads(result.stdout)
        assert Path(answer["index"]).is_file()
        assert [row["path"] for row in answer["layers"]] == [first]
        assert {row["of"] for row in answer["prototypes"]} == {"class", "channel"}

    def test_bad_input_is_one_line(self, tmp_path):
        (tmp_path / "study.json").write_text("{}")
        refused = {
            "holds a report": ("network", "--out", tmp_path),
            "no model at": ("network", tmp_path / "none.keras", "--out", tmp_path / "new"),
            "unknown convolution 'x'": ("network", "--layers", "x", "--limit", 2, "--out", tmp_path / "new"),
        }
        for words, arguments in refused.items():
            result = self.run(*arguments)
            assert result.exit_code == 2
            assert words in result.stderr
            assert result.stdout == ""
            assert len(result.stderr.splitlines()) == 1
        assert not (tmp_path / "new").exists()
