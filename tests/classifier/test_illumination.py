"""Illumination corrections: against independent references, inside the graph, in model files, on the command line."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from skimage import exposure
from skimage.transform import resize

from fer_xai.classifier import load_classifier
from fer_xai.classifier.illumination import illumination_layer, list_treatments, registered_names
from fer_xai.classifier.illumination.layer import IlluminationLayer
from fer_xai.engine import engine_for
from fer_xai.errors import InputError

TREATMENTS = list_treatments()


def treated(name: str, faces: np.ndarray) -> np.ndarray:
    return np.asarray(illumination_layer(name)(faces))


def test_the_treatments_that_the_documents_use_are_there():
    assert TREATMENTS == ("clahe", "diffusion", "gamma", "histogram")


class TestAgainstReferences:
    @pytest.mark.parametrize("side", [24, 48, 67])
    def test_histogram_equalization_is_that_of_skimage(self, sample_images, side):
        faces = resize(sample_images[:4, ..., 0], (4, side, side)).astype(np.float32)
        expected = np.stack([exposure.equalize_hist(face.astype(np.float64)) for face in faces])
        ours = treated("histogram", faces[..., None])[..., 0]
        # A value on the edge of two bins may fall to either side in float32.
        assert np.abs(ours - expected).max() < 3 / side**2

    def test_clahe_is_close_to_that_of_skimage(self, sample_images):
        faces = sample_images[:8, ..., 0]
        expected = np.stack([exposure.equalize_adapthist(face.astype(np.float64)) for face in faces])
        ours = treated("clahe", faces[..., None])[..., 0]
        assert np.abs(ours - expected).max() < 0.12
        assert np.abs(ours - expected).mean() < 0.02
        assert np.abs(faces - expected).mean() > 0.1

    @pytest.mark.parametrize("size", [(48, 48), (31, 45)])
    def test_clahe_is_the_textbook_loop(self, size):
        face = np.random.default_rng(1).beta(2, 5, size=size).astype(np.float32)
        ours = treated("clahe", face[None, ..., None])[0, ..., 0]
        assert np.abs(ours - _clahe_by_loops(face)).max() < 2e-3

    @pytest.mark.parametrize("size", [(24, 24), (48, 40)])
    def test_diffusion_solves_its_equation(self, size):
        from scipy.sparse import csr_array, diags_array, eye_array, kron
        from scipy.sparse.linalg import spsolve

        face = np.random.default_rng(2).uniform(size=size)

        def laplacian(side: int) -> Any:
            inner = np.full(side, 2.0)
            inner[[0, -1]] = 1  # no flow across the border
            ones = np.ones(side - 1)
            return diags_array([inner, -ones, -ones], offsets=[0, 1, -1])

        whole = kron(laplacian(size[0]), eye_array(size[1])) + kron(eye_array(size[0]), laplacian(size[1]))
        smoothness = 7 * face.size / 48**2
        light = spsolve(csr_array(eye_array(face.size) + smoothness * whole), face.ravel()).reshape(size)
        expected = (face + 0.01) / (face + light + 0.02)
        ours = treated("diffusion", face[None, ..., None].astype(np.float32))[0, ..., 0]
        assert np.abs(ours - expected).max() < 1e-5

    def test_gamma_brings_the_mean_to_one_half_of_a_flat_face(self):
        faces = np.stack([np.full((24, 24, 1), value, np.float32) for value in (0.1, 0.5, 0.8)])
        assert np.allclose(treated("gamma", faces), 0.5, atol=1e-5)

    def test_gamma_is_a_power_of_at_most_five(self, sample_images):
        face = sample_images[:1] * 0.3
        exponent = np.log(0.5) / np.log(face.mean())
        assert np.allclose(treated("gamma", face), np.maximum(face, 1 / 255) ** exponent, atol=1e-5)
        light = 0.97 + 0.03 * face
        assert np.allclose(treated("gamma", light), light**5, atol=1e-5)


@pytest.mark.parametrize("name", TREATMENTS)
class TestEveryTreatment:
    @pytest.mark.parametrize("side", [24, 50, 96])
    def test_gives_faces_in_range_at_any_size(self, sample_images, name, side):
        faces = resize(sample_images[:2], (2, side, side, 1)).astype(np.float32)
        ours = treated(name, faces)
        assert ours.shape == faces.shape
        assert ours.dtype == np.float32
        assert ours.min() >= 0
        assert ours.max() <= 1
        assert ours.std() > 0.05

    def test_a_face_is_treated_alike_in_any_company(self, sample_images, name):
        together = treated(name, sample_images[:5])
        alone = np.concatenate([treated(name, sample_images[n : n + 1]) for n in range(5)])
        assert np.array_equal(together, alone)

    def test_faces_of_one_value_give_numbers(self, name):
        faces = np.stack([np.full((24, 24, 1), value, np.float32) for value in (0, 0.5, 1)])
        ours = treated(name, faces)
        assert np.isfinite(ours).all()
        assert np.ptp(ours, axis=(1, 2)).max() < 1e-5

    def test_of_colour_faces_the_luma_is_treated_and_the_colour_kept(self, sample_images, name):
        grey = 0.4 + 0.2 * sample_images[:2]
        tint = np.array([0.02, 0.0, -0.04], np.float32)
        colour = grey + tint - tint @ np.array([0.299, 0.587, 0.114], np.float32)
        ours, expected = treated(name, colour), treated(name, grey)
        inside = ((ours > 0) & (ours < 1)).all(axis=-1)
        assert inside.mean() > 0.5
        change = (ours - colour)[inside]
        assert np.abs(change - change[..., :1]).max() < 1e-5
        # Float rounding may move a value into the next of 256 bins.
        assert np.median(np.abs(ours @ np.array([0.299, 0.587, 0.114]) - expected[..., 0])[inside]) < 5e-3

    def test_light_that_changes_matters_less_afterwards(self, sample_images, name):
        faces = sample_images[:8]
        darker = faces * 0.5
        before = np.abs(faces - darker).mean()
        after = np.abs(treated(name, faces) - treated(name, darker)).mean()
        assert after < before / 2

    def test_gradients_are_those_of_small_steps(self, name):
        import tensorflow as tf

        rng = np.random.default_rng(3)
        face = rng.uniform(0.1, 0.9, size=(1, 24, 24, 1)).astype(np.float32)
        weights = rng.normal(size=face.shape).astype(np.float32)
        layer = illumination_layer(name)

        @tf.function
        def both(x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                score = tf.reduce_sum(layer(x) * weights)
            return score, tape.gradient(score, x)

        _, gradient = both(tf.constant(face))
        gradient = gradient.numpy()
        assert (gradient != 0).mean() > 0.6
        # Histograms are steps: where a pixel goes into the next bin there is no slope, which few small steps meet.
        agree, step = [], 2e-5
        for row, column in rng.integers(24, size=(40, 2)):
            moved = np.zeros_like(face)
            moved[0, row, column, 0] = step
            slope = (both(tf.constant(face + moved))[0] - both(tf.constant(face - moved))[0]).numpy() / (2 * step)
            agree.append(abs(slope - gradient[0, row, column, 0]) < 0.1 + 0.05 * abs(slope))
        assert np.mean(agree) >= 0.9

    def test_a_model_that_holds_it_opens_without_trust(self, sample_images, name, tmp_path):
        model = _with_layer(name)
        for file in ("model.keras", "model.h5"):
            path = tmp_path / file
            _save(model, path)
            loaded = load_classifier(path)
            assert any(isinstance(layer, IlluminationLayer) for layer in loaded.model.layers)
            expected = np.asarray(model(sample_images[:3]))
            assert np.allclose(engine_for(loaded).predict(sample_images[:3])[1], expected, atol=1e-6)

    def test_before_a_model_or_inside_it_is_the_same(self, sample_images, name):
        outside = load_classifier(_plain(), illumination=name)
        inside = load_classifier(_with_layer(name))
        weights = np.eye(7, dtype=np.float32)[np.zeros(3, int)]
        answers = [engine_for(one).predict(sample_images[:3])[1] for one in (outside, inside)]
        maps = [list(engine_for(one).gradients(sample_images[:3], weights, "logit")) for one in (outside, inside)]
        assert np.allclose(*answers, atol=1e-6)
        assert np.allclose(maps[0][0].gradient, maps[1][0].gradient, atol=1e-5)
        assert np.abs(maps[0][0].gradient).max() > 0
        without = engine_for(load_classifier(_plain())).predict(sample_images[:3])[1]
        assert np.abs(answers[0] - without).max() > 1e-3


class TestSaid:
    def test_once_it_is_remembered(self, tmp_path, sample_images):
        path = tmp_path / "model.keras"
        _plain().save(path)
        first = load_classifier(path, illumination="diffusion")
        again = load_classifier(path)
        assert again.illumination == "diffusion"
        assert again.describe()["illumination"] == "diffusion"
        assert "illumination diffusion" in repr(again)
        assert "illumination" not in load_classifier(_plain()).describe()
        answers = [engine_for(one).predict(sample_images[:2])[1] for one in (first, again)]
        assert np.array_equal(*answers)

    def test_wrongly_it_is_refused_in_one_line(self):
        with pytest.raises(InputError, match="unknown illumination 'sun'; known are clahe, diffusion"):
            load_classifier(_plain(), illumination="sun")

    def test_on_the_command_line_it_reaches_the_model(self, tmp_path, sample_images):
        from PIL import Image
        from typer.testing import CliRunner

        from fer_xai.cli.app import app

        path, picture = tmp_path / "model.keras", tmp_path / "face.png"
        _plain().save(path)
        Image.fromarray(np.rint(sample_images[0, ..., 0] * 255).astype(np.uint8)).save(picture)
        common = ["explain", str(picture), "--model", str(path), "--method", "saliency", "--json"]
        said = [
            json.loads(CliRunner().invoke(app, [*common, "--out", str(tmp_path / "a.png"), *more]).stdout)["faces"][0]
            for more in ([], ["--illumination", "histogram"])
        ]
        assert abs(said[0]["happy"] - said[1]["happy"]) > 1e-4
        refusal = CliRunner().invoke(app, [*common, "--out", str(tmp_path / "a.png"), "--illumination", "sun"])
        assert refusal.exit_code == 2
        (line,) = refusal.stderr.splitlines()
        assert "unknown illumination 'sun'; known are clahe, diffusion, gamma, histogram" in line

    def test_inspection_keeps_it(self, sample_images):
        from fer_xai.evaluation import inspect_classifier
        from fer_xai.faces import Faces

        classifier = load_classifier(_plain(), illumination="histogram")
        answers = engine_for(classifier).predict(sample_images)[1].argmax(axis=1)
        faces = Faces.from_array(sample_images, [classifier.emotions[n] for n in answers])
        found = inspect_classifier(classifier, faces)
        # Its own reading is right on every face only if the faces were treated exactly once.
        assert found.candidates.query("declared")["accuracy"].iloc[0] == 1
        assert found.classifier(classifier).illumination == "histogram"


class TestHostileFiles:
    @pytest.mark.parametrize(
        "hostile",
        [
            {"module": "fer_xai.cli.opening", "class_name": "read_builder", "registered_name": "read_builder"},
            {"module": "fer_xai.cli.opening", "class_name": "read_builder", "registered_name": None},
            {"module": "fer_xai.classifier.files", "class_name": "read_model", "registered_name": "fer_xai>read_model"},
            {"module": "builtins", "class_name": "Other", "registered_name": "fer_xai>Other"},
            {"module": "fer_xai.classifier.illumination.layer", "class_name": "keras", "registered_name": "keras"},
        ],
    )
    def test_any_other_object_of_ours_is_refused(self, hostile, tmp_path):
        path = tmp_path / "model.keras"
        _with_layer("gamma").save(path)
        _rewrite(path, lambda layer: layer | hostile)
        with pytest.raises(InputError, match="no layer that fer-xai saves in models"):
            load_classifier(path)

    def test_what_stands_inside_our_layer_is_looked_at_too(self, tmp_path):
        path = tmp_path / "model.keras"
        _with_layer("gamma").save(path)
        evil = {"module": "os", "class_name": "system", "config": {}, "registered_name": None}
        _rewrite(path, lambda layer: layer | {"config": layer["config"] | {"inner": evil}})
        with pytest.raises(InputError, match=r"os\.system, which is code outside Keras"):
            load_classifier(path)

    def test_only_the_treatments_are_allowed(self):
        assert registered_names() == {
            "fer_xai>CLAHE",
            "fer_xai>DiffusionNormalization",
            "fer_xai>Gamma",
            "fer_xai>HistogramEqualization",
        }


def _plain(first: Any = None) -> Any:
    keras.utils.set_random_seed(5)
    layers = [
        keras.layers.Conv2D(4, 5, strides=3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(7, activation="softmax"),
    ]
    inputs = keras.layers.Input((48, 48, 1))
    x = inputs if first is None else first(inputs)
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs, x, name="small")


def _with_layer(name: str) -> Any:
    return _plain(illumination_layer(name))


def _save(model: Any, path: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"[\s\S]*HDF5 file")
        model.save(path)


def _rewrite(path: Path, change: Any) -> None:
    """Change the configuration of our layer inside a model file."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    layers = config["config"]["layers"]
    config["config"]["layers"] = [change(one) if one["class_name"] == "Gamma" else one for one in layers]
    assert config["config"]["layers"] != layers
    parts["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def _clahe_by_loops(face: np.ndarray) -> np.ndarray:
    """Tile by tile and pixel by pixel."""
    face = (face - face.min()) / (face.max() - face.min())
    height, width = face.shape
    tall, wide = height // 8, width // 8
    down, across = -(-height // tall), -(-width // wide)
    padded = np.pad(face, ((0, down * tall - height), (0, across * wide - width)), mode="reflect")
    limit = max(int(0.01 * tall * wide), 1)
    tables = np.empty((down, across, 256))
    for row in range(down):
        for column in range(across):
            tile = padded[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide]
            counts = np.bincount(np.minimum((tile * 256).astype(int), 255).ravel(), minlength=256).astype(float)
            excess = np.maximum(counts - limit, 0).sum()
            counts = np.minimum(counts, limit)
            room = limit - counts
            tables[row, column] = np.cumsum(counts + room * min(1, excess / room.sum())) / tile.size
    result = np.zeros_like(face)
    for y in range(height):
        for x in range(width):
            # Tiles' centres stand at whole numbers here.
            v, u = (y + tall // 2) / tall - 1, (x + wide // 2) / wide - 1
            for row, part in ((int(np.floor(v)), 1 - v % 1), (int(np.floor(v)) + 1, v % 1)):
                for column, share in ((int(np.floor(u)), 1 - u % 1), (int(np.floor(u)) + 1, u % 1)):
                    table = tables[np.clip(row, 0, down - 1), np.clip(column, 0, across - 1)]
                    result[y, x] += part * share * np.interp(face[y, x] * 256 - 0.5, np.arange(256), table)
    return (result - result.min()) / (result.max() - result.min())
