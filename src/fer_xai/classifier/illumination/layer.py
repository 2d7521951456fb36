"""What all illumination corrections share: they treat the luma and leave the colour."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import keras
from keras import ops

from fer_xai.classifier.colour import LUMA


class IlluminationLayer(keras.layers.Layer, ABC):
    """Faces (N, H, W, 1 or 3) in [0, 1] to faces of the same shape in [0, 1], each face on its own.

    A grey face is treated as it is. Of a colour face the luma is treated, and its change is added to all three
    channels, which leaves both chroma channels of YCbCr as they were, and what leaves [0, 1] is clipped. The layer has
    no weights and computes in float32 under any precision policy.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"dtype": "float32", "trainable": False} | kwargs))

    def call(self, faces: Any) -> Any:
        """Treat a batch of faces."""
        height, width, channels = faces.shape[1:]
        if height is None or width is None:
            raise ValueError(f"layer {self.name!r} needs faces of a known size; received {tuple(faces.shape)}")
        if channels == 1:
            return ops.clip(self.treat(faces[..., 0]), 0.0, 1.0)[..., None]
        luma = ops.sum(faces * ops.convert_to_tensor(LUMA, "float32"), axis=-1)
        change = ops.clip(self.treat(luma), 0.0, 1.0) - luma
        return ops.clip(faces + change[..., None], 0.0, 1.0)

    @abstractmethod
    def treat(self, luma: Any) -> Any:
        """Treat the luma (N, H, W) in [0, 1]; what leaves [0, 1] is clipped."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the faces."""
        return input_shape
