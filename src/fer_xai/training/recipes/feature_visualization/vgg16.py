"""VGG16 transfer with extra dense, batch-normalization and dropout layers."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from fer_xai.training.augmentation import documents_pose
from fer_xai.training.backbones import VGG16, with_head
from fer_xai.training.recipe import Phase, Recipe, Reported
from fer_xai.training.recipes.feature_visualization import CHOICES, DOCUMENT
from fer_xai.training.schedules import Plateau

BINARY = (
    "The quoted validation accuracy is probably the share of right answers among all seven outputs of each face: "
    "a constant answer scores .857 so. It is no accuracy over faces, and is not compared with one."
)


def _head(x: Any) -> Any:
    x = layers.BatchNormalization()(layers.Flatten()(layers.Dropout(0.5)(x)))
    for dropout in (0.5, 0.5, 0.0):
        x = layers.ReLU()(layers.BatchNormalization()(layers.Dense(32, kernel_initializer="he_uniform")(x)))
        x = layers.Dropout(dropout)(x) if dropout else x
    return x


def build(classes: int, illumination: str | None = None, name: str = "features_vgg16") -> keras.Model:
    """Build the net: VGG16 on 48×48, one cell left, and three dense layers of 32."""
    return with_head(VGG16, classes, _head, name=name, illumination=illumination)


RECIPE = Recipe(
    name="features-vgg16",
    document=DOCUMENT,
    build=build,
    phases=(Phase(epochs=300, schedule=Plateau(factor=0.5, patience=20), patience=20, frozen=15),),
    augment=documents_pose,
    batch_size=128,
    watch="val_loss",
    backbone=VGG16,
    reported=Reported(
        test=0.6615,
        loss=1.2933,
        remarks=("It stopped at epoch 203 with a rate of 0.0005, validation accuracy .8852.", BINARY),
    ),
    choices=(
        *CHOICES[1:],
        "Head: dropout, then three dense layers of 32 with batch normalization; all of VGG16 but its last block's "
        "convolutions frozen. Both as in the notebook that the document links to.",
        "Augmentation: rotation 10°, shifts and zoom of a tenth, flips.",
    ),
    parameters=14_735_879,
)
