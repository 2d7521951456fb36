"""Logits and probabilities, wherever the softmax is, on every shape of model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, softmax

from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for
from tests.stubs import SEED

WHERE = {
    "softmax_in_dense": "Dense layer '{dense}' before its softmax",
    "softmax_apart": "input of the softmax layer '{activation}'",
    "logits_output": "the output itself (linear)",
    "subclassed": "input of the softmax in the model's own code",
    "sigmoid_output": "Dense layer '{dense}' before its sigmoid",
    "multi_output": "Dense layer 'emotion' before its softmax",
    "conv_lstm": "Dense layer 'fc' before its softmax",
    "keras_2": "Dense layer 'fc' before its softmax",
    "ensemble": "logarithm of the output, the average of 2 softmaxes",
}


def own_output(classifier: Classifier, faces: np.ndarray) -> np.ndarray:
    """What the plain model says, asked without any of our code but the preprocessing."""
    answer = classifier.model(np.asarray(classifier.preprocess(faces)), training=False)
    if isinstance(answer, dict):
        answer = next(iter(answer.values()))
    answer = answer[1] if isinstance(answer, list) else answer
    return np.asarray(answer, np.float64)


def test_probabilities_are_the_models_own_and_the_softmax_of_the_logits(any_classifier, sample_images):
    before = [w.copy() for w in any_classifier.model.get_weights()]
    logits, probabilities = engine_for(any_classifier).predict(sample_images)
    name = any_classifier.name
    link = expit if name == "sigmoid_output" else lambda values: softmax(values, axis=1)
    assert np.allclose(link(logits.astype(np.float64)), probabilities, atol=1e-6)
    own = own_output(any_classifier, sample_images)
    expected = softmax(own, axis=1) if name == "logits_output" else own
    # Half precision tells probabilities to three digits.
    assert np.allclose(probabilities, expected, atol=5e-4 if name == "half_weights" else 1e-6)
    assert all(np.array_equal(a, b) for a, b in zip(before, any_classifier.model.get_weights(), strict=True))


def test_the_logits_place_is_told_in_one_phrase(any_classifier):
    told = any_classifier.logits_at
    assert told
    assert "\n" not in told
    if any_classifier.name in WHERE:
        layers = {type(layer).__name__.lower(): layer.name for layer in getattr(any_classifier.model, "layers", [])}
        assert told == WHERE[any_classifier.name].format(**layers)


def test_nothing_of_the_model_is_shadowed_afterwards(any_classifier, sample_images):
    def calls() -> list[bool]:
        return ["call" in layer.__dict__ for layer in any_classifier.model._flatten_layers()]

    before = calls()
    _ = any_classifier.logits_at
    assert calls() == before


def _ends(*ending: Callable[[], Any]) -> Any:
    import keras
    from keras import layers

    keras.utils.set_random_seed(SEED)
    x = inputs = layers.Input((12, 12, 1))
    x = layers.Conv2D(7, 3, activation="relu")(x)
    for layer in ending:
        x = layer()(x)
    return keras.Model(inputs, x, name="ending")


def _layers() -> Any:
    from keras import layers

    return layers


ENDINGS: dict[str, tuple[list[Callable[[], Any]], str]] = {
    "softmax map, then its mean": (
        [lambda: _layers().Softmax(), lambda: _layers().GlobalAveragePooling2D()],
        "probabilities",
    ),
    "softmax with its axis named": (
        [lambda: _layers().GlobalMaxPooling2D(), lambda: _layers().Softmax(axis=1)],
        "softmax",
    ),
    "softmax over another axis than the last": (
        [
            lambda: _layers().GlobalMaxPooling2D(),
            lambda: _layers().Reshape((7, 1)),
            lambda: _layers().Softmax(axis=1),
            lambda: _layers().Flatten(),
        ],
        "probabilities",
    ),
    "log-softmax": ([lambda: _layers().GlobalMaxPooling2D(), lambda: _layers().Activation("log_softmax")], "linear"),
    "mean of class maps": ([lambda: _layers().GlobalAveragePooling2D()], "linear"),
    "softmax, reshaped and dropped out": (
        [
            lambda: _layers().Flatten(),
            lambda: _layers().Dense(7, activation="softmax"),
            lambda: _layers().Reshape((7,)),
            lambda: _layers().Dropout(0.5),
        ],
        "softmax",
    ),
}


@pytest.mark.parametrize("name", sorted(ENDINGS))
def test_unusual_endings(name, sample_images):
    ending, kind = ENDINGS[name]
    classifier = Classifier(_ends(*ending))
    logits, probabilities = engine_for(classifier).predict(sample_images)
    own = own_output(classifier, sample_images)
    expected = softmax(own, axis=1) if kind == "linear" else own
    assert np.allclose(probabilities, expected, atol=1e-6)
    assert np.allclose(softmax(logits, axis=1), probabilities, atol=1e-6)
    if kind == "probabilities":
        assert np.allclose(np.exp(logits), probabilities, atol=1e-6)
    # A logarithm has no constant to spare; what goes into a softmax has one.
    if kind == "softmax":
        assert np.abs(np.log(probabilities) - logits).max() > 1e-3


def test_gradients_reach_the_face_whatever_the_ending(any_classifier, sample_images):
    weights = np.eye(len(any_classifier.emotions), dtype=np.float32)[[3, 4]]
    gradients = next(iter(engine_for(any_classifier).gradients(sample_images[:2], weights, "logit")))
    assert all(np.abs(one).max() > 0 for one in gradients.gradient)


def test_a_batch_of_logits_that_looks_like_probabilities_is_still_logits(sample_images):
    """The decision is the model's, made once: it does not flip with the faces."""
    import keras
    from keras import layers

    inputs = layers.Input((12, 12, 1))
    light = layers.GlobalAveragePooling2D()(inputs)
    model = keras.Model(inputs, layers.Concatenate()([light, layers.Rescaling(-3.0, 1.0)(light)]), name="light")
    classifier = Classifier(model, emotions="happy,sad")
    black = np.zeros((1, 12, 12, 1), np.float32)
    assert np.allclose(own_output(classifier, black).sum(), 1)
    logits, probabilities = engine_for(classifier).predict(black)
    assert np.allclose(logits, [[0, 1]])
    assert np.allclose(probabilities, softmax([[0, 1]], axis=1))
    assert classifier.logits_at == "the output itself (its rows are no probabilities)"
