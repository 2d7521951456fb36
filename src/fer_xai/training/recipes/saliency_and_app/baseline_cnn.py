"""The baseline CNN: two convolutions and a dense layer."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from fer_xai.training.augmentation import documents_pose
from fer_xai.training.blocks import classifier, convolution, dense
from fer_xai.training.protocols import private_validates
from fer_xai.training.recipe import Phase, Recipe, Reported
from fer_xai.training.recipes.saliency_and_app import DOCUMENT


def _body(x: Any) -> Any:
    for channels in (32, 64):
        x = layers.Dropout(0.25)(layers.MaxPooling2D(2)(convolution(x, channels)))
    return dense(layers.Flatten()(x), (128,), dropout=0.25)


def build(classes: int) -> keras.Model:
    """Build the net."""
    return classifier(classes, _body, name="app_baseline_cnn")


RECIPE = Recipe(
    name="app-baseline-cnn",
    document=DOCUMENT,
    build=build,
    phases=(Phase(epochs=60, patience=10),),
    protocol=private_validates,
    augment=documents_pose,
    reported=Reported(
        test=0.5617,
        loss=1.58,
        remarks=("Happy is found 683 times; angry is taken for surprise 77 times.",),
    ),
    choices=("Epochs: at most 60, early stopping on the validation accuracy, patience 10.", "Adam at 0.001."),
    parameters=1_199_495,
)
