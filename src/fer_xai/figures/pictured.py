"""Maps as people are shown them, where a map's pixels alone would mislead the eye."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from fer_xai.explainers.registry import explainer_classes

FEW_CELLS = 5  # of a layer on a side of the face: of fewer, one is wider than a mouth
_HARDLY = 0.01  # of probability


def pictured(method: str, maps: np.ndarray, segments: np.ndarray | None) -> np.ndarray:
    """Put Shapley values together again that were shared out among the pixels of their segments.

    Such a map adds up to the values, as a measure needs it; but as a picture it ranks segments by density: the one
    that is worth most may be the palest, only because it is large. Here each has the colour of its value.

    Parameters
    ----------
    method : str
        ``method`` or ``method:variant``.
    maps : ndarray, shape (N, H, W)
    segments : ndarray of int, shape (N, H, W), optional

    Returns
    -------
    ndarray, shape (N, H, W)
        Other methods' maps as they are. A face that was to be explained by its regions and has no landmarks is blank:
        it is one segment as a whole, which says nothing.
    """
    if segments is None:
        return maps
    maps = np.where(without_regions(method, segments)[:, None, None], 0, maps)
    if not method.startswith("shap:"):
        return maps
    flat, whole = segments.reshape(len(maps), -1), maps.reshape(len(maps), -1)
    most = int(flat.max(initial=0)) + 1
    places = (flat + most * np.arange(len(maps))[:, None]).ravel()
    values = np.bincount(places, whole.ravel().astype(np.float64), most * len(maps))[places]
    return values.reshape(maps.shape).astype(maps.dtype)


def without_regions(method: str, segments: np.ndarray) -> np.ndarray:
    """Which faces (N,) were to be explained by their facial regions, and have none: all is one segment."""
    return np.ptp(segments, axis=(1, 2)) == 0 if method.endswith(":regions") else np.zeros(len(segments), bool)


def in_probability(method: str) -> bool:
    """Whether a map's numbers are changes of the probability, not those of another scale."""
    found: Any = explainer_classes().get(method)
    if found is None or found.explains != "probability":
        return False
    return "layer" not in {field.name for field in dataclasses.fields(found)}


def hardly_moves(method: str, strongest: float) -> bool:
    """Whether nothing that the method hid moves the answer by a point: full colours would look like strong reasons."""
    return in_probability(method) and 0 < strongest < _HARDLY
