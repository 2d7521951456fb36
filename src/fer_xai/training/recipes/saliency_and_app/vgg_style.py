"""The VGG-style net: four stages of two convolutions, each with batch normalization."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
from keras import layers

from fer_xai.training.blocks import classifier, convolution, dense
from fer_xai.training.recipe import Phase, Reported
from fer_xai.training.recipes.saliency_and_app.baseline_cnn import RECIPE as BASELINE
from fer_xai.training.schedules import Plateau


def _body(x: Any) -> Any:
    for channels in (64, 128, 256, 512):
        x = convolution(convolution(x, channels, norm=True), channels, norm=True)
        x = layers.MaxPooling2D(2)(x)
    return dense(layers.Dropout(0.5)(layers.Flatten()(x)), (4096,), l2=0.001)


def build(classes: int) -> keras.Model:
    """Build the net."""
    return classifier(classes, _body, name="app_vgg_style")


RECIPE = dataclasses.replace(
    BASELINE,
    name="app-vgg-style",
    build=build,
    phases=(Phase(epochs=100, schedule=Plateau(factor=0.5, patience=5, watch="val_accuracy"), patience=15),),
    reported=Reported(
        test=0.6668,
        loss=1.356,
        remarks=("Happy is found 769 times; angry is taken for surprise 40 times.",),
    ),
    choices=(
        "Dropout 0.5 and penalty 0.001; the document gives neither.",
        "Epochs: at most 100, half the rate after 5 without a better validation accuracy, early stopping after 15.",
    ),
    parameters=23_599_047,
)
