"""VGG16 transfer: the head alone, then the whole net."""

from __future__ import annotations

import keras

from fer_xai.training.backbones import VGG16, with_head
from fer_xai.training.recipe import Recipe
from fer_xai.training.recipes.network_surgery import BATCH, DOCUMENT, DROPPED, FAILED, PHASES, TRANSFER, head


def build(classes: int) -> keras.Model:
    """Build the net."""
    return with_head(VGG16, classes, head, name="surgery_vgg16")


RECIPE = Recipe(
    name="surgery-vgg16",
    document=DOCUMENT,
    build=build,
    phases=PHASES,
    dropped=DROPPED,
    batch_size=BATCH,
    watch="val_loss",
    backbone=VGG16,
    reported=FAILED,
    choices=TRANSFER,
    parameters=15_043_782,
)
