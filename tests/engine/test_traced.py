"""The engine: gradients by finite differences, packing that loses nothing, no second trace."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai import explain
from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for
from fer_xai.engine.packing import evenly, packed, rows_per_pass
from fer_xai.errors import InputError
from fer_xai.explainers.gradient_maps import scores
from tests.conftest import STUBS


@pytest.fixture(scope="module")
def smooth() -> Classifier:
    """A model without kinks, so that finite differences are exact enough."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            layers.Input((12, 12, 1)),
            layers.Conv2D(4, 3, strides=2, activation="tanh", name="first"),
            layers.Conv2D(3, 1, strides=2, padding="same", activation="tanh", name="second"),
            layers.Flatten(),
            layers.Dense(7, activation="softmax", kernel_initializer="random_normal"),
        ]
    )
    return Classifier(model)


@pytest.mark.parametrize("of", ["logit", "probability", "loss"])
def test_input_gradients_equal_finite_differences(smooth, of):
    engine = engine_for(smooth)
    face = np.random.default_rng(0).uniform(0.2, 0.8, (1, 12, 12, 1)).astype(np.float32)
    weights = np.zeros((1, 7), np.float32)
    weights[0, 2], weights[0, 5] = 1, -1
    (batch,) = engine.gradients(face, weights, of)
    ours = batch.gradient[0, ..., 0]
    steps = np.eye(144, dtype=np.float32).reshape(144, 12, 12, 1) * 1e-2
    up, down = (scores(engine, face + sign * steps, of) for sign in (1, -1))
    numeric = ((up - down) @ weights[0] / 2e-2).reshape(12, 12)
    assert batch.score[0] == pytest.approx(scores(engine, face, of)[0] @ weights[0], abs=1e-6)
    assert np.allclose(ours, numeric, atol=1e-3 * np.abs(numeric).max() + 2e-5)


def test_layer_gradients_chain_to_the_input(smooth):
    """Logits are linear in the last layer: activations · gradient of one logit = that logit less its bias."""
    engine = engine_for(smooth)
    faces = np.random.default_rng(0).uniform(size=(3, 12, 12, 1)).astype(np.float32)
    weights = np.eye(7, dtype=np.float32)[[1, 4, 6]]
    ((name, activations, gradients, _),) = engine.layer_gradients(faces, weights, None)
    assert name.endswith("second")
    bias = smooth.model.layers[-1].bias.numpy()[[1, 4, 6]]
    logits = engine.predict(faces)[0][np.arange(3), [1, 4, 6]]
    assert np.allclose((activations * gradients).sum(axis=(1, 2, 3)), logits - bias, atol=1e-5)


def test_a_layer_that_gives_no_map_is_refused(smooth):
    faces = np.zeros((1, 12, 12, 1), np.float32)
    with pytest.raises(InputError, match=r"unknown layer with a map of the face .*; known are first, second"):
        next(engine_for(smooth).layer_gradients(faces, np.eye(7, dtype=np.float32)[:1], smooth.model.layers[-1].name))


def test_a_model_without_convolutions_says_that_grad_cam_needs_one():
    from keras import Sequential, layers

    flat = Classifier(Sequential([layers.Input((8, 8, 1)), layers.Flatten(), layers.Dense(7)], name="flat"))
    with pytest.raises(InputError, match="flat has no convolution"):
        _ = engine_for(flat).last_convolution


def test_without_weights_the_likeliest_emotion_is_meant_and_the_answers_come_along(smooth):
    engine = engine_for(smooth)
    faces = np.random.default_rng(3).normal(0, 4, (140, 12, 12, 1)).astype(np.float32)
    probabilities = engine.predict(faces)[1]
    likeliest = np.eye(7, dtype=np.float32)[probabilities.argmax(axis=1)]
    assert len(np.unique(probabilities.argmax(axis=1))) > 1
    meant, said = (list(engine.gradients(faces, weights, "logit")) for weights in (None, likeliest))
    for one, other in zip(meant, said, strict=True):
        assert np.array_equal(one.gradient, other.gradient)
    assert np.allclose(np.concatenate([one.probabilities for one in meant]), probabilities, atol=1e-6)
    meant, said = (list(engine.layer_gradients(faces, weights, None)) for weights in (None, likeliest))
    assert len(meant) == len(said) == 2
    for one, other in zip(meant, said, strict=True):
        assert np.array_equal(one.gradients, other.gradients)
    assert np.allclose(np.concatenate([one.probabilities for one in meant]), probabilities, atol=1e-6)


@pytest.mark.parametrize("method", ["saliency", "gradcam"])
def test_a_look_at_the_face_itself_asks_the_classifier_nothing_more(smooth, method):
    faces = np.random.default_rng(3).uniform(size=(5, 12, 12, 1)).astype(np.float32)
    fresh = Classifier(smooth.model)
    found = explain(fresh, faces, method)
    assert not [key for key, _ in engine_for(fresh)._programs if key == "predict"]
    known = explain(fresh, faces, method, target=list(found.predicted))
    assert found.targets == known.targets
    assert np.array_equal(found.attributions, known.attributions)
    assert np.allclose(found.probabilities, engine_for(fresh).predict(faces)[1], atol=1e-6)


def _darker(faces):
    return lambda face, row: faces[face] / (1 + row[:, None, None, None])


