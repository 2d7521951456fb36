"""Small models whose inside is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fer_xai.classifier import Classifier


def state_of(model: Any) -> tuple[Any, ...]:
    """Weights, configuration, and every layer's name, `trainable` and own attributes."""
    return (
        [weight.copy() for weight in model.get_weights()],
        model.get_config(),
        [(layer.name, layer.trainable, sorted(layer.__dict__)) for layer in model._flatten_layers()],
    )


def same_state(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Whether two states are equal in every value."""
    weights = all(np.array_equal(a, b) for a, b in zip(before[0], after[0], strict=True))
    return weights and before[1:] == after[1:]


@pytest.fixture
def untouched() -> Callable[[Any], Callable[[], bool]]:
    """``check = untouched(model)`` now, ``assert check()`` later."""

    def watch(model: Any) -> Callable[[], bool]:
        before = state_of(model)
        return lambda: same_state(before, state_of(model))

    return watch


@pytest.fixture(scope="session")
def plain() -> Classifier:
    """Three convolutions in a row, each with weights of both signs, and a head over their mean."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    x = inputs = layers.Input((20, 16, 3))
    x = layers.Conv2D(6, 5, name="first", activation="relu")(x)
    x = layers.Conv2D(4, 3, name="second")(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, name="alone")(x)
    x = layers.SeparableConv2D(5, 3, name="split")(x)
    x = layers.Conv2D(3, 1, name="mix")(x)
    x = layers.Conv2D(6, 3, groups=3, name="grouped")(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x), name="plain")
    return Classifier(model, emotions="happy,sad,fear")


@pytest.fixture(scope="session")
def colour_faces() -> np.ndarray:
    """Five random colour faces of the size of `plain`."""
    return np.random.default_rng(5).uniform(size=(5, 20, 16, 3)).astype(np.float32)
