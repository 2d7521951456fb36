"""Stub models and faces that the whole suite shares. No network, no GPU, no shared data."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data and models, where a developer has them beside the repository."""
    if not (SHARED / "data" / "fer2013.npz").exists():
        pytest.skip("needs the development data beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def sample_images() -> np.ndarray:
    """Sixteen of scikit-image's LFW faces at 48×48, (16, 48, 48, 1) float32 in [0, 1]."""
    from skimage.data import lfw_subset
    from skimage.transform import resize

    faces = resize(lfw_subset()[:16], (16, 48, 48), order=3)
    return np.clip(faces, 0, 1).astype(np.float32)[..., None]


def _seeded(build: Callable[[], Any]) -> Callable[[], Any]:
    def seeded() -> Any:
        import keras

        keras.utils.set_random_seed(7)
        return build()

    return seeded


def _softmax_in_dense() -> Any:
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((48, 48, 1)),
            layers.Conv2D(4, 5, strides=2, activation="relu"),
            layers.BatchNormalization(),
            layers.Conv2D(6, 3, activation="relu", name="last"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(7, activation="softmax"),
        ],
        name="softmax_in_dense",
    )


def _softmax_apart() -> Any:
    import keras
    from keras import layers

    x = inputs = layers.Input((64, 64, 1))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    residual = layers.Conv2D(8, 1, strides=2, padding="same")(x)
    x = layers.add([layers.MaxPooling2D(2, padding="same")(x), residual])
    x = layers.Conv2D(7, 3, padding="same")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Activation("softmax")(x), name="softmax_apart")


def _logits_output() -> Any:
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((32, 32, 1)),
            layers.Conv2D(5, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(7),
        ],
        name="logits_output",
    )


def _nested_colour() -> Any:
    import keras
    from keras import layers

    inner_input = layers.Input((40, 40, 3))
    x = layers.Conv2D(6, 3, activation="relu", name="inner_conv")(inner_input)
    x = layers.SeparableConv2D(6, 3, activation="relu", name="inner_last")(x)
    backbone = keras.Model(inner_input, x, name="backbone")
    return keras.Sequential(
        [
            layers.Input((40, 40, 3)),
            backbone,
            layers.GlobalAveragePooling2D(),
            layers.Dense(8, activation="softmax"),
        ],
        name="nested_colour",
    )


STUBS = {
    build.__name__.strip("_"): _seeded(build)
    for build in (_softmax_in_dense, _softmax_apart, _logits_output, _nested_colour)
}


@pytest.fixture(scope="session", params=sorted(STUBS))
def any_model(request: pytest.FixtureRequest) -> Any:
    """Each stub model in turn."""
    return STUBS[request.param]()


@pytest.fixture(scope="session")
def stub_model() -> Any:
    """One small model for tests that need only some model."""
    return STUBS["softmax_in_dense"]()
