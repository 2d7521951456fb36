"""Gamma correction with each face's own exponent."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from fer_xai.classifier.illumination.layer import IlluminationLayer

_DARKEST = 1 / 255  # below it a power has no bounded slope


@keras.saving.register_keras_serializable("fer_xai")
class Gamma(IlluminationLayer):
    """The power that brings a face's mean brightness m to one half: x ↦ x^γ with γ = log ½ / log m.

    A dark face is lightened and a light one darkened, by at most the exponents ⅕ and 5. A fixed exponent would be the
    same on all faces, which a net can learn by itself.

    References
    ----------
    Poynton 2003, *Digital Video and HDTV*; the choice of the exponent by the mean as in Babakhani and Zarei 2015,
    "Automatic gamma correction based on average of brightness".
    """

    def treat(self, luma: Any) -> Any:
        """Correct each face (N, H, W)."""
        mean = ops.clip(ops.mean(luma, axis=(1, 2), keepdims=True), 0.5**5, 0.5**0.2)
        return ops.power(ops.maximum(luma, _DARKEST), math.log(0.5) / ops.log(mean))


LAYER = Gamma
