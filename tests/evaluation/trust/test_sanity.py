"""Sanity: what ignores the model is found out, what asks it is not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from fer_xai.classifier import Classifier, load_classifier
from fer_xai.engine import engine_for
from fer_xai.errors import InputError
from fer_xai.evaluation.trust import summarise_trust
from fer_xai.evaluation.trust.randomize import RandomizedClassifier
from fer_xai.evaluation.trust.sanity import beside_twin, randomization
from tests.stubs import STUBS


@pytest.fixture(scope="module")
def images(sample_images) -> np.ndarray:
    return sample_images[:6]


@pytest.fixture(scope="module")
def batch_norm() -> Classifier:
    return load_classifier(STUBS["batch_norm"]())


def test_a_function_has_no_weights():
    classifier = Classifier.from_function(lambda faces: np.zeros((len(faces), 2)), ("happy", "sad"))
    with pytest.raises(InputError, match="plain function"):
        randomization(classifier, np.zeros((2, 4, 4, 1), np.float32), {}, {})


def edges(classifier, faces, seed):
    from scipy.ndimage import sobel

    return np.hypot(sobel(faces[..., 0], axis=1), sobel(faces[..., 0], axis=2))


def gradient(classifier, faces, seed):
    weights = np.eye(len(classifier.emotions), dtype=np.float32)[np.zeros(len(faces), int)]
    return np.concatenate([part.gradient for part in engine_for(classifier).gradients(faces, weights, "logit")])[..., 0]


def test_what_ignores_the_model_survives_and_what_asks_it_does_not(batch_norm, images):
    attributers = {"edges": edges, "gradient": gradient}
    maps = {name: attribute(batch_norm, images, 0) for name, attribute in attributers.items()}
    rows = randomization(batch_norm, images, attributers, maps, seed=0, draws=3)
    assert list(rows["variant"].unique()) == ["head", "upper half", "all layers"]
    told = summarise_trust(rows[rows["metric"] == "sanity"]).set_index(["method", "variant"])
    assert told.loc["edges", "value"].tolist() == pytest.approx([1, 1, 1])
    assert (told.loc["edges", "chance"] < 0.9).all()
    assert told.loc[("edges", "all layers"), "difference_low"] > 0
    assert told.loc[("gradient", "all layers"), "value"] < 0.5


def test_figures_are_those_of_a_naive_loop(batch_norm, images):
    random = RandomizedClassifier(batch_norm)
    maps, last = gradient(batch_norm, images, 0), len(random.steps)
    rows = randomization(batch_norm, images, {"gradient": gradient}, {"gradient": maps}, seed=4, draws=2)
    rows = rows[(rows["metric"] == "sanity") & (rows["variant"] == "all layers")].set_index("row")
    own, others = np.zeros(len(images)), np.zeros(len(images))
    for draw in (4, 5):
        random.randomize(last, draw, images)
        again = gradient(random, images, 0)
        for face in range(len(images)):
            alike = [spearmanr(maps[face].ravel(), other.ravel()).statistic for other in again]
            own[face] += alike.pop(face) / 2
            others[face] += np.mean(alike) / 2
    assert np.allclose(rows["value"], own, atol=1e-5)
    assert np.allclose(rows["chance"], others, atol=1e-5)


def test_a_twin_is_compared_in_the_same_way(batch_norm, images):
    maps = {"gradient": gradient(batch_norm, images, 0)}
    other = load_classifier(STUBS["smallest"]())
    same = beside_twin(batch_norm, images, {"gradient": gradient}, maps)
    twin = beside_twin(other, images, {"gradient": gradient}, maps)
    assert np.allclose(same["value"], 1)
    assert twin["variant"].unique().tolist() == ["smallest"]
    assert (twin["value"] < 0.9).all()


def test_a_map_that_changes_its_signs_only_keeps_its_sizes(batch_norm, images):
    def turns(classifier, faces, seed):
        return edges(classifier, faces, seed) * (1 if classifier is batch_norm else -1)

    maps = {"turns": turns(batch_norm, images, 0)}
    found = randomization(batch_norm, images, {"turns": turns}, maps, draws=1).groupby("metric")["value"]
    assert found.max()["sanity"] == pytest.approx(-1)
    assert found.min()["sanity_size"] == pytest.approx(1)


def test_on_the_bundled_classifier_edges_are_found_out_and_the_methods_are_not():
    from fer_xai import load_faces
    from fer_xai.api import run_explainer
    from fer_xai.explainers import make_explainer
    from fer_xai.faces import Faces

    classifier, images = load_classifier(), load_faces("sample")[:4].images()
    predicted = engine_for(classifier).predict(images)[1].argmax(axis=1)
    targets = [classifier.emotions[place] for place in predicted]

    def asking(method):
        explainer = make_explainer(method)
        return lambda one, faces, seed: (
            run_explainer(one, Faces.from_array(faces), explainer, targets, seed).attributions
        )

    attributers = {"edges": edges, "saliency": asking("saliency"), "gradcam": asking("gradcam")}
    maps = {name: attribute(classifier, images, 0) for name, attribute in attributers.items()}
    rows = randomization(classifier, images, attributers, maps, draws=2)
    rows = rows[(rows["metric"] == "sanity") & (rows["variant"] == "all layers")]
    found = rows.groupby("method")["value"].mean()
    assert found["edges"] == pytest.approx(1)
    assert found["saliency"] < 0.5
    assert found["gradcam"] < 0.5


def test_a_map_that_went_blank_has_kept_nothing_and_a_blank_one_had_nothing(batch_norm, images):
    def fades(classifier, faces, seed):
        return edges(classifier, faces, seed) * (classifier is batch_norm)

    def blank(classifier, faces, seed):
        return np.zeros(faces.shape[:3])

    attributers = {"fades": fades, "blank": blank}
    maps = {name: attribute(batch_norm, images, 0) for name, attribute in attributers.items()}
    rows = randomization(batch_norm, images, attributers, maps, draws=1).groupby("method")["value"]
    assert rows.max()["fades"] == rows.min()["fades"] == 0
    assert np.isnan(rows.max()["blank"])
