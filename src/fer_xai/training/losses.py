"""Losses as settings: plain values, made into Keras losses for a head's order of emotions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras


@dataclass(frozen=True)
class CrossEntropy:
    """Categorical cross-entropy; `smoothing` is the share of a label that goes to all emotions alike."""

    smoothing: float = 0.0

    def build(self, emotions: Sequence[str]) -> keras.losses.Loss:
        """The loss over one-hot labels in the order of `emotions`."""
        return keras.losses.CategoricalCrossentropy(label_smoothing=self.smoothing)


@dataclass(frozen=True)
class Focal:
    """Categorical focal cross-entropy (Lin et al. 2017).

    Attributes
    ----------
    gamma : float
        How much less faces count that are found with ease.
    alpha : mapping
        Weight of each emotion, by its name, so that no order can be mistaken for another.
    """

    gamma: float
    alpha: Mapping[str, float]

    def build(self, emotions: Sequence[str]) -> keras.losses.Loss:
        """The loss over one-hot labels in the order of `emotions`."""
        return keras.losses.CategoricalFocalCrossentropy(
            alpha=[float(self.alpha[emotion]) for emotion in emotions], gamma=self.gamma
        )
