"""Shapley values against brute force, their own axioms, and the shap package."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from fer_xai.api import explain
from fer_xai.classifier import Classifier, load_classifier
from fer_xai.engine import engine_for
from fer_xai.explainers import shapley
from fer_xai.explainers.segmenters import segment_faces
from fer_xai.faces.fills import fill_faces


def brute_force(worth: np.ndarray, players: int) -> np.ndarray:
    """Mean marginal contribution over every order in which the players can join."""
    total = np.zeros(players)
    orders = list(permutations(range(players)))
    for order in orders:
        coalition = 0
        for player in order:
            total[player] += worth[coalition | 1 << player] - worth[coalition]
            coalition |= 1 << player
    return total / len(orders)


@pytest.mark.parametrize("players", [1, 2, 5, 7])
def test_exact_values_equal_all_orders(players):
    worth = np.random.default_rng(players).normal(size=2**players)
    assert np.allclose(shapley.exact(worth, players), brute_force(worth, players), atol=1e-12)


def test_coalitions_are_numbered_by_their_bits():
    every = shapley.all_coalitions(5)
    assert len(np.unique(every, axis=0)) == 32
    assert every[0b10110].tolist() == [0, 1, 1, 0, 1]


def game(players: int, seed: int) -> np.ndarray:
    """Worth of every coalition: additive, with some interaction."""
    rng = np.random.default_rng(seed)
    z = shapley.all_coalitions(players).astype(float)
    pairs = rng.normal(size=(players, players)) * 0.3
    return 1.5 + z @ rng.normal(size=players) + np.einsum("mi,ij,mj->m", z, pairs, z) + 0.2 * np.sin(z.sum(axis=1))


def sampled(worth: np.ndarray, players: int, samples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    present = shapley.sample_pairs(players, samples, [seed])
    return shapley.from_pairs(present, worth[present.astype(int) @ 2 ** np.arange(players)])


def test_sampled_values_converge_to_the_exact_ones():
    worth = game(8, 0)
    exact = shapley.exact(worth, 8)
    errors = [np.abs(sampled(worth, 8, samples, 1)[0] - exact).max() for samples in (64, 1024, 65536)]
    assert errors[2] < errors[0] / 4
    assert errors[2] < 0.01 * np.abs(exact).max()


def test_sampled_values_sum_to_the_difference_and_are_exact_for_additive_games():
    z = shapley.all_coalitions(8).astype(float)
    gains = np.random.default_rng(3).normal(size=8)
    values, error = sampled(2 + z @ gains, 8, 100, 0)
    assert np.allclose(values, gains, atol=1e-10)
    assert error.max() < 1e-10
    worth = game(8, 5)
    assert sampled(worth, 8, 100, 0)[0].sum() == pytest.approx(worth[-1] - worth[0], abs=1e-10)


def test_stated_errors_are_the_spread_over_seeds():
    worth = np.exp(game(8, 2) / 2)
    exact = shapley.exact(worth, 8)
    runs = [sampled(worth, 8, 400, seed) for seed in range(200)]
    missed = np.sqrt(np.mean([(values - exact) ** 2 for values, _ in runs], axis=0))
    stated = np.sqrt(np.mean([error**2 for _, error in runs], axis=0))
    assert np.allclose(stated / missed, 1, atol=0.25)


def test_pairs_are_complements_and_sizes_follow_the_kernel():
    present = shapley.sample_pairs(6, 40002, [0])
    assert present[:2].tolist() == [[0] * 6, [1] * 6]
    assert (present[2::2] + present[3::2] == 1).all()
    counts = np.bincount(present[2:].sum(axis=1), minlength=7)[1:6]
    kernel = np.array([1 / (k * (6 - k)) for k in range(1, 6)])
    assert np.allclose(counts / counts.sum(), kernel / kernel.sum(), atol=0.01)


@pytest.fixture(scope="module")
def eight(sample_images: np.ndarray) -> np.ndarray:
    """Eight vertical strips instead of facial regions."""
    return np.broadcast_to(np.arange(48) // 6, (1, 48, 48)).astype(np.int32)


def test_region_values_equal_brute_force_on_eight_regions(stub_model, sample_images, eight, monkeypatch):
    import fer_xai.facs

    masks = (eight[:, None] == np.arange(8)[None, :, None, None]).astype(np.float32)
    names = tuple("abcdefgh")
    monkeypatch.setattr(fer_xai.facs, "region_masks", lambda images, level, landmarks: (masks, names))
    classifier, face = Classifier(stub_model), sample_images[6:7]
    explanation = explain(classifier, face, method="shap:regions", target="fear")
    fear, fill = classifier.emotions.index("fear"), fill_faces(face, "mean")
    shown = shapley.all_coalitions(8)[:, eight[0]][..., None]
    worth = engine_for(classifier).predict(np.where(shown, face, fill))[1][:, fear].astype(np.float64)
    values = explanation.details["values"][0]
    assert np.abs(values).max() > 1e-4
    assert np.allclose(values, brute_force(worth, 8), atol=1e-6)
    assert values.sum() == pytest.approx(worth[-1] - worth[0], abs=1e-6)
    assert explanation.details["names"] == [names]
    assert explanation.details["standard_error"].max() == 0
    assert explanation.details["exact"].all()
    # The map spreads each value over its region, so that it sums to the difference too.
    assert explanation.attributions.sum() == pytest.approx(worth[-1] - worth[0], abs=1e-5)
    assert np.allclose(explanation.attributions[0, :, :6].sum(), values[0], atol=1e-6)


def test_values_over_facial_regions_sum_to_the_difference_in_output(sample_images):
    classifier = load_classifier()
    explanation = explain(classifier, sample_images[:4], method="shap:regions")
    engine = engine_for(classifier)
    best = [classifier.emotions.index(target) for target in explanation.targets]
    whole, hidden = (
        engine.predict(faces)[1][range(4), best] for faces in (sample_images[:4], fill_faces(sample_images[:4], "mean"))
    )
    sums = np.nansum(explanation.details["values"], axis=1)
    assert np.allclose(sums, explanation.details["sums_to"], atol=1e-9)
    assert np.allclose(sums, whole - hidden, atol=1e-6)
    assert all("mouth" in names for names in explanation.details["names"])


def test_fine_regions_are_sampled_with_a_stated_error(sample_images):
    classifier = load_classifier()
    rough, better = (
        explain(classifier, sample_images[:1], method="shap:regions", level="fine", samples=samples).details
        for samples in (100, 1600)
    )
    assert not rough["exact"].any()
    assert np.nansum(rough["values"]) == pytest.approx(rough["sums_to"][0], abs=1e-9)
    assert np.nanmean(better["standard_error"]) < 0.5 * np.nanmean(rough["standard_error"])
    apart = np.abs(rough["values"] - better["values"]) / np.hypot(rough["standard_error"], better["standard_error"])
    assert np.nanmean(apart) < 2


def test_sampled_segments_converge_to_exact_ones(stub_model, sample_images):
    face = next(image[None] for image in sample_images if segment_faces(image[None], "quickshift").max() + 1 <= 12)
    exact = explain(stub_model, face, method="shap:segments", segmenter="quickshift", samples=4096).details
    count = exact["segments"][0]
    rough = explain(stub_model, face, method="shap:segments", segmenter="quickshift", samples=2**count - 1).details
    assert exact["exact"].all()
    assert not rough["exact"].any()
    apart = np.abs(rough["values"] - exact["values"]) / np.maximum(rough["standard_error"], 1e-9)
    assert np.nanmax(apart) < 5
    assert np.nanmax(np.abs(rough["values"] - exact["values"])) < 0.2 * np.nanmax(np.abs(exact["values"]))


def test_partition_equals_the_package_fed_by_keras_itself(sample_images):
    import keras
    import shap
    from keras import Sequential, layers

    # Strong enough weights: which rectangle is halved next is then not decided by rounding.
    keras.utils.set_random_seed(0)
    dense = layers.Dense(7, "softmax", kernel_initializer=keras.initializers.RandomNormal(stddev=0.1))
    model = Sequential([layers.Input((48, 48, 1)), layers.Conv2D(3, 5, strides=3), layers.Flatten(), dense])
    face = sample_images[2:3]
    explanation = explain(model, face, method="shap:partition", target="sad", samples=120)
    fill = fill_faces(face, "blur")
    package = shap.explainers.PartitionExplainer(
        lambda some: model.predict(some, verbose=0)[:, 4].astype(np.float64), shap.maskers.Image(fill[0])
    )
    theirs = package(face, max_evals=120, batch_size=32, silent=True)
    assert np.ptp(theirs.values) > 1e-5
    assert np.allclose(explanation.attributions[0], theirs.values[0, ..., 0], atol=1e-5)
    whole, hidden = (model.predict(some, verbose=0)[0, 4] for some in (face, fill))
    assert explanation.attributions.sum() == pytest.approx(whole - hidden, abs=1e-4)


@pytest.mark.parametrize("count", [1, 3])
def test_shap_draws_our_explanations(stub_model, sample_images, count):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import shap

    explanation = explain(stub_model, sample_images[:count], method="shap:regions")
    theirs = explanation.to_shap()
    assert np.array_equal(theirs.values[..., 0, 0], explanation.attributions)
    assert np.allclose(
        theirs.base_values[:, 0] + theirs.values.sum(axis=(1, 2, 3, 4)), explanation.details["score"], atol=1e-5
    )
    shap.image_plot(theirs, show=False)
    figure = plt.gcf()
    titles = [axis.get_title() for axis in figure.axes if axis.get_title()]
    plt.close(figure)
    assert titles == [f"{target}, shap:regions" for target in explanation.targets]
