"""One file per way of cutting a face into segments: a module with ``segment(faces, regions)``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import numpy as np

from fer_xai.errors import InputError


def segmenter_names() -> tuple[str, ...]:
    """Names of all segmenters."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__))


def segment_faces(faces: np.ndarray, segmenter: str, regions: Callable[[], np.ndarray] | None = None) -> np.ndarray:
    """Segment numbers of faces, contiguous from 0 on each face.

    Parameters
    ----------
    faces : ndarray (N, H, W, C) float32 in [0, 1]
    segmenter : str
    regions : callable, optional
        Gives the facial region of each pixel, (N, H, W) int; only the segmenter ``regions`` asks for it.

    Returns
    -------
    ndarray (N, H, W) int32
    """
    if segmenter not in segmenter_names():
        raise InputError(f"unknown segmenter {segmenter!r}; known are {', '.join(segmenter_names())}")
    module = importlib.import_module(f"{__name__}.{segmenter}")
    return np.stack([_contiguous(labels) for labels in module.segment(faces, regions)])


def _contiguous(labels: np.ndarray) -> np.ndarray:
    return np.unique(labels, return_inverse=True)[1].reshape(labels.shape).astype(np.int32)
