"""LIME against the lime package, pasting by hand, and a planted truth."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for
from fer_xai.explainers.designs import draw
from fer_xai.explainers.segmenters import segment_faces
from fer_xai.explainers.surrogate import fit_surrogate
from fer_xai.faces.fills import segment_means

SEGMENTERS = ("slic", "felzenszwalb", "quickshift")


@pytest.mark.parametrize("sampling", ["random", "orthogonal"])
@pytest.mark.parametrize("segmenter", SEGMENTERS)
def test_lime_equals_the_lime_package_for_the_same_masks(stub_model, sample_images, segmenter, sampling):
    from lime.lime_base import LimeBase
    from sklearn.metrics import pairwise_distances

    classifier, face = Classifier(stub_model), sample_images[3:4]
    segments = segment_faces(face, segmenter)
    present = draw(sampling, int(segments.max()) + 1, 300, [0, 1])[None]
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
        ours, _, fit = fit_surrogate(present[0], probabilities[:, emotion].astype(np.float64), 0.25)
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


def two_segments(faces: np.ndarray) -> np.ndarray:
    """A black box whose answer depends on two places only, jointly."""
    left, right = faces[:, 10:20, 5:20, 0].mean(axis=(1, 2)), faces[:, 30:40, 25:40, 0].mean(axis=(1, 2))
    happy = np.clip(0.5 + left * right - 0.3 * left, 0, 1)
    return np.stack([happy, 1 - happy], axis=1)


def test_few_segments_are_shown_in_every_way_and_that_is_the_limit(sample_images):
    counts = segment_faces(sample_images, "quickshift").max(axis=(1, 2)) + 1
    faces, count = sample_images[[counts.argmin()]], int(counts.min())
    classifier = Classifier.from_function(two_segments, "happy,sad")
    every = explain(classifier, faces, method="lime:quickshift", samples=2**count).details
    assert every["passes"] == 2**count
    assert (every["standard_error"] == 0).all()
    assert every["settled"] == pytest.approx(1)
    present, segments = draw("random", count, 50_000, [0]), segment_faces(faces, "quickshift")
    fills = segment_means(faces, segments)
    answers = engine_for(classifier).coalitions(faces, fills, segments, present[None])[0]
    limit = fit_surrogate(present, answers[:, two_segments(faces)[0].argmax()].astype(np.float64), 0.25)
    assert np.abs(limit.coefficients - every["values"][0]).max() < 0.01 * np.abs(every["values"]).max()


def test_auto_goes_on_until_each_face_has_settled(stub_model, sample_images):
    options = {"method": "lime:slic", "samples": "auto", "settle": 0.8, "most": 1536}
    details = explain(Classifier(stub_model), sample_images[:4], **options).details
    assert set(details["passes"]) <= {512, 1024, 1536}
    assert (details["settled"][details["passes"] < 1536] >= 0.8).all()
    alone = explain(Classifier(stub_model), sample_images[2:3], **options).details
    assert alone["passes"][0] == details["passes"][2]
    assert np.allclose(alone["values"][0], details["values"][2, : alone["segments"][0]], atol=1e-6)
    fixed = explain(Classifier(stub_model), sample_images[2:3], "lime:slic", samples=int(alone["passes"][0])).details
    assert np.allclose(fixed["values"], alone["values"], atol=1e-6)


def test_auto_does_not_wait_for_a_classifier_that_never_changes_its_mind(sample_images):
    classifier = Classifier.from_function(lambda faces: np.tile([0.7, 0.3], (len(faces), 1)), "happy,sad")
    details = explain(classifier, sample_images[:1], method="lime:slic", samples="auto").details
    assert details["passes"][0] == 512
    assert np.isnan(details["settled"][0])
