"""Paint hidden parts of faces from what surrounds them."""

from __future__ import annotations

import numpy as np

_SWEEPS = 60  # on each scale; coarser scales have brought the far neighbours in already


def inpaint(images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Fill the masked parts of faces so that each pixel is the mean of its four neighbours.

    The discrete Laplace equation with the visible pixels as its boundary, relaxed from coarse to fine; all faces at
    once. A face that is masked whole gets its own mean.

    Parameters
    ----------
    images : ndarray (N, H, W, C) float32 in [0, 1]
    masks : ndarray (N, H, W) in [0, 1]
        Pixels above one half are painted.

    Returns
    -------
    ndarray (N, H, W, C) float32
        Visible pixels are left as they are.

    References
    ----------
    Pérez, Gangnet & Blake 2003, "Poisson image editing" (membrane interpolation).
    """
    hidden = (masks > 0.5)[..., None]
    mean = images.mean(axis=(1, 2), keepdims=True)
    painted = _relaxed(np.where(hidden, 0, images).astype(np.float32), hidden)
    return np.where(hidden.all(axis=(1, 2), keepdims=True), mean, painted).astype(np.float32)


def _relaxed(images: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    start = _from_coarse(images, hidden)
    for _ in range(_SWEEPS):
        edges = np.pad(start, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
        mean = (edges[:, :-2, 1:-1] + edges[:, 2:, 1:-1] + edges[:, 1:-1, :-2] + edges[:, 1:-1, 2:]) / 4
        start = np.where(hidden, mean, images)
    return start


def _from_coarse(images: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """A first guess: the solution at half the size, where what is seen is the mean of the visible pixels."""
    height, width = images.shape[1:3]
    if not hidden.any() or min(height, width) < 4:
        seen = np.where(hidden, 0, 1).sum(axis=(1, 2), keepdims=True)
        return np.where(hidden, images.sum(axis=(1, 2), keepdims=True) / np.maximum(seen, 1), images)
    total, count = _halved(images), _halved(np.where(hidden, 0, 1).astype(np.float32))
    coarse = _relaxed(total / np.maximum(count, 1e-6) * (count > 0), count == 0)
    fine = coarse.repeat(2, axis=1).repeat(2, axis=2)[:, :height, :width]
    return np.where(hidden, fine, images)


def _halved(images: np.ndarray) -> np.ndarray:
    """Sums over blocks of two by two, odd sides extended by nothing."""
    padded = np.pad(images, ((0, 0), (0, images.shape[1] % 2), (0, images.shape[2] % 2), (0, 0)))
    faces, height, width, channels = padded.shape
    return padded.reshape(faces, height // 2, 2, width // 2, 2, channels).sum(axis=(2, 4))
