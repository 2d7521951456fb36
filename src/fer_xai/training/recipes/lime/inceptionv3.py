"""InceptionV3 on FER+; the document tells no figure, only that VGG16 was a little better."""

from __future__ import annotations

import keras

from fer_xai.training.backbones import INCEPTIONV3, with_head
from fer_xai.training.recipe import Recipe
from fer_xai.training.recipes.lime import CHOICES, DOCUMENT, PHASES, head


def build(classes: int) -> keras.Model:
    """Build the net: InceptionV3 on 75×75, one cell left."""
    return with_head(INCEPTIONV3, classes, head, name="lime_inceptionv3")


RECIPE = Recipe(
    name="lime-inceptionv3",
    document=DOCUMENT,
    build=build,
    phases=PHASES,
    labels="ferplus",
    watch="val_loss",
    backbone=INCEPTIONV3,
    choices=(*CHOICES, "InceptionV3 sees the faces at 75×75, the least it takes."),
    parameters=22_329_384,
)
