"""Equal faces share their passes: the same answers for the price of one, and nothing shared that differs."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai import explain
from fer_xai.classifier import Classifier
from fer_xai.engine import SharedPasses, engine_for
from tests.conftest import STUBS


class Counting:
    """A black box that counts the faces it has seen."""

    def __init__(self):
        self.seen = 0
        model = STUBS["softmax_in_dense"]()
        self._answer = lambda faces: model(faces, training=False).numpy()

    def __call__(self, faces):
        self.seen += len(faces)
        return self._answer(faces)


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("lime:slic", {"samples": 256}),
        ("lime:slic", {"samples": "auto", "settle": 0.3}),
        ("occlusion", {}),
        ("rise", {"samples": 256}),
        ("shap:segments", {"samples": 256}),
        ("shap:regions", {}),
    ],
)
def test_every_emotion_costs_the_passes_of_one(sample_images, method, options):
    box = Counting()
    classifier = Classifier.from_function(box, "fer2013")
    faces = sample_images[:2]
    every = explain(classifier, faces, method, target="every", **options)
    for_every = box.seen
    assert every.targets == classifier.emotions * 2
    assert len(set(every.faces.ids)) == 14
    seen = []
    for emotion in classifier.emotions:
        box.seen = 0
        alone = explain(classifier, faces, method, target=emotion, **options)
        seen.append(box.seen)
        rows = [n for n, target in enumerate(every.targets) if target == emotion]
        assert np.allclose(every.attributions[rows], alone.attributions, atol=1e-5)
        assert np.allclose(every.probabilities[rows], alone.probabilities, atol=1e-6)
    # Batches are filled up, so that a few rows more or less go through.
    assert for_every <= 1.1 * max(seen) + 256
    assert for_every < 0.4 * sum(seen)


@pytest.mark.parametrize("method", ["saliency", "gradcam", "scorecam"])
def test_every_emotion_by_gradients_is_each_by_itself(sample_images, method):
    classifier = Classifier(STUBS["softmax_in_dense"]())
    every = explain(classifier, sample_images[:2], method, target="every")
    assert every.targets == classifier.emotions * 2
    for n, emotion in enumerate(classifier.emotions):
        alone = explain(classifier, sample_images[:2], method, target=emotion)
        assert np.allclose(every.attributions[[n, n + 7]], alone.attributions, atol=1e-5)


def test_masks_that_differ_are_not_shared(sample_images):
    engine = engine_for(Classifier(STUBS["softmax_in_dense"]()))
    faces = sample_images[[0, 1, 0]]
    drawn = np.random.default_rng(0).random((3, 9, *faces.shape[1:3])).astype(np.float32)

    def masks(face: np.ndarray, row: np.ndarray) -> np.ndarray:
        return drawn[face, row]

    shared = SharedPasses(engine).masked(faces, np.zeros_like(faces), masks, 9)
    assert np.allclose(shared, engine.masked(faces, np.zeros_like(faces), masks, 9), atol=1e-6)
    assert not np.allclose(shared[0], shared[2], atol=1e-6)
