"""What all measures ask of an attribution map: its positive mass, its highlights, its ranks. Vectorised over faces."""

from __future__ import annotations

import math

import numpy as np


def shares(maps: np.ndarray) -> np.ndarray:
    """Share of a map's positive mass at each pixel, float32 (N, H, W); NaN where a map has none."""
    positive = np.maximum(maps, 0)
    total = positive.sum(axis=(1, 2), keepdims=True, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, positive / total, np.nan).astype(np.float32)


def highlights(maps: np.ndarray, top: float) -> np.ndarray:
    """The positive pixels among the `top` share of largest ones, bool (N, H, W).

    Pixels equal to the last one belong to them, so LIME's segments enter whole, the largest first, until `top` is
    reached.
    """
    flat = maps.reshape(len(maps), math.prod(maps.shape[1:]))
    count = max(1, round(top * flat.shape[1]))
    least = np.partition(flat, -count, axis=1)[:, -count, None, None]
    return (maps >= least) & (maps > 0)


def peaks(maps: np.ndarray) -> np.ndarray:
    """Weight of each map's largest pixel: 1, or a fair part for tied ones; sums to 1, (N, H, W)."""
    largest = maps == maps.max(axis=(1, 2), keepdims=True)
    return (largest / largest.sum(axis=(1, 2), keepdims=True)).astype(np.float32)


def top_weights(maps: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Weight of each pixel among the `counts` (N,) largest of its map: 1, 0, or a fair part for tied ones, (N, H, W).

    The weights of a map sum to its count. A flat map, all ties, is nowhere better than chance.
    """
    flat = maps.reshape(len(maps), math.prod(maps.shape[1:]))
    counts = counts[:, None]
    ordered = np.sort(flat, axis=1)[:, ::-1]
    least = np.take_along_axis(ordered, np.maximum(counts, 1) - 1, axis=1)
    above, tied = flat > least, flat == least
    weights = above + tied * (counts - above.sum(axis=1, keepdims=True)) / tied.sum(axis=1, keepdims=True)
    return np.where(counts > 0, weights, 0).reshape(maps.shape).astype(np.float32)


def inside(masks: np.ndarray, maps: np.ndarray) -> np.ndarray:
    """Sum of each map (N, H, W) inside each mask (N, M, H, W), float64 (N, M)."""
    pixels = math.prod(maps.shape[1:])
    flat = maps.reshape(len(maps), pixels, 1).astype(np.float32)
    return np.matmul(masks.reshape(*masks.shape[:2], pixels), flat)[..., 0].astype(np.float64)


def log2_ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """log2 of `part` ÷ `whole`; NaN, not −∞, where either is zero or unknown."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.asarray(part, np.float64) / whole
        return np.log2(np.where((ratio > 0) & np.isfinite(ratio), ratio, np.nan))
