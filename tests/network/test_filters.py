"""Filters are the kernels, in the right order and under the right numbers."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from fer_xai.classifier import Classifier
from fer_xai.network import filters_of


def norms(kernel, axis):
    return np.sqrt((kernel.astype(np.float64) ** 2).sum(axis=axis))


def test_the_first_layer_is_shown_in_the_pictures_colours(plain):
    kernel = plain.model.get_layer("first").kernel.numpy()
    found = filters_of(plain, "first")
    assert found.colours
    assert found.kernels.shape == (6, 5, 5, 3)
    for n, output in enumerate(found.outputs):
        assert np.array_equal(found.kernels[n], kernel[..., output])
    strength = norms(kernel, (0, 1, 2))[list(found.outputs)]
    assert (np.diff(strength) <= 0).all()
    assert found.limit == np.abs(kernel).max()


@pytest.mark.parametrize(
    ("scaling", "colour", "order"),
    [("unit", "rgb", (0, 1, 2)), ("caffe", "rgb", (2, 1, 0)), ("torch", "rgb", (0, 1, 2)), ("tf", "bgr", (2, 1, 0))],
)
def test_red_is_drawn_red_whatever_the_models_channel_order(plain, scaling, colour, order):
    classifier = Classifier(plain.model, emotions="happy,sad,fear", scaling=scaling, colour=colour)
    kernel = plain.model.get_layer("first").kernel.numpy()
    found = filters_of(classifier, "first", outputs=2)
    assert np.array_equal(found.kernels[1], kernel[:, :, list(order), found.outputs[1]])


def test_deeper_filters_are_grids_of_the_strongest_inputs(plain):
    kernel = plain.model.get_layer("second").kernel.numpy()
    found = filters_of(plain, "second", outputs=3, inputs=2)
    assert not found.colours
    assert (found.of_outputs, found.of_inputs, found.kernels.shape) == (4, 6, (3, 2, 3, 3))
    assert list(found.outputs) == np.argsort(-norms(kernel, (0, 1, 2)))[:3].tolist()
    for n, output in enumerate(found.outputs):
        assert list(found.inputs[n]) == np.argsort(-norms(kernel[..., output], (0, 1)))[:2].tolist()
        for m, seen in enumerate(found.inputs[n]):
            assert np.array_equal(found.kernels[n, m], kernel[:, :, seen, output])
    assert found.limit == np.abs(found.kernels).max()
    assert "3 strongest of 4 output channels" in found.note
    assert "2 strongest of 6 input channels" in found.note


@pytest.mark.parametrize(("name", "multiplier"), [("alone", 2), ("split", 1)])
def test_depthwise_filters_see_their_own_channel_alone(plain, name, multiplier):
    layer = plain.model.get_layer(name)
    kernel = (layer.depthwise_kernel if name == "split" else layer.kernel).numpy()
    found = filters_of(plain, name)
    assert len(found.outputs) == kernel.shape[2] * multiplier
    for n, output in enumerate(found.outputs):
        own = output // multiplier
        assert found.inputs[n] == (own,)
        assert np.array_equal(found.kernels[n, 0], kernel[:, :, own, output % multiplier])
    assert ("1×1 step without spatial pattern" in found.note) == (name == "split")


def test_grouped_convolutions_name_the_inputs_they_really_see():
    inputs = layers.Input((12, 12, 1))
    x = layers.Conv2D(6, 3)(inputs)
    x = layers.Conv2D(4, 3, groups=2, name="grouped")(x)
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    kernel = model.get_layer("grouped").kernel.numpy()
    found = filters_of(Classifier(model, emotions="happy,sad"), "grouped")
    for n, output in enumerate(found.outputs):
        group = output // 2
        assert sorted(found.inputs[n]) == [3 * group, 3 * group + 1, 3 * group + 2]
        for m, seen in enumerate(found.inputs[n]):
            assert np.array_equal(found.kernels[n, m], kernel[:, :, seen - 3 * group, output])


def test_a_transposed_convolution_paints_from_its_inputs():
    inputs = layers.Input((12, 12, 1))
    x = layers.Conv2D(5, 3)(inputs)
    x = layers.Conv2DTranspose(4, 3, name="up")(x)
    model = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
    kernel = model.get_layer("up").kernel.numpy()
    found = filters_of(Classifier(model, emotions="happy,sad"), "up")
    assert (found.of_outputs, found.of_inputs) == (4, 5)
    assert np.array_equal(found.kernels[1, 2], kernel[:, :, found.outputs[1], found.inputs[1][2]])


def test_a_pointwise_convolution_has_no_pattern_and_says_so(plain):
    found = filters_of(plain, "mix")
    assert found.kernels.size == 0
    assert "no spatial pattern" in found.note


def test_a_grey_net_with_three_channels_is_shown_in_grey(plain):
    classifier = Classifier(plain.model, emotions="happy,sad,fear", colour="grey")
    kernel = plain.model.get_layer("first").kernel.numpy()
    found = filters_of(classifier, "first")
    assert found.kernels.shape == (6, 5, 5, 1)
    assert np.allclose(found.kernels[0, ..., 0], kernel[..., found.outputs[0]].sum(axis=2), atol=1e-6)
