"""ResNet50 on FER+; the document tells no figure, only that VGG16 was a little better."""

from __future__ import annotations

import keras

from fer_xai.training.backbones import RESNET50, with_head
from fer_xai.training.recipe import Recipe
from fer_xai.training.recipes.lime import CHOICES, DOCUMENT, PHASES, head


def build(classes: int) -> keras.Model:
    """Build the net: ResNet50 on 48×48, 2×2 cells left."""
    return with_head(RESNET50, classes, head, name="lime_resnet50")


RECIPE = Recipe(
    name="lime-resnet50",
    document=DOCUMENT,
    build=build,
    phases=PHASES,
    labels="ferplus",
    watch="val_loss",
    backbone=RESNET50,
    choices=(*CHOICES, "ResNet50 sees the faces at 48×48."),
    parameters=24_114_312,
)
