"""The feature-visualization document: two lettered nets, a five-layer one, VGG16, and their average."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
from keras import layers

from fer_xai.training.blocks import classifier, convolution, dense
from fer_xai.training.recipe import Phase
from fer_xai.training.schedules import Plateau

DOCUMENT = "Feature-visualization document"
PHASES = (Phase(epochs=300, schedule=Plateau(factor=0.5, patience=5), patience=20),)
CHOICES = (
    "Reduce-on-plateau: half the rate after 5 epochs without a better validation loss; early stopping after 20.",
    "Split: FER2013's own, with PublicTest as validation.",
)


def lettered(letters: str, channels: tuple[int, ...], units: tuple[int, ...], name: str) -> Callable[[int], Any]:
    """``build`` of a net spelled in C (convolution), P (pooling) and F (dense); the last F is the output."""
    return partial(_build, letters=letters, channels=channels, units=units, name=name)


def _build(classes: int, letters: str, channels: tuple[int, ...], units: tuple[int, ...], name: str) -> keras.Model:
    if letters.count("F") != len(units) + 1 or letters.count("C") != len(channels):
        raise ValueError(f"{letters} does not fit {len(channels)} convolutions and {len(units)} dense layers")

    def body(x: Any) -> Any:
        widths = iter(channels)
        for letter in letters.rstrip("F"):
            if letter == "C":
                x = convolution(x, next(widths), norm=True)
            else:
                x = layers.Dropout(0.25)(layers.MaxPooling2D(2)(x))
        return dense(layers.Flatten()(x), units, dropout=0.5)

    return classifier(classes, body, name=name)
