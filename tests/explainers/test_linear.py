"""On a linear model every method has a closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier
from fer_xai.explainers.rise import Rise
from fer_xai.explainers.segmenters import on_segments, segment_faces
from fer_xai.explainers.shap_gradient import background
from fer_xai.faces.fills import fill_faces, segment_means

RNG = np.random.default_rng(0)
SIDE = 24
WEIGHTS = RNG.normal(size=(SIDE, SIDE, 3)).astype(np.float32) / SIDE
SAD, FEAR = WEIGHTS[..., 1], WEIGHTS[..., 2]


@pytest.fixture(scope="module")
def faces(sample_images: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(sample_images[:3, ::2, ::2])


@pytest.fixture(scope="module")
def logits() -> Classifier:
    """Logits are linear: what gradient methods explain."""
    from keras import Sequential, layers

    model = Sequential([layers.Input((SIDE, SIDE, 1)), layers.Flatten(), layers.Dense(3)])
    model.layers[-1].set_weights([WEIGHTS.reshape(-1, 3), np.ones(3, np.float32)])
    return Classifier(model, "happy,sad,fear")


@pytest.fixture(scope="module")
def probabilities() -> Classifier:
    """Outputs are linear: what perturbation methods explain."""
    return Classifier.from_function(lambda some: np.einsum("nhwc,hwe->ne", some, WEIGHTS) + 0.5, "happy,sad,fear")


def test_saliency_and_smoothgrad_are_the_weights(logits, faces):
    for method in ("saliency", "smoothgrad"):
        assert np.allclose(
            explain(logits, faces, method=method, target="sad", show="signed").attributions, SAD, atol=1e-6
        )
        assert np.allclose(explain(logits, faces, method=method, target="sad").attributions, np.abs(SAD), atol=1e-6)
        contrast = explain(logits, faces, method=method, target="sad-fear", show="times_input").attributions
        assert np.allclose(contrast, (SAD - FEAR) * faces[..., 0], atol=1e-5)


@pytest.mark.parametrize("baseline", ["black", "blur", "mean_face", "mean"])
def test_integrated_gradients_are_weight_times_way(logits, faces, baseline):
    ours = explain(logits, faces, method="integrated_gradients", target="sad-fear", baseline=baseline)
    way = faces - fill_faces(faces, baseline)
    assert np.allclose(ours.attributions, (SAD - FEAR) * way[..., 0], atol=1e-5)
    assert (ours.details["steps"] == 32).all()


def test_gradient_shap_is_weight_times_distance_from_the_mean_background(logits, faces):
    ours = explain(logits, faces, method="shap:gradient", target="sad", samples=2000)
    expected = SAD * (faces - background(faces.shape[1:]).mean(axis=0))[..., 0]
    error = np.maximum(ours.details["standard_error"], 1e-7)
    assert np.sqrt((((ours.attributions - expected) / error) ** 2).mean()) == pytest.approx(1, abs=0.5)
    assert np.corrcoef(ours.attributions.ravel(), expected.ravel())[0, 1] > 0.99


def effects(faces: np.ndarray, fills: np.ndarray) -> np.ndarray:
    """What showing each pixel instead of the fill adds to sad."""
    return ((faces - fills) * SAD[..., None]).sum(axis=-1)


def test_occlusion_is_the_mean_loss_over_covering_patches(probabilities, faces):
    ours = explain(probabilities, faces, method="occlusion", target="sad", patch=6, stride=3, fill="grey").attributions
    effect = effects(faces, fill_faces(faces, "grey"))
    total, covered = np.zeros_like(effect), np.zeros_like(effect)
    for top in range(0, SIDE - 5, 3):
        for left in range(0, SIDE - 5, 3):
            patch = (slice(None), slice(top, top + 6), slice(left, left + 6))
            total[patch] += effect[patch].sum(axis=(1, 2), keepdims=True)
            covered[patch] += 1
    assert np.allclose(ours, total / covered, atol=1e-5)


def segment_effects(faces: np.ndarray, segments: np.ndarray) -> np.ndarray:
    effect = effects(faces, segment_means(faces, segments))
    return np.stack(
        [np.bincount(s.ravel(), e.ravel(), segments.max() + 1) for s, e in zip(segments, effect, strict=True)]
    )


def test_lime_is_each_segments_effect(probabilities, faces):
    """Up to the surrogate's penalty, which fades with samples."""
    segments = segment_faces(faces, "quickshift")
    ours = explain(probabilities, faces, method="lime:quickshift", target="sad", samples=4000).attributions
    assert np.allclose(ours, on_segments(segment_effects(faces, segments), segments), rtol=0.03, atol=1e-3)


