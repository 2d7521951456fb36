"""The bundled classifier's net on FER+, without any care for rare emotions: what focal loss is held against."""

from __future__ import annotations

import dataclasses

from fer_xai.training.losses import CrossEntropy
from fer_xai.training.recipe import Phase
from fer_xai.training.recipes.own.compact import RECIPE as COMPACT
from fer_xai.training.schedules import Cosine

RECIPE = dataclasses.replace(
    COMPACT,
    name="ferplus",
    document="fer-xai's own",
    labels="ferplus",
    phases=(Phase(epochs=20, learning_rate=2e-3, schedule=Cosine(warmup=1), patience=None),),
    loss=CrossEntropy(),
    watch="val_loss",
    choices=(
        "Twenty epochs, so that the four treatments of rare emotions can be compared on a small machine.",
        "The epoch is chosen by the loss that is trained: accuracy would choose one that neglects rare emotions.",
    ),
    parameters=755_264,
)
