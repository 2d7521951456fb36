"""Losses, learning rates, balances and splits, each against what it promises."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.emotions import FERPLUS
from fer_xai.faces import Faces
from fer_xai.training.balance import class_weights, oversample
from fer_xai.training.losses import Focal
from fer_xai.training.protocols import at_random, private_validates, standard
from fer_xai.training.recipe import Phase, Recipe
from fer_xai.training.schedules import Constant, Cosine, Plateau
from tests.training.stubs import linear_net


@pytest.mark.parametrize("order", [FERPLUS, tuple(reversed(FERPLUS))])
def test_focal_loss_weighs_each_emotion_by_its_name(order):
    alpha = {emotion: float(n + 1) for n, emotion in enumerate(FERPLUS)}
    loss = Focal(gamma=2.0, alpha=alpha).build(order)
    probabilities = np.full((1, 8), 0.5 / 7, np.float32)
    for emotion in order:
        place = order.index(emotion)
        target, answer = np.eye(8, dtype=np.float32)[[place]], probabilities.copy()
        answer[0, place] = 0.5
        expected = alpha[emotion] * (1 - 0.5) ** 2 * -np.log(0.5)
        assert float(loss(target, answer)) == pytest.approx(expected, rel=1e-4)


def test_plateau_cuts_the_rate_after_each_wait_and_no_further_than_the_lowest():
    schedule = Plateau(factor=0.1, patience=2, watch="val_loss", lowest=0.005)
    values = [1.0, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8]
    rates = [schedule.rate(1.0, [{"val_loss": v} for v in values[:n]], 9, 10) for n in range(10)]
    assert rates == pytest.approx([1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.005])


def test_plateau_watches_accuracy_upwards_and_decays():
    schedule = Plateau(factor=0.5, patience=1, watch="val_accuracy", decay=0.1)
    assert schedule.rate(1.0, [{"val_accuracy": 0.1}, {"val_accuracy": 0.2}], 9, 5) == pytest.approx(1 / 2)
    assert schedule.rate(1.0, [{"val_accuracy": 0.2}, {"val_accuracy": 0.1}], 9, 5) == pytest.approx(0.5 / 2)


def test_cosine_rises_and_falls_to_nothing():
    rate = Cosine(warmup=1).rate(0.1, [], epochs=5, steps=10)
    assert [float(rate(step)) for step in (0, 10, 30, 50)] == pytest.approx([0.005, 0.1, 0.05, 0], abs=1e-6)
    assert Constant().rate(0.1, [], 5, 10) == 0.1


def test_class_weights_make_classes_weigh_the_same_and_faces_one_on_average():
    labels = np.array([0] * 6 + [1] * 3 + [3])
    weights = class_weights(labels, 4)
    assert [weights[c] * (labels == c).sum() for c in (0, 1, 3)] == pytest.approx([10 / 3] * 3)
    assert np.mean([weights[c] for c in labels]) == pytest.approx(1)
    assert 2 not in weights


def test_oversampling_shows_each_face_and_each_class_as_often():
    labels = np.array([0] * 6 + [1] * 3 + [3])
    places = oversample(labels, np.random.default_rng(0))
    assert set(places) == set(range(10))
    assert np.bincount(labels[places]).tolist() == [6, 6, 0, 6]


def faces_of(splits: list[str]) -> Faces:
    faces = Faces.from_array(np.zeros((len(splits), 48, 48), np.uint8), ["happy"] * len(splits))
    faces.table["split"] = splits
    return faces


def test_protocols_split_as_they_say():
    faces = faces_of(["train", "validation", "test"] * 100)
    assert standard(faces, 0)[:3].tolist() == ["train", "validation", "test"]
    assert private_validates(faces, 0)[:3].tolist() == ["train", "test", "validation"]
    drawn = at_random(faces, 0)
    assert [(drawn == part).sum() for part in ("train", "validation", "test")] == [240, 30, 30]
    assert (drawn == at_random(faces, 0)).all()
    assert (drawn != at_random(faces, 1)).any()


@pytest.mark.parametrize("wrong", [{"labels": "affectnet"}, {"balance": "wishful"}, {"phases": (Phase(frozen=3),)}])
def test_a_recipe_that_makes_no_sense_is_no_recipe(wrong):
    with pytest.raises(ValueError, match=r"expected one of|has none"):
        Recipe("x", "test", linear_net, **wrong)


def test_head_order_is_the_label_sets_without_what_is_dropped():
    recipe = Recipe("x", "test", linear_net, labels="ferplus", dropped=("disgust",))
    assert recipe.emotions == ("neutral", "happy", "surprise", "sad", "angry", "fear", "contempt")
