"""VGG16 on FER+ without any care for rare emotions: high accuracy, low mean diagonal."""

from __future__ import annotations

import keras

from fer_xai.training.backbones import VGG16, with_head
from fer_xai.training.recipe import Recipe, Reported
from fer_xai.training.recipes.lime import CHOICES, DOCUMENT, PHASES, head


def build(classes: int) -> keras.Model:
    """Build the net: VGG16 on 48×48, one cell left."""
    return with_head(VGG16, classes, head, name="lime_vgg16")


RECIPE = Recipe(
    name="lime-vgg16",
    document=DOCUMENT,
    build=build,
    phases=PHASES,
    labels="ferplus",
    watch="val_loss",
    backbone=VGG16,
    reported=Reported(test=0.80, mean_diagonal=0.5425, remarks=("The accuracy is given as about 80 %.",)),
    choices=(*CHOICES, "VGG16 sees the faces at 48×48."),
    parameters=14_848_072,
)
