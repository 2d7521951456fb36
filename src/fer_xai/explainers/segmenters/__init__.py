"""One file per way of cutting a face into segments: a module with ``segment(faces, regions)``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from fer_xai.errors import unknown


def segmenter_names() -> tuple[str, ...]:
    """Names of all segmenters."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__))


def segment_faces(faces: np.ndarray, segmenter: str, regions: Callable[..., Any] | None = None) -> np.ndarray:
    """Segment numbers of faces, contiguous from 0 on each face.

    Parameters
    ----------
    faces : ndarray (N, H, W, C) float32 in [0, 1]
    segmenter : str
    regions : callable, optional
        See `fer_xai.explainers.Request`; only the segmenter ``regions`` asks for it.

    Returns
    -------
    ndarray (N, H, W) int32
    """
    if segmenter not in segmenter_names():
        raise unknown("segmenter", segmenter, segmenter_names())
    module = importlib.import_module(f"{__name__}.{segmenter}")
    return contiguous(module.segment(faces, regions))


def contiguous(labels: Iterable[np.ndarray]) -> np.ndarray:
    """Segment numbers (N, H, W) int32 without gaps, from 0 on each face."""
    return np.stack([np.unique(face, return_inverse=True)[1].reshape(face.shape).astype(np.int32) for face in labels])


def on_segments(values: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """Paint each segment's value: (N, S) and (N, H, W) give maps (N, H, W) float32."""
    flat = np.take_along_axis(values, segments.reshape(len(segments), -1), axis=1)
    return flat.reshape(segments.shape).astype(np.float32)


def areas(segments: np.ndarray) -> np.ndarray:
    """Pixels of each segment, (N, S); 0 for numbers that a face does not have."""
    count = int(segments.max()) + 1
    flat = (segments.reshape(len(segments), -1) + np.arange(len(segments))[:, None] * count).ravel()
    return np.bincount(flat, minlength=len(segments) * count).reshape(len(segments), count)
