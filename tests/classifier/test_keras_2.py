"""Files of Keras 2 that Keras 3 cannot read: they open through tf_keras, and code in them still does not run."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier, load_classifier
from fer_xai.classifier.taps import layers_of
from fer_xai.engine import engine_for
from fer_xai.errors import InputError
from tests.stubs import write_keras_2


@pytest.fixture
def old_file(tmp_path: Path) -> tuple[Path, Any]:
    path = tmp_path / "old.h5"
    return path, write_keras_2(path)


def test_keras_3_cannot_read_it_and_we_can(old_file, sample_images):
    import keras

    path, model = old_file
    with pytest.raises((ValueError, TypeError)):
        keras.saving.load_model(path, compile=False)
    loaded = load_classifier(path)
    faces = np.asarray(loaded.preprocess(sample_images))
    assert np.allclose(engine_for(loaded).predict(sample_images)[1], model.predict(faces, verbose=0), atol=1e-6)
    assert loaded.input_shape == (32, 32, 1)


@pytest.mark.parametrize("method", ["saliency", "gradcam", "occlusion"])
def test_a_model_of_keras_2_is_explained_and_left_as_it_was(old_file, sample_images, method):
    _, model = old_file
    before = [w.copy() for w in model.get_weights()], model.get_config()
    layers = [(layer.name, layer.trainable, sorted(layer.__dict__)) for layer in model._flatten_layers()]
    explanation = explain(model, sample_images[:2], method=method)
    assert np.isfinite(explanation.attributions).all()
    assert np.abs(explanation.attributions).max() > 0
    assert all(np.array_equal(a, b) for a, b in zip(before[0], model.get_weights(), strict=True))
    assert model.get_config() == before[1]
    assert [(layer.name, layer.trainable, sorted(layer.__dict__)) for layer in model._flatten_layers()] == layers


def test_saliency_is_the_gradient_that_tensorflow_gives(old_file, sample_images):
    import tensorflow as tf

    _, model = old_file
    classifier = Classifier(model)
    faces = np.asarray(classifier.preprocess(sample_images[:2]))

    @tf.function
    def slope(faces: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(faces)
            score = model(faces, training=False)[:, 2]
        return tape.gradient(score, faces)

    weights = np.eye(7, dtype=np.float32)[[2, 2]]
    ours = next(iter(engine_for(Classifier(model)).gradients(faces, weights, "probability"))).gradient
    assert np.allclose(ours, slope(tf.constant(faces)).numpy(), atol=1e-7)


def test_grad_cam_taps_the_layer_by_name(old_file, sample_images):
    _, model = old_file
    engine = engine_for(Classifier(model))
    assert engine.last_convolution == "depthwise"
    ((name, maps, slopes, _),) = engine.layer_gradients(sample_images[:2], np.eye(7, dtype=np.float32)[:2], "first")
    assert (name, maps.shape, slopes.shape) == ("first", (2, 15, 15, 4), (2, 15, 15, 4))


def test_layers_inside_a_nested_backbone_are_seen(sample_images):
    import tf_keras
    from tf_keras import layers

    tf_keras.utils.set_random_seed(0)
    x = inner = layers.Input((24, 24, 3))
    backbone = tf_keras.Model(inner, layers.Conv2D(5, 3, activation="relu", name="deep")(x), name="backbone")
    model = tf_keras.Sequential(
        [layers.InputLayer((24, 24, 3)), backbone, layers.GlobalMaxPooling2D(), layers.Dense(7), layers.Softmax()]
    )
    classifier = Classifier(model)
    assert {type(layer).__name__ for layer in layers_of(model)} >= {"Conv2D", "Dense", "Softmax"}
    assert not any(layer is backbone for layer in layers_of(model))
    assert engine_for(classifier).last_convolution == "deep"
    assert classifier.logits_at.startswith("input of the softmax layer")


def test_python_control_flow_in_a_subclassed_model_still_works_while_watched(sample_images):
    """Keras 2 converts `call` for a graph; watching it must not stop that."""
    import tensorflow as tf
    import tf_keras

    class Branching(tf_keras.layers.Layer):
        def call(self, values: Any) -> Any:
            if tf.reduce_mean(values) > 100.0:  # a tensor's truth: only a converted function can ask for it
                values = values * 0.0
            return values

    class Own(tf_keras.Model):
        def __init__(self) -> None:
            super().__init__(name="own")
            self.conv = tf_keras.layers.Conv2D(4, 3, activation="relu", name="conv")
            self.branching = Branching()
            self.flatten = tf_keras.layers.Flatten()
            self.head = tf_keras.layers.Dense(7, activation="softmax")

        def call(self, faces: Any) -> Any:
            return self.head(self.flatten(self.branching(self.conv(faces))))

    tf_keras.utils.set_random_seed(0)
    model = Own()
    model(np.zeros((1, 16, 16, 1), np.float32))
    classifier = Classifier(model)
    assert classifier.input_shape == (16, 16, 1)
    weights = np.eye(7, dtype=np.float32)[:1]
    ((name, _, slopes, _),) = engine_for(classifier).layer_gradients(sample_images[:1], weights, None)
    assert (name, np.abs(slopes).max() > 0) == ("conv", True)
    own = model(classifier.preprocess(sample_images[:3])).numpy()
    assert np.allclose(engine_for(classifier).predict(sample_images[:3])[1], own, atol=1e-6)


def hostile(path: Path, layer: dict[str, Any]) -> Path:
    """A harmless file, with one entry of its configuration exchanged."""
    import h5py

    write_keras_2(path)
    with h5py.File(path, "a") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"].insert(2, layer)
        file.attrs["model_config"] = json.dumps(config)
    return path


def test_a_lambda_in_a_file_of_keras_2_does_not_run(tmp_path):
    from tf_keras import layers

    mark = tmp_path / "ran"
    source = f"lambda x: (open({str(mark)!r}, 'w').close(), x)[1]"
    path = tmp_path / "hostile.h5"
    write_keras_2(path, layers.Lambda(eval(source)))
    mark.unlink()
    with pytest.raises(InputError, match="Lambda layer, which is code: pass --trust-model") as refused:
        load_classifier(path)
    assert "\n" not in str(refused.value)
    assert not mark.exists()
    load_classifier(path, trust_model=True)
    assert mark.exists()


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (
            {"class_name": "TFOpLambda", "config": {"name": "w", "function": "io.write_file"}},
            "a call of tf.io.write_file",
        ),
        ({"class_name": "SlicingOpLambda", "config": {"function": "py_function"}}, "a call of tf.py_function"),
        ({"class_name": "TensorFlowOpLayer", "config": {"node_def": "WriteFile"}}, "a TensorFlowOpLayer layer"),
        ({"class_name": "ClassMethod", "config": {"cls_symbol": "io.TFRecordWriter"}}, "a ClassMethod layer"),
        ({"class_name": "system", "module": "os", "config": {"command": "touch x"}}, r"os\.system"),
        ({"class_name": "get_file", "module": "keras.src.utils.file_utils", "config": {}}, r".*file_utils\.get_file"),
        (
            {"class_name": "Dense", "config": {"activation": {"class_name": "__lambda__", "config": {"value": "x"}}}},
            "a lambda layer",
        ),
        (
            {
                "class_name": "Dense",
                "config": {"activation": {"class_name": "function", "module": "os", "config": "nice"}},
            },
            r"os\.nice",
        ),
    ],
)
def test_whatever_else_runs_code_is_refused_before_anything_is_built(tmp_path, monkeypatch, layer, said):
    import keras
    import tf_keras

    def built(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("the file was opened")

    monkeypatch.setattr(keras.saving, "load_model", built)
    monkeypatch.setattr(tf_keras.saving, "load_model", built)
    path = hostile(tmp_path / "hostile.h5", layer)
    with pytest.raises(InputError, match=f"(holds|names) {said}, which is code"):
        load_classifier(path)


def test_calls_that_only_compute_are_no_code(tmp_path, sample_images):
    """Keras 2 stores a bare ``x / 127.5`` in a functional model as a layer that names a TensorFlow function."""
    import tensorflow as tf
    import tf_keras
    from tf_keras import layers

    tf_keras.utils.set_random_seed(0)
    inputs = layers.Input((16, 16, 1))
    x = tf.nn.relu(inputs / 127.5 - 0.5)[:, 2:]
    x = layers.Flatten()(tf.concat([x, tf.math.square(x)], axis=-1))
    model = tf_keras.Model(inputs, layers.Dense(7, activation="softmax")(x))
    path = tmp_path / "operations.h5"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    loaded = load_classifier(path, scaling="raw")
    faces = np.asarray(loaded.preprocess(sample_images))
    assert np.allclose(engine_for(loaded).predict(sample_images)[1], model.predict(faces, verbose=0), atol=1e-6)


def test_without_tf_keras_the_extra_is_named(old_file, monkeypatch):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tf_keras" else real(name))
    with pytest.raises(InputError, match=r"pip install 'fer-xai\[keras2\]'") as refused:
        load_classifier(old_file[0])
    assert "\n" not in str(refused.value)


def test_what_neither_can_read_says_so_in_one_line(tmp_path):
    path = hostile(tmp_path / "unknown.h5", {"class_name": "MyOwnLayer", "config": {"name": "mine"}})
    with pytest.raises(
        InputError, match=r"cannot be read as a Keras model: .*MyOwnLayer.*; nor by Keras 2: "
    ) as refused:
        load_classifier(path)
    assert "\n" not in str(refused.value)


def test_opening_a_file_of_keras_3_does_not_load_keras_2():
    import subprocess

    code = "import sys; from fer_xai import load_classifier; load_classifier(); sys.exit('tf_keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
