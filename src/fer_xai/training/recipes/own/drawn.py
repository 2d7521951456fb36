"""A tiny net for drawn faces: the test bench on which explainers are scored against the truth."""

from __future__ import annotations

import dataclasses
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from fer_xai.faces import Faces
from fer_xai.training.recipe import Phase, Recipe
from fer_xai.training.schedules import Cosine


def build(classes: int) -> keras.Model:
    """Build the net for 48×48 grey faces in [0, 1]: 47,000 parameters.

    The head sees the last 6×6 grid whole, not its mean, so that it may use *where* something is. The norms' momentum
    is low because an epoch has few steps.
    """
    inputs = layers.Input((48, 48, 1), name="face")
    x = inputs
    for channels, side in ((12, 5), (24, 3), (32, 3)):
        x = layers.Conv2D(channels, side, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.MaxPooling2D(2)(layers.ReLU()(x))
    x = layers.Flatten()(layers.Dropout(0.3)(x))
    x = layers.Dense(32, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dense(classes, name="logits")(layers.Dropout(0.3)(x))
    return keras.Model(inputs, layers.Softmax(dtype="float32", name="probabilities")(x), name="drawn")


EPOCHS = 25
RECIPE = Recipe(
    name="drawn",
    document="fer-xai's own",
    build=build,
    phases=(Phase(epochs=EPOCHS, learning_rate=2e-3, schedule=Cosine(), patience=None),),
    optimizer=partial(keras.optimizers.AdamW, weight_decay=1e-3),
    batch_size=32,
    parameters=47_299,
)


def drawn_net(faces: Faces, seed: int = 0, epochs: int = EPOCHS) -> Any:
    """Train the tiny net on the train split of drawn faces; the epoch that does best on their validation split is kept.

    Parameters
    ----------
    faces : Faces
        Such as ``load_faces("drawn")``, or ``load_faces("drawn-cheating")`` for a net that looks at the background.
    seed : int
    epochs : int
        About half a second each for the 840 train faces of ``drawn`` on one core.

    Returns
    -------
    keras.Model
        From faces in [0, 1] to probabilities of FER2013's emotions.
    """
    from fer_xai.training.fit import fit

    def part(split: str) -> tuple[np.ndarray, np.ndarray]:
        some = faces[(faces.table["split"] == split).to_numpy()]
        return some.pixels(), np.array([RECIPE.emotions.index(str(label)) for label in some.labels])

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "drawn.keras")
        phase = dataclasses.replace(RECIPE.phases[0], epochs=epochs)
        recipe = dataclasses.replace(RECIPE, phases=(phase,))
        fit(recipe, part("train"), part("validation"), out, seed, report=lambda line: None)
        return keras.models.load_model(out)
