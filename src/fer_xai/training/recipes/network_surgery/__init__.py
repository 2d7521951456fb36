"""The network-surgery document: transfer that fails, a shallow net, and VGG16 with more layers, from scratch."""

from __future__ import annotations

from typing import Any

from keras import layers

from fer_xai.training.blocks import dense
from fer_xai.training.recipe import Phase, Reported

DOCUMENT = "Network-surgery document"
DROPPED = ("disgust",)
BATCH = 32
PHASES = (Phase(epochs=10, trainable="head", patience=3), Phase(epochs=10, trainable="all", patience=3))
GRADUAL = (Phase(epochs=10, trainable="gradual", patience=3),)
FAILED = Reported(test=0.165, remarks=("Given as 16–17 %, which is chance among six emotions.",))
CHOICES = (
    "Split: FER2013's own; the document does not tell its split.",
    "The document cleaned its faces: --cleaning TABLE applies what fer-xai clean found.",
)
TRANSFER = (
    *CHOICES,
    "Head: mean over space, dense 512 and 128, output.",
    "The rate stays at 0.001 when the backbone begins to learn, as the document tells no other.",
    "Faces at 48×48, scaled as the backbone was trained.",
)
GRADUALLY = "In each of ten epochs another tenth of the backbone begins to learn, from the head down."


def head(x: Any) -> Any:
    """With the output, a perceptron of three layers."""
    return dense(layers.GlobalAveragePooling2D()(x), (512, 128))
