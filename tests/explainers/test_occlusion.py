"""Occlusion and RISE against naive loops."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for
from fer_xai.explainers.rise import Rise, weighted_means


@pytest.mark.parametrize("fill", ["mean", "grey", "blur", "mean_face"])
def test_occlusion_equals_a_naive_loop(stub_model, sample_images, fill):
    from fer_xai.faces.fills import fill_faces

    classifier, face = Classifier(stub_model), sample_images[:1, 10:34, 10:34]
    explanation = explain(classifier, face, method="occlusion", target="happy", patch=8, stride=6, fill=fill)
    hidden_look = fill_faces(face, fill)
    happy = classifier.emotions.index("happy")

    def probability(image: np.ndarray) -> float:
        return float(engine_for(classifier).predict(image)[1][0, happy])

    total, covered = np.zeros((24, 24)), np.zeros((24, 24))
    for top in (0, 6, 12, 16):
        for left in (0, 6, 12, 16):
            hidden = face.copy()
            patch = (0, slice(top, top + 8), slice(left, left + 8))
            hidden[patch] = hidden_look[patch]
            total[patch[1:]] += probability(face) - probability(hidden)
            covered[patch[1:]] += 1
    assert np.abs(total).max() > 1e-4
    assert np.allclose(explanation.attributions[0], total / covered, atol=1e-6)


def test_fills_are_what_they_are_called():
    from fer_xai.faces.fills import fill_faces

    faces = np.random.default_rng(0).uniform(size=(2, 20, 20, 1)).astype(np.float32)
    assert np.allclose(fill_faces(faces, "mean")[1], faces[1].mean())
    assert np.unique(fill_faces(faces, "grey")) == 0.5
    blurred = fill_faces(faces, "blur")
    assert blurred.std() < 0.3 * faces.std()
    assert blurred.mean() == pytest.approx(faces.mean(), abs=0.02)
    one, other = fill_faces(faces, "mean_face")
    assert np.array_equal(one, other)
    # A face is lighter in the middle than at its corners.
    assert one[8:12, 8:12].mean() > one[[0, 0, -1, -1], [0, -1, 0, -1]].mean()


def test_rise_equals_its_definition(stub_model, sample_images):
    classifier, face = Classifier(stub_model), sample_images[4:5]
    explanation = explain(classifier, face, method="rise", target="sad", samples=50, seed=2)
    masks = Rise(samples=50)._masks(2, (48, 48)) / np.float32(255)
    sad = classifier.emotions.index("sad")
    scores = engine_for(classifier).predict(masks[..., None] * face)[1][:, sad].astype(np.float64)
    papers = np.tensordot(scores, masks, 1) / masks.sum(axis=0)
    assert np.allclose(explanation.attributions[0], papers - scores.mean(), atol=1e-6)


def test_rise_masks_show_half_of_each_pixel_and_are_shifted():
    masks = Rise(samples=4000)._masks(0, (48, 40)) / 255
    assert masks.shape == (4000, 48, 40)
    assert np.abs(masks.mean(axis=0) - 0.5).max() < 0.05
    # Without shifts the random cells' centres would vary more than their edges.
    spread = masks.std(axis=0)
    assert spread.max() - spread.min() < 0.1


def test_rise_errors_are_the_spread_over_seeds(stub_model, sample_images):
    runs = [explain(stub_model, sample_images[:1], method="rise", samples=200, seed=seed) for seed in range(24)]
    spread = np.std([run.attributions[0] for run in runs], axis=0, ddof=1)
    stated = np.mean([run.details["standard_error"][0] for run in runs], axis=0)
    assert np.median(stated / spread) == pytest.approx(1, abs=0.2)


def test_weighted_means_of_a_plain_mask_are_group_means():
    masks = np.array([[1, 0], [1, 0], [0, 1], [1, 1]])
    response = np.array([[1.0, 3.0, 5.0, 7.0]])
    mean, error = weighted_means(masks, response)
    assert mean[0] == pytest.approx([11 / 3 - 4, 6 - 4])
    ratio = masks / masks.mean(axis=0)
    influence = ratio * (response - 4 - mean[0][:, None]).T - (response - 4).T
    assert error[0] == pytest.approx(np.sqrt((influence**2).sum(axis=0)) / 4)
