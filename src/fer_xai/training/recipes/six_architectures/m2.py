"""M2: two pairs of convolutions, then twice pooled."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

import keras
from keras import layers

from fer_xai.training.blocks import classifier, convolution, dense
from fer_xai.training.recipes.six_architectures import reported
from fer_xai.training.recipes.six_architectures.m1 import RECIPE as M1


def _body(x: Any, units: int, dropout: float, l2: float) -> Any:
    x = convolution(convolution(x, 32, padding="valid"), 32, padding="valid", norm=True)
    x = convolution(convolution(x, 64, padding="valid"), 64, padding="valid")
    x = layers.MaxPooling2D(2)(layers.MaxPooling2D(2)(x))
    return dense(layers.Flatten()(x), (units,), dropout=dropout, l2=l2)


def build(classes: int, units: int = 256, dropout: float = 0.5, l2: float = 0.0, name: str = "six_m2") -> keras.Model:
    """Build the net; M3 to M6 differ in the dense layer's width, its dropout and its penalty."""
    return classifier(classes, partial(_body, units=units, dropout=dropout, l2=l2), name=name)


RECIPE = dataclasses.replace(
    M1,
    name="six-m2",
    build=build,
    reported=reported(0.95, 0.54, 0.53, (0.35, 0.35, 0.75, 0.41, 0.72, 0.52)),
    choices=(*M1.choices[:-1], "Early stopping on the validation loss, patience 10, as in M4."),
    parameters=1_705_318,
)