def test_shapley_values_of_segments_are_each_segments_effect(probabilities, faces):
    for segmenter in ("quickshift", "slic"):
        ours = explain(probabilities, faces, method="shap:segments", segmenter=segmenter, target="sad")
        expected = segment_effects(faces, ours.segments)
        values = np.nan_to_num(ours.details["values"])
        assert np.allclose(values, expected, atol=1e-5)
        assert np.allclose(ours.attributions.sum(axis=(1, 2)), expected.sum(axis=1), atol=1e-4)


def test_shapley_values_of_regions_are_each_regions_effect(probabilities, faces):
    ours = explain(probabilities, faces, method="shap:regions", target="sad", fill="grey")
    effect = effects(faces, fill_faces(faces, "grey"))
    for n, values in enumerate(ours.details["values"]):
        expected = np.bincount(ours.segments[n].ravel(), effect[n].ravel(), len(values))
        assert np.allclose(np.nan_to_num(values), expected, atol=1e-5)


def test_partition_shap_of_each_half_is_its_effect(probabilities, faces):
    """An Owen value of an additive game is the players' own worth, at every depth of the partition."""
    ours = explain(probabilities, faces, method="shap:partition", target="sad", samples=400).attributions
    expected = effects(faces, fill_faces(faces, "blur"))
    for half in (np.s_[:, : SIDE // 2], np.s_[:, SIDE // 2 :], np.s_[:, : SIDE // 2, SIDE // 2 :]):
        assert np.allclose(ours[half].sum(axis=(1, 2)), expected[half].sum(axis=(1, 2)), atol=1e-4)


def test_rise_is_the_covariance_of_masks_with_effects(probabilities, faces):
    ours = explain(probabilities, faces, method="rise", target="sad", samples=300, seed=5).attributions
    masks = Rise(samples=300)._masks(5, (SIDE, SIDE)).reshape(300, -1) / 255
    response = effects(faces, np.zeros_like(faces)).reshape(3, -1) @ masks.T
    centred = response - response.mean(axis=1, keepdims=True)
    assert np.allclose(ours.reshape(3, -1), centred @ masks / masks.sum(axis=0), atol=1e-4)


@pytest.fixture(scope="module")
def pooled() -> tuple[Any, np.ndarray]:
    """Convolution → mean → weights: the class map is the exact answer for maps of that layer."""
    from keras import Sequential, layers

    model = Sequential(
        [
            layers.Input((SIDE, SIDE, 1)),
            layers.Conv2D(4, 3, strides=3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3),
        ]
    )
    weights = np.array([[1, -1, 0.5], [-2, 1, 1], [0.3, 0.6, -0.2], [1, 2, -1]], np.float32)
    model.layers[-1].set_weights([weights, np.zeros(3, np.float32)])
    return model, weights


@pytest.mark.parametrize("method", ["gradcam", "layercam", "gradcam_plus_plus"])
def test_class_maps_are_found_through_a_pooled_layer(pooled, faces, method):
    import keras
    import tensorflow as tf

    model, weights = pooled
    inner = keras.Model(model.inputs, model.layers[0].output)
    maps = tf.function(inner)(tf.constant(faces)).numpy()
    ours = explain(Classifier(model, "happy,sad,fear"), faces, method=method, target="sad", relu=False).details["cam"]
    used = weights[:, 1] if method == "gradcam" else np.maximum(weights[:, 1], 0)
    expected = maps @ used / maps[0, ..., 0].size
    assert np.allclose(ours, expected, rtol=1e-4, atol=1e-6)
