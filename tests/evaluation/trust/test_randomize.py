"""Random weights: the model stays as it was, and the random one is traced once and still tells faces apart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fer_xai.classifier import Classifier, load_classifier
from fer_xai.classifier.taps import layers_of
from fer_xai.engine import engine_for
from fer_xai.errors import InputError
from fer_xai.evaluation.trust.randomize import RandomizedClassifier
from tests.stubs import STUBS

KINDS = ["nested_twice", "subclassed", "batch_norm", "mixed_precision"]


@pytest.fixture(scope="module")
def images(sample_images) -> np.ndarray:
    return sample_images[:6]


@pytest.fixture(scope="module")
def batch_norm() -> Classifier:
    return load_classifier(STUBS["batch_norm"]())


def state(classifier: Classifier) -> tuple:
    model = classifier.model
    own = [sorted(layer.__dict__) for layer in layers_of(model)]
    trainable = [layer.trainable for layer in layers_of(model)]
    config = None if type(model).__name__ == "Subclassed" else json.dumps(model.get_config(), default=str)
    return classifier.describe()["sha256"], own, trainable, config


@pytest.mark.parametrize("kind", KINDS)
def test_the_random_model_answers_otherwise_and_the_user_s_stays(kind, images):
    classifier = load_classifier(STUBS[kind]())
    said, before = engine_for(classifier).predict(images)[1], state(classifier)
    random = RandomizedClassifier(classifier)
    engine = engine_for(random)
    assert np.array_equal(engine.predict(images)[1], said)
    random.randomize(len(random.steps), 0, images)
    anew = engine.predict(images)[1]
    assert np.abs(anew - said).max() > 1e-4
    random.randomize(len(random.steps), 1, images)
    assert not np.allclose(engine.predict(images)[1], anew, atol=1e-6)
    random.randomize(len(random.steps), 0, images)
    assert np.array_equal(engine.predict(images)[1], anew)
    # Whether it still tells faces apart, as the model does.
    assert anew.std(axis=0).mean() > 0.02 * said.std(axis=0).mean()
    random.randomize(0, 0, images)
    assert np.allclose(engine.predict(images)[1], said, atol=1e-6)
    assert state(classifier) == before
    assert np.array_equal(engine_for(classifier).predict(images)[1], said)


def test_nothing_is_traced_again(batch_norm, images):
    random = RandomizedClassifier(batch_norm)
    engine = engine_for(random)
    for seed in range(3):
        random.randomize(2, seed, images)
        engine.predict(images)
    programs = [*engine._programs.values(), *random._programs.values()]
    assert [program.experimental_get_tracing_count() for program in programs] == [1, 1]


def test_the_cascade_starts_at_the_head_and_keeps_what_it_drew(images):
    """In this stub the gradient at the last map is the head's kernel itself."""
    classifier = load_classifier(STUBS["logits_output"]())
    weights = np.eye(7, dtype=np.float32)[np.zeros(len(images), int)]
    random = RandomizedClassifier(classifier)
    assert len(random.steps) == 2

    def looked_at(one):
        ((_, maps, kernel, _),) = engine_for(one).layer_gradients(images, weights, None)
        return maps, kernel[0]

    own_maps, own_kernel = looked_at(classifier)
    random.randomize(1, 5, images)
    maps, kernel = looked_at(random)
    assert np.array_equal(maps, own_maps)
    assert not np.array_equal(kernel, own_kernel)
    random.randomize(2, 5, images)
    deeper, same_kernel = looked_at(random)
    assert not np.allclose(deeper, own_maps)
    assert np.array_equal(same_kernel, kernel)


def _activations(classifier, images, weights, layer):
    batches = engine_for(classifier).layer_gradients(images, weights, layer)
    return np.concatenate([batch.activations for batch in batches])


def test_a_normalisation_normalises_what_it_is_given_now(batch_norm, images):
    """Its answers have mean beta = 0 and deviation gamma (1.5 in this stub, however shuffled) on each channel."""
    random = RandomizedClassifier(batch_norm)
    random.randomize(2, 0, images)
    layer = batch_norm.model.layers[2].name
    weights = np.eye(7, dtype=np.float32)[np.zeros(len(images), int)]
    answers = _activations(random, images, weights, layer)
    assert np.abs(answers.mean(axis=(0, 1, 2))).max() < 1e-4
    assert np.allclose(answers.std(axis=(0, 1, 2)), 1.5, atol=0.1)
    # Of the trained network's own statistics, nothing like it holds.
    own = _activations(batch_norm, images, weights, layer)
    assert np.abs(own.mean(axis=(0, 1, 2))).max() > 0.1


def test_the_user_s_layers_stay_as_they_were_after_an_error(batch_norm, images, monkeypatch):
    random, before = RandomizedClassifier(batch_norm), state(batch_norm)

    def broken(faces):
        Classifier.forward(batch_norm, faces)
        raise RuntimeError("no more memory")

    monkeypatch.setattr(batch_norm, "forward", broken)
    with pytest.raises(RuntimeError, match="no more memory"):
        random.randomize(2, 0, images)
    monkeypatch.undo()
    assert state(batch_norm) == before
    import keras

    assert not keras.src.backend.common.stateless_scope.in_stateless_scope()


@pytest.mark.parametrize(("kind", "why"), [("saved_model", "layers cannot be seen"), ("keras_2", "Keras 2")])
def test_weights_that_cannot_be_exchanged_are_told(kind, why):
    if kind == "keras_2":
        pytest.importorskip("tf_keras")
    with pytest.raises(InputError, match=why):
        RandomizedClassifier(load_classifier(STUBS[kind]()))


def test_a_classifier_of_random_weights_is_not_randomized_again(batch_norm):
    with pytest.raises(InputError, match="random already"):
        RandomizedClassifier(RandomizedClassifier(batch_norm))
