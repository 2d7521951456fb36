"""Models and faces with a planted truth: only one scaling, colour and order is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fer_xai.classifier.scaling import parse_scaling
from fer_xai.emotions import FER2013
from fer_xai.faces import Faces

SHADE = 0.75


def planted_faces(
    each: int = 40, colour: bool = False, seed: int = 0, emotions: Sequence[str] = FER2013, noise: float = 0.02
) -> Faces:
    """Faces whose row e has the shade of emotion e; the other rows (and blue) have any shade but that."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(list(emotions), each)
    rows = rng.uniform(0, 1, (len(labels), 8, 3 if colour else 1))
    rows += np.where(np.abs(rows - SHADE) < 0.06, -0.15, 0)
    rows[np.arange(len(labels)), [FER2013.index(label) for label in labels], 0] = SHADE
    rows += rng.normal(0, noise, rows.shape)
    images = np.repeat(np.clip(rows, 0, 1)[:, :, None], 8, axis=2)
    return Faces.from_array(images.astype(np.float32), labels.tolist())


def planted_model(scaling: str, order: Sequence[str], channels: int = 1, reads: str = "rgb") -> Any:
    """A model whose logit of emotion e falls with the distance of row e's red from the shade, as scaled.

    `reads` is the order of colours the model was made for.
    """
    import keras
    from keras import layers

    scale = parse_scaling(scaling, channels)
    probe = np.full((1, 1, 1, channels), SHADE, np.float32)
    # Keras's caffe turns RGB into BGR by itself.
    place = 2 if scaling == "caffe" or (channels == 3 and reads == "bgr") else 0
    shade = float(np.asarray(scale(probe))[..., place].item())
    gain = float(np.asarray(scale(probe) - scale(probe - 0.1))[..., place].item()) * 10
    model = keras.Sequential(
        [
            layers.Input((8, 8, channels)),
            layers.Flatten(),
            layers.Dense(2 * len(order), activation="relu"),
            layers.Dense(len(order), activation="softmax"),
        ],
        name="planted",
    )
    kernel, out = np.zeros((8, 8, channels, 2 * len(order))), np.zeros((2 * len(order), len(order)))
    for output, emotion in enumerate(order):
        row = FER2013.index(emotion)
        for unit, sign in ((2 * output, 1), (2 * output + 1, -1)):
            kernel[row, :, place, unit] = sign / 8
            out[unit, output] = -30 / gain
    bias = np.tile([-shade, shade], len(order))
    model.layers[1].set_weights([kernel.reshape(-1, 2 * len(order)), bias])
    model.layers[2].set_weights([out, np.zeros(len(order))])
    return model
