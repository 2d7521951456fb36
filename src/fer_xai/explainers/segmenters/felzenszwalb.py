"""Felzenszwalb & Huttenlocher 2004: graph-based merging; a little over 100 segments."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def segment(faces: np.ndarray, regions: object = None) -> Iterator[np.ndarray]:
    """Cut each face (H, W, C)."""
    from skimage.segmentation import felzenszwalb

    scale = faces.shape[1] / 48
    for face in faces:
        yield felzenszwalb(face, scale=5 * scale, sigma=0.5 * scale, min_size=round(5 * scale**2), channel_axis=-1)
