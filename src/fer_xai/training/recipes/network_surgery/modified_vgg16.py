"""VGG16's convolutions and two more, from scratch."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from fer_xai.training.backbones import VGG16, bare
from fer_xai.training.blocks import classifier, convolution, dense
from fer_xai.training.recipe import Phase, Recipe, Reported
from fer_xai.training.recipes.network_surgery import BATCH, CHOICES, DOCUMENT, DROPPED


def _body(x: Any) -> Any:
    x = bare(VGG16)(layers.Concatenate(name="three_channels")([x, x, x]))
    for _ in range(2):
        x = layers.MaxPooling2D(2, padding="same")(convolution(x, 512, norm=True))
    return dense(layers.Flatten()(x), (512,), dropout=0.5)


def build(classes: int) -> keras.Model:
    """Build the net on 48×48 faces; VGG16 leaves one cell, so what is pooled after it is padded."""
    return classifier(classes, _body, name="surgery_modified_vgg16")


RECIPE = Recipe(
    name="surgery-modified-vgg16",
    document=DOCUMENT,
    build=build,
    phases=(Phase(epochs=10, learning_rate=1e-4, patience=3),),
    dropped=DROPPED,
    batch_size=BATCH,
    watch="val_loss",
    reported=Reported(test=0.637),
    choices=(
        *CHOICES,
        "Faces stay at 48×48, where VGG16 leaves a single cell: the two extra poolings are padded.",
        "The extra convolutions have 512 channels; dense 512, dropout 0.5, output.",
        "Adam at 0.0001: at 0.001 a plain VGG16 without batch normalization does not begin to learn.",
    ),
    parameters=19_704_134,
)
