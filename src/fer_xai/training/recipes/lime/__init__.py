"""The LIME document: transfer from ImageNet to FER+'s eight emotions, with and without focal loss."""

from __future__ import annotations

from typing import Any

from keras import layers

from fer_xai.training.blocks import dense
from fer_xai.training.losses import Focal
from fer_xai.training.recipe import Phase

DOCUMENT = "LIME document"
FOCAL = Focal(
    gamma=2.2,
    alpha={
        "angry": 0.3,
        "contempt": 3.0,
        "disgust": 3.0,
        "fear": 1.5,
        "happy": 0.07,
        "neutral": 0.05,
        "sad": 0.25,
        "surprise": 0.25,
    },
)
PHASES = (
    Phase(epochs=10, trainable="head", patience=3),
    Phase(epochs=40, trainable="all", learning_rate=1e-4, patience=5),
)
CHOICES = (
    "Split: FER2013's own; the document does not tell its split.",
    "Of the at most 50 epochs, 10 for the head alone (Adam, 0.001) and 40 for the whole net (0.0001).",
    "Head: mean over space, dense 256, dropout 0.5; the document shows it as a picture that is lost.",
    "Early stopping on the validation loss, patience 3 and 5.",
    "Scaling: what the backbone was trained with.",
)


def head(x: Any) -> Any:
    """The head that all four backbones get."""
    return dense(layers.GlobalAveragePooling2D()(x), (256,), dropout=0.5)
