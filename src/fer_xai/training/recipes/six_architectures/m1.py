"""M1: three convolutions, each with batch normalization and pooling."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from fer_xai.training.blocks import classifier, convolution, dense
from fer_xai.training.protocols import at_random
from fer_xai.training.recipe import Phase, Recipe
from fer_xai.training.recipes.six_architectures import CHOICES, DOCUMENT, DROPPED, reported


def _body(x: Any) -> Any:
    for channels in (32, 64, 128):
        x = layers.MaxPooling2D(2)(convolution(x, channels, padding="valid", norm=True))
    return dense(layers.Flatten()(x), (128,), dropout=0.5)


def build(classes: int) -> keras.Model:
    """Build the net."""
    return classifier(classes, _body, name="six_m1")


RECIPE = Recipe(
    name="six-m1",
    document=DOCUMENT,
    build=build,
    phases=(Phase(epochs=50, patience=10),),
    dropped=DROPPED,
    protocol=at_random,
    watch="val_loss",
    reported=reported(0.88, 0.55, 0.55, (0.39, 0.45, 0.71, 0.55, 0.69, 0.46)),
    choices=(
        *CHOICES,
        "Batch 64; early stopping on the validation loss, patience 10, as in M4.",
    ),
    parameters=356_614,
)
