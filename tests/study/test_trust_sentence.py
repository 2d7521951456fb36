"""A real model's sentence follows from its figures: with random weights the same model gets another one."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai import Classifier, load_classifier, load_faces
from fer_xai.evaluation.trust.sentence import verdict_sentence
from fer_xai.evaluation.trust.verdict import judge
from fer_xai.study import run_study

METHODS = ("occlusion", "saliency")


@pytest.fixture(scope="module")
def trained() -> Classifier:
    return load_classifier("baseline-cnn")


@pytest.fixture(scope="module")
def shuffled(trained: Classifier) -> Classifier:
    """The same net, the values of each kernel in random order."""
    import keras

    model, rng = keras.models.clone_model(trained.model), np.random.default_rng(0)
    model.set_weights([rng.permutation(w.ravel()).reshape(w.shape) for w in trained.model.get_weights()])
    return Classifier(model, emotions=trained.emotions)


def test_random_weights_change_the_sentence(trained, shuffled, tmp_path):
    said = {}
    for name, classifier in (("trained", trained), ("shuffled", shuffled)):
        faces = load_faces("sample")[:16]
        trust = run_study(classifier, faces, tmp_path / name, methods=METHODS, trust=16).table("trust")
        said[name] = verdict_sentence(trust, judge(trust, METHODS))
    assert said["trained"] != said["shuffled"]
    assert "hardly moves" in said["shuffled"]
    assert "hardly moves" not in said["trained"]
