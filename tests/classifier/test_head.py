"""Logits and probabilities, wherever the softmax is."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for


def test_probabilities_are_the_models_own_and_the_softmax_of_the_logits(any_model, sample_images):
    classifier = Classifier(any_model)
    logits, probabilities = engine_for(classifier).predict(sample_images)
    assert np.allclose(softmax(logits, axis=1), probabilities, atol=1e-6)
    own = any_model.predict(np.asarray(classifier.preprocess(sample_images)), verbose=0)
    expected = softmax(own, axis=1) if any_model.name == "logits_output" else own
    assert np.allclose(probabilities, expected, atol=1e-6)


def test_an_average_of_softmaxes_is_taken_for_probabilities(sample_images):
    import keras
    from keras import layers

    x = layers.Input((48, 48, 1))
    heads = [layers.Dense(7, activation="softmax")(layers.Flatten()(x)) for _ in range(2)]
    classifier = Classifier(keras.Model(x, layers.Average()(heads), name="ensemble"))
    logits, probabilities = engine_for(classifier).predict(sample_images[:3])
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(np.exp(logits), probabilities, atol=1e-6)
