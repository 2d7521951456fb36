"""Bring a layer's coarse map to the face's own pixels."""

from __future__ import annotations

import numpy as np


def enlarge(maps: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bilinear interpolation between cell centres, edge cells extended.

    Parameters
    ----------
    maps : ndarray (N, h, w)
    size : (H, W)

    Returns
    -------
    ndarray (N, H, W) float32
    """
    rows, columns = (_weights(n_in, n_out) for n_in, n_out in zip(maps.shape[1:], size, strict=True))
    return np.einsum("Hh,nhw,Ww->nHW", rows, maps, columns, optimize=True).astype(np.float32)


def _weights(n_in: int, n_out: int) -> np.ndarray:
    position = np.clip((np.arange(n_out) + 0.5) * n_in / n_out - 0.5, 0, n_in - 1)
    return np.maximum(0, 1 - np.abs(position[:, None] - np.arange(n_in)[None])).astype(np.float32)
