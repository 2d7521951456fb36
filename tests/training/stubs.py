"""Recipes that train in a blink, on faces whose label anyone can see."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras
import numpy as np
from keras import layers

from fer_xai.training.augmentation import RandomPose
from fer_xai.training.backbones import Backbone, with_head
from fer_xai.training.recipe import Phase, Recipe


def seen_at_once(count: int = 64, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Dark faces (N, 8, 8, 1) with one bright pixel, whose place is the label."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 7, count)
    faces = rng.integers(0, 60, (count, 8, 8, 1)).astype(np.uint8)
    faces[np.arange(count), labels] += 180
    return faces, labels


def linear_net(classes: int) -> keras.Model:
    """One dense layer behind dropout."""
    face = layers.Input((8, 8, 1))
    x = layers.Dropout(0.2)(layers.Flatten()(face))
    return keras.Model(face, layers.Dense(classes, activation="softmax")(x))


def tiny(**changes: Any) -> Recipe:
    """A linear net with augmentation."""
    augment = partial(_light_only)
    settings: dict[str, Any] = {
        "phases": (Phase(epochs=4, learning_rate=0.05),),
        "augment": augment,
        "batch_size": 16,
    }
    return Recipe("tiny", "test", linear_net, **{**settings, **changes})


def _light_only(seed: int) -> RandomPose:
    return RandomPose(shift=0, zoom=0, rotation=0, erase=0, seed=seed)


def small_backbone(
    input_shape: tuple[int, int, int], include_top: bool = False, weights: Any = None, name: str = "small"
) -> keras.Model:
    """Three convolutions with batch normalization, named as people name them."""
    picture = layers.Input(input_shape)
    x = picture
    for number in (1, 2, 3):
        x = layers.Conv2D(2 + number, 3, strides=3, use_bias=False, name=f"conv{number}")(x)
        x = layers.ReLU(name=f"relu{number}")(layers.BatchNormalization(name=f"conv{number}_bn")(x))
    if include_top:
        x = layers.Dense(10, name="top")(layers.Flatten(name="flat")(x))
    return keras.Model(picture, x, name=name)


SMALL = Backbone("small", small_backbone, scaling="unit", download=False)


def transfer(*phases: Phase) -> Recipe:
    """A recipe on the small backbone."""
    return Recipe(
        "transfer", "test", partial(_transfer_net), phases=phases or (Phase(epochs=2),), backbone=SMALL, batch_size=8
    )


def _transfer_net(classes: int) -> keras.Model:
    return with_head(SMALL, classes, layers.Flatten(), name="transfer")
