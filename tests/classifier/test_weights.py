"""Weights without an architecture, filled into what the user's builder makes."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_xai.classifier import Classifier, load_classifier
from fer_xai.engine import engine_for
from fer_xai.errors import InputError
from tests.stubs import subclassed


def build(units: int = 7, filters: int = 4, deeper: bool = True) -> Any:
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((16, 16, 1)),
            layers.Conv2D(filters, 3, strides=2, activation="relu"),
            *([layers.Conv2D(filters, 3, activation="relu")] if deeper else []),
            layers.GlobalMaxPooling2D(),
            layers.Dropout(0.2),
            layers.Dense(units, activation="softmax"),
        ]
    )


@pytest.mark.parametrize("name", ["a.weights.h5", "whole.keras", "whole.h5"])
def test_a_builder_and_its_weights_are_the_model(tmp_path, sample_images, name):
    model = build()
    path = tmp_path / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save_weights(path) if name.endswith(".weights.h5") else model.save(path)
    expected = engine_for(Classifier(model)).predict(sample_images)[1]
    loaded = load_classifier(path, builder=build)
    assert np.allclose(engine_for(loaded).predict(sample_images)[1], expected, atol=1e-6)


def test_weights_of_keras_2_fill_a_model_of_keras_3(tmp_path, sample_images):
    import tf_keras
    from tf_keras import layers

    old = tf_keras.Sequential(
        [
            layers.InputLayer((16, 16, 1)),
            layers.Conv2D(4, 3, strides=2, activation="relu"),
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(7, activation="softmax"),
        ]
    )
    path = tmp_path / "old_weights.h5"
    old.save_weights(path)
    with pytest.raises(InputError, match=r"weights without an architecture: give the function .*--builder"):
        load_classifier(path)
    loaded = load_classifier(path, builder=build)
    faces = np.asarray(loaded.preprocess(sample_images))
    assert np.allclose(engine_for(loaded).predict(sample_images)[1], old.predict(faces, verbose=0), atol=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda: build(units=8), id="another width of the head"),
        pytest.param(lambda: build(filters=5), id="another number of filters"),
        pytest.param(lambda: build(deeper=False), id="a layer less"),
    ],
)
@pytest.mark.parametrize("name", ["a.weights.h5", "whole.keras", "whole.h5"])
def test_a_builder_that_makes_another_model_is_refused_in_one_line(tmp_path, wrong, name):
    path = tmp_path / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        build().save_weights(path) if name.endswith(".weights.h5") else build().save(path)
    with pytest.raises(InputError, match="do not fit the model of") as refused:
        load_classifier(path, builder=wrong)
    assert "\n" not in str(refused.value)


def test_a_subclassed_model_is_built_on_the_given_input(tmp_path, sample_images):
    model = subclassed()
    path = tmp_path / "own.weights.h5"
    model.save_weights(path)

    def unbuilt() -> Any:
        return type(model)()

    with pytest.raises(InputError, match=r"is not built: give its input \(input_shape=\(48, 48, 1\), --input-shape"):
        load_classifier(path, builder=unbuilt)
    loaded = load_classifier(path, builder=unbuilt, input_shape=(32, 32, 1))
    expected = engine_for(Classifier(model)).predict(sample_images)[1]
    assert np.allclose(engine_for(loaded).predict(sample_images)[1], expected, atol=1e-6)


def test_a_builder_that_fails_or_builds_no_model(tmp_path):
    path: Path = tmp_path / "a.weights.h5"
    build().save_weights(path)

    def broken() -> Any:
        raise ValueError("no such block")

    with pytest.raises(InputError, match=r"broken\(\) failed: ValueError: no such block"):
        load_classifier(path, builder=broken)
    with pytest.raises(InputError, match=r"dict\(\) gave dict; expected a keras.Model"):
        load_classifier(path, builder=dict)
