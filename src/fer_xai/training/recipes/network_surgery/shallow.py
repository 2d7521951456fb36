"""The shallow custom net: two pairs of convolutions, then dense layers."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from fer_xai.training.blocks import classifier, convolution, dense
from fer_xai.training.recipe import Phase, Recipe, Reported
from fer_xai.training.recipes.network_surgery import BATCH, CHOICES, DOCUMENT, DROPPED


def _body(x: Any) -> Any:
    for channels in (32, 64):
        x = convolution(convolution(x, channels), channels)
        x = layers.Dropout(0.25)(layers.BatchNormalization()(layers.MaxPooling2D(2)(x)))
    return dense(layers.Flatten()(x), (256, 128))


def build(classes: int) -> keras.Model:
    """Build the net."""
    return classifier(classes, _body, name="surgery_shallow")


RECIPE = Recipe(
    name="surgery-shallow",
    document=DOCUMENT,
    build=build,
    phases=(Phase(epochs=10, patience=3),),
    dropped=DROPPED,
    batch_size=BATCH,
    watch="val_loss",
    reported=Reported(test=0.348),
    choices=(
        *CHOICES,
        "Widths: 32, 32, 64, 64, dense 256, 128; dropout 0.25 after each pair.",
        "No dropout after the dense layers: with 0.5 there it called every face happy.",
    ),
    parameters=2_458_598,
)
