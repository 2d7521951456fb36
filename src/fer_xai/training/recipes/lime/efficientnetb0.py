"""EfficientNetB0 on FER+; the document tells no figure, only that VGG16 was a little better."""

from __future__ import annotations

import keras

from fer_xai.training.backbones import EFFICIENTNETB0, with_head
from fer_xai.training.recipe import Recipe
from fer_xai.training.recipes.lime import CHOICES, DOCUMENT, PHASES, head


def build(classes: int) -> keras.Model:
    """Build the net: EfficientNetB0 on 48×48, 2×2 cells left."""
    return with_head(EFFICIENTNETB0, classes, head, name="lime_efficientnetb0")


RECIPE = Recipe(
    name="lime-efficientnetb0",
    document=DOCUMENT,
    build=build,
    phases=PHASES,
    labels="ferplus",
    watch="val_loss",
    backbone=EFFICIENTNETB0,
    choices=(*CHOICES, "EfficientNetB0 sees the faces at 48×48."),
    parameters=4_379_563,
)
