"""Cutting squares out of a face crop, turned and scaled, also beyond its edges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from fer_xai.errors import InputError
from fer_xai.faces.images import LUMA
from fer_xai.faces.landmarks.landmarks import EYE_CORNERS

MARGIN = 1.5  # a square's side around known points, in sides of the box around them


@dataclass(frozen=True)
class Square:
    """A square in a face's pixel-edge coordinates, turned by `angle` radians."""

    centre: np.ndarray
    side: float
    angle: float = 0.0

    @classmethod
    def around(cls, points: np.ndarray) -> Square:
        """The upright square that shows a face with points (468, 2) as the mesh wants to see it."""
        across = points[EYE_CORNERS[1]] - points[EYE_CORNERS[0]]
        low, high = points.min(axis=0), points.max(axis=0)
        return cls((low + high) / 2, MARGIN * float((high - low).max()), math.atan2(across[1], across[0]))

    def place(self, local: np.ndarray) -> np.ndarray:
        """Points (…, 2) in the square's own [0, 1]² as coordinates of the face."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return np.asarray(self.centre + ((local - 0.5) * self.side) @ np.array([[cos, sin], [-sin, cos]]))


class Canvas:
    """One face (H, W), repeated at its edges as far as a square may reach, to cut squares of `side` pixels from.

    Larger faces are first reduced to twice that side, so that nothing aliases.
    """

    def __init__(self, face: np.ndarray, side: int) -> None:
        height, width = face.shape
        self.side = side
        self.reduced = min(1.0, 2 * side / max(height, width))
        if self.reduced < 1:
            size = (max(1, round(width * self.reduced)), max(1, round(height * self.reduced)))
            face = np.asarray(Image.fromarray(face).resize(size, Image.Resampling.BICUBIC))
        self.border = max(face.shape)
        self.image = Image.fromarray(np.pad(face, self.border, mode="edge"))

    def cut(self, square: Square) -> np.ndarray:
        """Cut a square, as (side, side) float32 in [0, 1]."""
        step = square.side * self.reduced / self.side
        right, down = math.cos(square.angle) * step, math.sin(square.angle) * step
        corner = square.centre * self.reduced + self.border
        x, y = corner - self.side / 2 * np.array([right - down, down + right])
        # Pillow maps the output pixel's centre, so these are pixel-edge coordinates throughout.
        cut = self.image.transform(
            (self.side, self.side),
            Image.Transform.AFFINE,
            (right, -down, x, down, right, y),
            Image.Resampling.BICUBIC,
        )
        return np.clip(np.asarray(cut, np.float32), 0, 1)


def grey_faces(images: Any) -> np.ndarray:
    """Bring faces to float32 luma in [0, 1], shape (N, H, W)."""
    array = np.asarray(images.images() if hasattr(images, "images") else images)
    if array.ndim == 4 and array.shape[-1] in (1, 3):
        scale = np.float32(1 / 255) if array.dtype == np.uint8 else np.float32(1)
        array = array.astype(np.float32) * scale
        return array[..., 0] if array.shape[-1] == 1 else array @ np.array(LUMA, np.float32)
    if array.ndim != 3:
        raise InputError(f"received faces of shape {array.shape}: give (N, H, W) or (N, H, W, 1 or 3)")
    return array.astype(np.float32) / 255 if array.dtype == np.uint8 else array.astype(np.float32)
