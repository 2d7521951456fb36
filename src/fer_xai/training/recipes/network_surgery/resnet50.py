"""ResNet50 transfer: the head alone, then the whole net."""

from __future__ import annotations

import keras

from fer_xai.training.backbones import RESNET50, with_head
from fer_xai.training.recipe import Recipe
from fer_xai.training.recipes.network_surgery import BATCH, DOCUMENT, DROPPED, FAILED, PHASES, TRANSFER, head


def build(classes: int) -> keras.Model:
    """Build the net."""
    return with_head(RESNET50, classes, head, name="surgery_resnet50")


RECIPE = Recipe(
    name="surgery-resnet50",
    document=DOCUMENT,
    build=build,
    phases=PHASES,
    dropped=DROPPED,
    batch_size=BATCH,
    watch="val_loss",
    backbone=RESNET50,
    reported=FAILED,
    choices=TRANSFER,
    parameters=24_703_238,
)
