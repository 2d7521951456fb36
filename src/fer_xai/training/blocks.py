"""Pieces that several recipes are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import layers


def classifier(classes: int, body: Callable[[Any], Any], name: str) -> keras.Model:
    """Grey faces (48, 48, 1) in [0, 1] → `body` → dense → softmax."""
    face = layers.Input((48, 48, 1), name="face")
    logits = layers.Dense(classes, name="logits")(body(face))
    # In float32 always: probabilities of half precision do not add up to one.
    return keras.Model(face, layers.Softmax(dtype="float32", name="probabilities")(logits), name=name)


def convolution(x: Any, channels: int, padding: str = "same", norm: bool = False) -> Any:
    """3×3 convolution, ReLU and, if asked for, batch normalization after it, in the documents' order."""
    x = layers.Conv2D(channels, 3, padding=padding, activation="relu")(x)
    return layers.BatchNormalization()(x) if norm else x


def dense(x: Any, units: Sequence[int], dropout: float = 0.0, norm: bool = False, l2: float = 0.0) -> Any:
    """Dense layers with ReLU, each followed by batch normalization and dropout where asked for."""
    for width in units:
        x = layers.Dense(width, activation="relu", kernel_regularizer=keras.regularizers.L2(l2) if l2 else None)(x)
        x = layers.BatchNormalization()(x) if norm else x
        x = layers.Dropout(dropout)(x) if dropout else x
    return x
