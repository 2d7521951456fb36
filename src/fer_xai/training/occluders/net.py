"""The occluder net: a small U that sees the whole face at 6×6 cells and answers at every pixel."""

from __future__ import annotations

import keras
from keras import layers, ops

from fer_xai.faces.occluders import KINDS, SIDE

CHANNELS = (16, 32, 40)  # at 24×24, 12×12 and 6×6 cells
FAINT = 0.03  # added to the contrast that a face is divided by, so that noise is not enlarged


def build() -> keras.Model:
    """Build the net: faces (48, 48, 1) in [0, 1] to logits of *seen* and of each kind, (48, 48, 1 + kinds)."""
    high, middle, low = CHANNELS
    inputs = layers.Input((SIDE, SIDE, 1))
    centred = inputs - ops.mean(inputs, axis=(1, 2), keepdims=True)
    x = centred / (ops.sqrt(ops.mean(ops.square(centred), axis=(1, 2), keepdims=True)) + FAINT)
    x = _convolve(x, high, 5, strides=2)
    fine = _convolve(x, high)
    cells = _convolve(_convolve(fine, middle, strides=2), middle)
    x = _convolve(_convolve(cells, low, strides=2), low)
    whole = ops.mean(x, axis=(1, 2), keepdims=True)
    x = layers.Activation("relu")(x + layers.Conv2D(low, 1)(whole))
    x = layers.UpSampling2D(interpolation="bilinear")(layers.Conv2D(middle, 1)(x))
    x = _convolve(x + cells, middle)
    x = layers.UpSampling2D(interpolation="bilinear")(layers.Conv2D(high, 1)(x))
    x = _convolve(x + fine, high)
    x = layers.Conv2D(4 * (1 + len(KINDS)), 3, padding="same")(x)
    x = layers.Reshape((SIDE // 2, SIDE // 2, 2, 2, 1 + len(KINDS)))(x)
    x = layers.Reshape((SIDE, SIDE, 1 + len(KINDS)))(layers.Permute((1, 3, 2, 4, 5))(x))
    return keras.Model(inputs, x, name="occluders")


def _convolve(x: keras.KerasTensor, channels: int, side: int = 3, strides: int = 1) -> keras.KerasTensor:
    x = layers.Conv2D(channels, side, strides=strides, padding="same", use_bias=False)(x)
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.95)(x))
