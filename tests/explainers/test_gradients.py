"""Gradient methods: tf-keras-vis, completeness, the shap package, and what averaging does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier, load_classifier
from fer_xai.engine import engine_for
from fer_xai.explainers.registry import Request
from fer_xai.explainers.shap_gradient import expected_gradients

# tf-keras-vis and shap hand a model's one input over in a list.
pytestmark = pytest.mark.filterwarnings("ignore:The structure of `inputs`:UserWarning")


def smooth_model() -> Any:
    """A model without kinks, with logits as output."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    x = inputs = layers.Input((24, 24, 1))
    x = layers.Conv2D(4, 5, strides=2, activation="tanh")(x)
    x = layers.Conv2D(6, 3, strides=2, activation="tanh")(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(7)(x), name="smooth")


@pytest.fixture(scope="module")
def smooth() -> Classifier:
    return Classifier(smooth_model())


@pytest.fixture(scope="module")
def faces(sample_images: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(sample_images[:5, ::2, ::2])


def test_saliency_equals_tf_keras_vis(smooth, faces):
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.scores import CategoricalScore

    explanation = explain(smooth, faces, method="saliency")
    targets = [smooth.emotions.index(target) for target in explanation.targets]
    theirs = Saliency(smooth.model, clone=False)(CategoricalScore(targets), faces, normalize_map=False)
    assert np.allclose(explanation.attributions, theirs, rtol=1e-4, atol=1e-7)


def test_saliency_of_the_loss_is_the_gradient_of_keras_cross_entropy(smooth, faces):
    import keras
    import tensorflow as tf

    explanation = explain(smooth, faces, method="saliency", target="fear", of="loss", show="signed")
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, reduction="sum")

    @tf.function
    def gradient(images: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(images)
            value = loss(tf.one_hot([2] * len(faces), 7), smooth.model(images))
        return tape.gradient(value, images)

    theirs = gradient(tf.constant(faces)).numpy()[..., 0]
    assert np.abs(theirs).max() > 1e-4
    assert np.allclose(explanation.attributions, -theirs, rtol=1e-4, atol=1e-6)


def test_smoothgrad_without_noise_is_saliency_and_with_noise_nears_the_mean_gradient(smooth, faces):
    plain = explain(smooth, faces, method="saliency", show="signed").attributions
    calm = explain(smooth, faces, method="smoothgrad", show="signed", noise=0.0, samples=3).attributions
    assert np.allclose(plain, calm, rtol=1e-4, atol=1e-6)
    engine, rng = engine_for(smooth), np.random.default_rng(9)
    face, weights = faces[:1], np.eye(7, dtype=np.float32)[[3]]
    copies = face + 0.3 * np.ptp(face) * rng.standard_normal((4000, *face.shape[1:])).astype(np.float32)
    batches = engine.gradients(copies, np.repeat(weights, 4000, axis=0), "logit")
    expected = np.concatenate([batch.gradient for batch in batches]).mean(axis=0)[..., 0]
    noisy = explain(smooth, face, method="smoothgrad", target="happy", show="signed", noise=0.3, samples=2000)
    assert np.corrcoef(noisy.attributions[0].ravel(), expected.ravel())[0, 1] > 0.995
    single = explain(smooth, face, method="saliency", target="happy", show="signed").attributions[0]
    assert np.abs(noisy.attributions[0] - expected).max() < 0.5 * np.abs(single - expected).max()


@pytest.mark.parametrize("baseline", ["black", "blur", "mean_face"])
def test_integrated_gradients_sum_to_the_difference_within_one_percent_at_64_steps(smooth, faces, baseline):
    from fer_xai.faces.fills import fill_faces

    explanation = explain(
        smooth, faces, method="integrated_gradients", target="sad", baseline=baseline, steps=64, max_steps=64
    )
    logits = engine_for(smooth).predict
    sad = smooth.emotions.index("sad")
    difference = logits(faces)[0][:, sad] - logits(fill_faces(faces, baseline))[0][:, sad]
    sums = explanation.attributions.sum(axis=(1, 2))
    assert np.abs(difference).min() > 1e-3
    assert (np.abs(sums - difference) <= 0.01 * np.abs(difference)).all()
    assert np.allclose(explanation.details["gap"], np.abs(sums - difference) / np.abs(difference), atol=1e-3)
    assert (explanation.details["steps"] == 64).all()


def test_steps_double_until_the_gap_is_small_or_the_limit_is_reached(faces):
    """A kinked net: some faces need more steps than others, each takes only what it needs."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            layers.Input((24, 24, 1)),
            layers.Conv2D(
                8, 3, activation="relu", kernel_initializer="random_normal", bias_initializer="random_normal"
            ),
            layers.Conv2D(8, 3, activation="relu", bias_initializer="random_normal"),
            layers.Flatten(),
            layers.Dense(7),
        ]
    )
    explanation = explain(model, faces, method="integrated_gradients", steps=1, max_steps=512, tolerance=0.002)
    steps, gap = explanation.details["steps"], explanation.details["gap"]
    assert len(set(steps.tolist())) > 1
    assert ((gap <= 0.002) | (steps == 512)).all()
    for n, count in enumerate(steps.tolist()):
        # The refined sum is the plain trapezoid rule with as many steps.
        plain = explain(
            model, faces[n : n + 1], method="integrated_gradients", steps=count, max_steps=count,
            target=explanation.targets[n],
        )  # fmt: skip
        assert np.allclose(plain.attributions[0], explanation.attributions[n], rtol=1e-3, atol=1e-6)
        if count > 1:
            half = explain(
                model, faces[n : n + 1], method="integrated_gradients", steps=count // 2, max_steps=count // 2,
                target=explanation.targets[n],
            )  # fmt: skip
            assert half.details["gap"][0] > 0.002


def test_gap_on_a_real_model_is_reported_and_small(sample_images):
    explanation = explain(load_classifier(), sample_images[:6], method="integrated_gradients", max_steps=128)
    gap, steps = explanation.details["gap"], explanation.details["steps"]
    assert ((gap <= 0.01) | (steps == 128)).all()
    missed = np.abs(explanation.attributions.sum(axis=(1, 2)) - explanation.details["sums_to"])
    assert np.allclose(missed / np.abs(explanation.details["sums_to"]), gap, atol=1e-3)


def test_gradient_shap_equals_the_package_for_the_same_samples(smooth, faces, monkeypatch):
    import shap

    others = np.random.default_rng(4).uniform(size=(9, 24, 24, 1)).astype(np.float32)
    package = shap.GradientExplainer(smooth.model, others)
    theirs = package.shap_values(faces[:2], nsamples=30, rseed=11)
    # The package draws a background face and a place on the line in turns, from numpy's global stream.
    stream = np.random.RandomState(11)
    draws = [[(stream.choice(9), stream.uniform()) for _ in range(30)] for _ in range(2)]
    who = np.array([[i for i, _ in row] for row in draws])
    share = np.array([[t for _, t in row] for row in draws])
    for emotion in range(7):
        weights = np.eye(7, dtype=np.float32)[[emotion, emotion]]
        request = Request(faces[:2], weights, 0, lambda level: (np.zeros(1), ()), lambda: np.zeros(1))
        mean, _ = expected_gradients(engine_for(smooth), request, "logit", others, who, share)
        assert np.allclose(mean, theirs[..., 0, emotion], rtol=1e-3, atol=1e-6)


def test_gradient_shap_sums_to_the_face_less_the_background(smooth, faces):
    explanation = explain(smooth, faces, method="shap:gradient", target="happy", samples=3000)
    expected = explanation.details["score"] - explanation.details["baseline_score"]
    sums = explanation.attributions.sum(axis=(1, 2))
    assert np.abs(expected).max() > 0.05
    assert np.abs(sums - expected).max() < 0.1 * np.abs(expected).max()
    happy = smooth.emotions.index("happy")
    assert np.allclose(explanation.details["score"], engine_for(smooth).predict(faces)[0][:, happy], atol=1e-5)
