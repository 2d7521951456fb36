"""ResNet50 pre-trained on faces (VGGFace), its first layers frozen."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras
from keras import layers

from fer_xai.training.augmentation import documents_pose
from fer_xai.training.backbones import VGGFACE_RESNET50, with_head
from fer_xai.training.protocols import private_validates
from fer_xai.training.recipe import Phase, Recipe, Reported
from fer_xai.training.recipes.saliency_and_app import DOCUMENT
from fer_xai.training.schedules import Plateau

_DROPOUT = 0.5


def _head(x: Any) -> Any:
    x = layers.Dropout(_DROPOUT, name="dropout_fc6")(layers.Flatten(name="flatten")(x))
    x = layers.Dense(4096, activation="relu", name="fc6")(x)
    x = layers.Dropout(_DROPOUT, name="dropout_fc7")(x)
    x = layers.Dense(1024, activation="relu", name="fc7")(x)
    return layers.Dropout(_DROPOUT, name="dropout_fc8")(x)


def build(classes: int) -> keras.Model:
    """Build the net on 197×197, where a single cell is left."""
    return with_head(VGGFACE_RESNET50, classes, _head, name="app_resnet50")


RECIPE = Recipe(
    name="app-resnet50",
    document=DOCUMENT,
    build=build,
    phases=(
        Phase(
            epochs=100,
            learning_rate=0.01,
            schedule=Plateau(factor=0.5, patience=5, watch="val_accuracy", decay=1e-4),
            patience=20,
            frozen=170,
        ),
    ),
    protocol=private_validates,
    augment=documents_pose,
    optimizer=partial(keras.optimizers.SGD, momentum=0.9),
    backbone=VGGFACE_RESNET50,
    reported=Reported(
        test=0.7094,
        loss=0.845,
        mean_diagonal=0.672,
        recalls={
            "angry": 0.675, "disgust": 0.554, "fear": 0.431, "happy": 0.904,
            "sad": 0.662, "surprise": 0.790, "neutral": 0.687,
        },
        precisions={
            "angry": 0.609, "disgust": 0.861, "fear": 0.647, "happy": 0.876,
            "sad": 0.578, "surprise": 0.841, "neutral": 0.648,
        },
        remarks=("Macro precision .723, recall .672, F1 .689; happy is found 809 times.",),
    ),
    choices=(
        "The first 170 of the backbone's layers are frozen, batch normalization excepted.",
        "Dropout 0.5; SGD at 0.01, momentum 0.9, decay 0.0001 per batch.",
        "Half the rate after 5 epochs without a better validation accuracy, early stopping after 20.",
        "Faces in 0…1, as the document rescales them, though VGGFace was trained on 0…255 minus mean.",
    ),
    parameters=36_156_359,
)  # fmt: skip
