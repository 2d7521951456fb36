"""Pictures that are a face already."""

from __future__ import annotations

import numpy as np

from fer_xai.faces.crop import Cropped
from fer_xai.faces.formats.image import LARGEST_CROP
from fer_xai.faces.images import resize


def is_crop(photo: np.ndarray) -> bool:
    """Whether a picture is small and square, as crops of faces are and photos are not."""
    height, width = photo.shape[:2]
    return height == width <= LARGEST_CROP


def whole(photo: np.ndarray, size: tuple[int, int]) -> Cropped:
    """The picture as it is, brought to `size`."""
    return Cropped(resize(photo, size), (0.0, 0.0, 1.0, 1.0))
