"""The layers that are found, and what is read from them, against plain Keras sub-models."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from fer_xai.classifier import Classifier
from fer_xai.engine.activations import Activations
from fer_xai.errors import InputError
from fer_xai.network import feature_maps, strongest_channels
from tests.stubs import STUBS


def by_keras(model, layer, inputs):
    """Output of a layer by a plain sub-model, traced."""
    inner = keras.Model(model.inputs, layer.output)
    return tf.function(inner)(tf.constant(inputs)).numpy()


def test_convolutions_are_listed_in_order_with_what_they_are(plain):
    found = Activations(plain).convolutions
    assert [one.name for one in found] == ["first", "second", "alone", "split", "mix", "grouped"]
    assert [one.kind for one in found][2:4] == ["DepthwiseConv2D", "SeparableConv2D"]
    first, alone = found[0], found[2]
    assert (first.kernel, first.grid, first.channels, first.parameters) == ((5, 5), (16, 12), 6, 5 * 5 * 3 * 6 + 6)
    assert (alone.grid, alone.channels) == ((12, 8), 8)


def test_order_is_of_execution_not_of_construction():
    from keras import layers

    late, early = layers.Conv2D(2, 3, name="late"), layers.Conv2D(2, 3, name="early")
    inputs = layers.Input((12, 12, 1))
    outputs = layers.Dense(2)(layers.Flatten()(late(early(inputs))))
    classifier = Classifier(keras.Model(inputs, outputs), emotions="happy,sad")
    assert [one.name for one in Activations(classifier).convolutions] == ["early", "late"]


@pytest.mark.parametrize("name", ["first", "second", "alone", "split", "mix", "grouped"])
def test_feature_maps_equal_a_plain_sub_model(plain, colour_faces, name):
    expected = by_keras(plain.model, plain.model.get_layer(name), colour_faces)
    assert np.allclose(feature_maps(plain, colour_faces, name), expected, atol=1e-5)


def test_peaks_and_mean_scores_are_those_of_the_maps(plain, colour_faces):
    activations = Activations(plain)
    peaks = activations.peaks(colour_faces)
    assert list(peaks) == [one.path for one in activations.convolutions]
    for path, found in peaks.items():
        maps = activations.maps(colour_faces, path)
        assert np.allclose(found, maps.max(axis=(1, 2)), atol=1e-5)
        assert np.allclose(activations.scores(colour_faces, path), maps.mean(axis=(1, 2)), atol=1e-5)


def test_inside_a_nested_backbone_with_the_classifiers_own_scaling(sample_images):
    model = STUBS["nested_colour"]()
    classifier = Classifier(model, scaling="caffe")
    backbone = model.layers[0]
    prepared = tf.function(classifier.preprocess)(tf.constant(sample_images[:2])).numpy()
    inner = keras.Model(backbone.inputs, backbone.get_layer("inner_last").output)
    expected = tf.function(inner)(tf.constant(prepared)).numpy()
    assert [one.name for one in Activations(classifier).convolutions] == ["inner_conv", "inner_last"]
    assert np.allclose(feature_maps(classifier, sample_images[:2], "inner_last"), expected, atol=1e-4)


def test_two_layers_of_one_name_are_told_apart(sample_images):
    from keras import layers

    def half(channels):
        inputs = layers.Input((None, None, channels))
        return keras.Model(inputs, layers.Conv2D(3, 3, name="same")(inputs), name=f"half{channels}")

    inputs = layers.Input((20, 20, 1))
    first, second = half(1), half(3)
    outputs = layers.Dense(2)(layers.GlobalAveragePooling2D()(second(first(inputs))))
    activations = Activations(Classifier(keras.Model(inputs, outputs), emotions="happy,sad"))
    paths = [one.path for one in activations.convolutions]
    assert len(set(paths)) == 2
    grids = [activations.maps(sample_images[:1], path).shape[1:3] for path in paths]
    assert grids == [(18, 18), (16, 16)]


def test_batches_do_not_change_a_thing(plain):
    faces = np.random.default_rng(0).uniform(size=(70, 20, 16, 3)).astype(np.float32)
    whole = feature_maps(plain, faces, "second")
    assert len(whole) == 70
    assert np.allclose(whole[66:68], feature_maps(plain, faces[66:68], "second"), atol=1e-6)


def test_the_gradient_of_an_answer_is_that_of_a_tape_in_one_traced_program(plain, colour_faces):
    answer = Activations(plain).answer((20, 16, 3), [1, 0])
    with tf.GradientTape() as tape:
        faces = tf.Variable(colour_faces[:2])
        score = answer(faces) * tf.constant([2.0, 1.0])
    ours = tape.gradient(score, faces).numpy()

    @tf.function
    def reference(faces):
        with tf.GradientTape() as tape:
            tape.watch(faces)
            logits, _ = plain.forward(faces)
            score = 2 * logits[0, 1] + logits[1, 0]
        return tape.gradient(score, faces)

    assert np.abs(ours).max() > 0
    assert np.allclose(ours, reference(tf.constant(colour_faces[:2])).numpy(), atol=1e-6)


def test_strongest_channels_are_those_with_the_highest_peak():
    maps = np.zeros((4, 4, 5), np.float32)
    maps[1, 2] = [0.5, 3, -7, 3, 1]
    maps[0, 0] = [9, -1, 0, 0, 0]
    assert strongest_channels(maps, 4).tolist() == [0, 1, 3, 4]


def test_unknown_layers_and_black_boxes_are_refused_in_one_line(plain, colour_faces):
    with pytest.raises(InputError, match=r"unknown convolution 'nowhere'; known are first, second"):
        feature_maps(plain, colour_faces, "nowhere")
    with pytest.raises(InputError, match="its inside cannot be seen"):
        Activations(Classifier.from_function(lambda faces: faces, "happy,sad"))


def test_the_model_is_left_as_it_was_also_after_an_error(plain, colour_faces, untouched, monkeypatch):
    check = untouched(plain.model)
    feature_maps(plain, colour_faces, "split")
    Activations(plain).peaks(colour_faces)
    assert check()

    def broken(faces):
        plain.model(faces, training=False)
        raise RuntimeError("on the way")

    monkeypatch.setattr(plain, "forward", broken)
    with pytest.raises(RuntimeError, match="on the way"):
        Activations(plain).convolutions  # noqa: B018
    assert check()


@pytest.mark.parametrize("name", sorted(STUBS))
def test_every_stubs_convolutions_are_seen(name, sample_images):
    """Half precision, nested twice, subclassed, Keras 2: the list, the maps and the peaks agree."""
    stub = STUBS[name]()
    activations = Activations(stub if isinstance(stub, Classifier) else Classifier(stub))
    if not activations.convolutions:
        assert name in ("no_convolution", "saved_model")
        return
    peaks = activations.peaks(sample_images[:2])
    for one in activations.convolutions:
        maps = activations.maps(sample_images[:2], one.path)
        assert maps.dtype == np.float32
        assert maps.shape[3] == one.channels
        assert np.allclose(maps.max(axis=(1, 2)), peaks[one.path], atol=1e-3)