def test_nothing_is_traced_twice_over_many_batches(sample_images):
    engine = engine_for(Classifier(STUBS["softmax_in_dense"]()))
    weights = np.eye(7, dtype=np.float32)[:3]
    masks = np.random.default_rng(0).integers(0, 2, (5, 48, 48))
    segments = np.zeros((16, 48, 48), np.int32)
    for count in (1, 3, 2):
        faces = sample_images[:count]
        engine.predict(faces)
        engine.masked(faces, faces, lambda face, row: masks[row], count + 1)
        engine.coalitions(faces, faces, segments[:count], np.ones((count, count + 1, 1), np.uint8))
        list(engine.gradients(faces, weights[:count], "logit"))
        list(engine.gradients(faces, weights[:count], "logit", _darker(faces), 7))
        list(engine.layer_gradients(faces, weights[:count], None))
    assert len(engine._programs) == 5
    assert {program.experimental_get_tracing_count() for program in engine._programs.values()} == {1}


@pytest.mark.parametrize(("faces", "passes", "rows"), [(1, 1, 8), (3, 7, 8), (5, 100, 64), (40, 3, 16)])
def test_packing_covers_every_pass_once_in_full_batches(faces, passes, rows):
    seen = []
    for where, face, row in packed(faces, passes, rows):
        assert len(face) == len(row) == rows
        seen += list(zip(face, row, strict=True))[: where.stop - where.start]
    assert seen == [(n, m) for n in range(faces) for m in range(passes)]


@pytest.mark.parametrize(("total", "most", "rows"), [(1, 256, 1), (256, 256, 256), (296, 256, 148), (1000, 256, 250)])
def test_batches_are_alike_and_as_few_as_can_be(total, most, rows):
    assert evenly(total, most) == rows
    assert -(-total // rows) == -(-total // most)


@pytest.mark.parametrize(("total", "rows"), [(1, 1), (63, 63), (64, 32), (128, 64), (129, 65), (296, 74), (1000, 125)])
def test_two_streams_get_as_many_batches_each(total, rows):
    assert evenly(total, 128, 2) == rows
    assert total < 64 or -(-total // rows) % 2 == 0
    assert evenly(total, 128, 2, least=64) == (rows if total != 64 else 64)


def test_gradients_at_many_points_come_face_by_face(smooth):
    engine, rng = engine_for(smooth), np.random.default_rng(2)
    faces = rng.uniform(size=(7, 12, 12, 1)).astype(np.float32)
    weights = rng.normal(size=(7, 7)).astype(np.float32)
    shift = rng.uniform(size=30).astype(np.float32)

    def points(face: np.ndarray, row: np.ndarray) -> np.ndarray:
        return faces[face] + shift[row, None, None, None]

    seen = list(engine.gradients(faces, weights, "logit", points, 30))
    face, row = (np.concatenate([batch[i] for batch in seen]) for i in (0, 1))
    assert list(zip(face, row, strict=True)) == [(n, m) for n in range(7) for m in range(30)]
    gradient = np.concatenate([batch.gradient for batch in seen])
    (alone,) = engine.gradients(faces[3:4] + shift[11], weights[3:4], "logit")
    assert np.allclose(gradient[3 * 30 + 11], alone.gradient[0], atol=1e-6)


def test_what_a_model_lacks_is_said_in_one_line():
    import keras
    from keras import layers, ops

    class Rounding(layers.Layer):
        def call(self, inputs):
            return ops.cast(ops.cast(inputs * 255, "int32"), "float32")

    inputs = layers.Input((12, 12, 1))
    x = layers.Flatten()(layers.Conv2D(2, 3)(Rounding()(inputs)))
    engine = engine_for(Classifier(keras.Model(inputs, layers.Dense(7)(x), name="rounded")))
    assert engine.lacks("gradients") == "no gradient reaches the face through rounded"
    assert engine.lacks("convolution") is None
    assert engine.lacks("probabilities") is None
    with pytest.raises(InputError, match="no gradient reaches"):
        list(engine.gradients(np.zeros((1, 12, 12, 1), np.float32), np.ones((1, 7)), "logit"))


def test_larger_inputs_go_in_smaller_batches():
    assert rows_per_pass(48, 48) == 128
    assert rows_per_pass(224, 224) == 16
    assert rows_per_pass(4000, 4000) == 8


def test_black_box_and_traced_engines_agree(smooth):
    import tensorflow as tf

    traced = engine_for(smooth)
    forward = tf.function(lambda x: smooth.forward(x)[1])
    black = engine_for(Classifier.from_function(lambda x: forward(tf.constant(x)).numpy(), smooth.emotions))
    rng = np.random.default_rng(3)
    faces, fills = rng.uniform(size=(2, 5, 12, 12, 1)).astype(np.float32)
    masks = rng.uniform(size=(4, 12, 12)).astype(np.float32)
    ours, theirs = (engine.masked(faces, fills, lambda face, row: masks[row], 4) for engine in (traced, black))
    assert np.allclose(ours, theirs, atol=1e-6)
    segments = rng.integers(0, 6, (5, 12, 12))
    present = rng.integers(0, 2, (5, 9, 6)).astype(np.uint8)
    ours, theirs = (engine.coalitions(faces, fills, segments, present) for engine in (traced, black))
    assert np.allclose(ours, theirs, atol=1e-6)
