"""Random changes of pose and light, made on the device while a recipe trains."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class RandomPose(keras.layers.Layer):
    """Flip, rotate, scale, shear and shift faces at random, in one resampling; jitter light; erase a patch.

    Active while training only. One affine map per face instead of a chain of layers, so a face is
    interpolated once.

    Parameters
    ----------
    rotation : float
        Largest rotation in degrees.
    zoom, shear, shift : float
        Largest relative change of scale, shear, and shift as a share of the side.
    light : float
        Largest relative change of contrast and absolute change of brightness, for faces in [0, 1].
    erase : float
        Largest side of the erased square as a share of the face's side; 0 erases nothing.
    seed : int
        Seed of the layer's own random state, which is saved with the weights.
    """

    def __init__(
        self,
        rotation: float = 12.0,
        zoom: float = 0.12,
        shear: float = 0.08,
        shift: float = 0.08,
        light: float = 0.2,
        erase: float = 0.3,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.rotation, self.zoom, self.shear, self.shift = rotation, zoom, shear, shift
        self.light, self.erase = light, erase
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, faces: Any, training: bool = False) -> Any:
        if not training:
            return faces
        faces = self._warp(faces)
        faces = self._relight(faces) if self.light else faces
        return self._erase(faces) if self.erase else faces

    def _uniform(self, faces: Any, low: float, high: float) -> Any:
        return keras.random.uniform((ops.shape(faces)[0],), low, high, seed=self.seed_generator)

    def _warp(self, faces: Any) -> Any:
        height, width = faces.shape[1:3]
        angle = self._uniform(faces, -self.rotation, self.rotation) * (3.14159265 / 180)
        scale = 1 + self._uniform(faces, -self.zoom, self.zoom)
        mirror = ops.where(self._uniform(faces, 0, 1) < 0.5, -1.0, 1.0)
        shear = self._uniform(faces, -self.shear, self.shear)
        cos, sin = ops.cos(angle) * scale, ops.sin(angle) * scale
        a, b, c, d = cos * mirror, shear - sin, sin * mirror, cos
        centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
        shift_x = centre_x - a * centre_x - b * centre_y + self._uniform(faces, -self.shift, self.shift) * width
        shift_y = centre_y - c * centre_x - d * centre_y + self._uniform(faces, -self.shift, self.shift) * height
        zero = ops.zeros_like(a)
        transform = ops.stack([a, b, shift_x, c, d, shift_y, zero, zero], axis=1)
        return ops.image.affine_transform(
            faces, transform, interpolation="bilinear", fill_mode="nearest", data_format="channels_last"
        )

    def _relight(self, faces: Any) -> Any:
        contrast = 1 + self._uniform(faces, -self.light, self.light)[:, None, None, None]
        brightness = self._uniform(faces, -self.light, self.light)[:, None, None, None] / 2
        mean = ops.mean(faces, axis=(1, 2, 3), keepdims=True)
        return ops.clip((faces - mean) * contrast + mean + brightness, 0.0, 1.0)

    def _erase(self, faces: Any) -> Any:
        height, width = faces.shape[1:3]
        half = self._uniform(faces, 0, self.erase / 2)[:, None]
        x = ops.abs(ops.arange(width, dtype="float32")[None] / width - self._uniform(faces, 0, 1)[:, None])
        y = ops.abs(ops.arange(height, dtype="float32")[None] / height - self._uniform(faces, 0, 1)[:, None])
        inside = ops.logical_and((y < half)[:, :, None], (x < half)[:, None, :])[..., None]
        return ops.where(inside, self._uniform(faces, 0, 1)[:, None, None, None], faces)


def documents_pose(seed: int, shear: float = 0.0) -> RandomPose:
    """What three of the documents ask of Keras's ``ImageDataGenerator``: 10°, shifts and zoom of a tenth, flips.

    Unlike there, one change of scale holds for both directions; `shear` is relative, see `RandomPose`.
    """
    return RandomPose(rotation=10, shift=0.1, zoom=0.1, shear=shear, light=0, erase=0, seed=seed, dtype="float32")
