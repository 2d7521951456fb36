"""LIME against the lime package, pasting by hand, and a planted truth."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for
from fer_xai.explainers.lime import sample_coalitions, surrogate
from fer_xai.explainers.segmenters import segment_faces
from fer_xai.faces.fills import segment_means

SEGMENTERS = ("slic", "felzenszwalb", "quickshift")


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
