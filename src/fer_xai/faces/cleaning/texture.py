"""Photograph or not, told by texture: drawings, clip art and text have other edges and greys than skin.

A logistic regression on 32 plain statistics of a face at 48×48, fitted on 1,596 faces of FER2013 that were labelled
by eye (tests/faces/texture_labels.csv: 1,187 drawn at random, 409 that an earlier round ranked highest). It knows
flat fills, outlines and engravings; painted, sculpted and rendered faces have the texture of a photograph and pass.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

_RADII = (1, 2)
_POINTS = 8
_GREYS = 32
_DARK, _LIGHT = 8, 247
_STEPS = (1, 4)  # differences of neighbours up to which a place is flat
_EDGES = (40, 80)  # and from which it is an edge


def drawn_probability(small: np.ndarray) -> np.ndarray:
    """How likely each picture is no photograph.

    Parameters
    ----------
    small : ndarray (N, 48, 48)
        Grey, 0…255.

    Returns
    -------
    ndarray of float64 (N,)
        0…1.
    """
    weights, intercept = _weights()
    logits = np.array([texture(face) @ weights + intercept for face in small], np.float64)
    return 1 / (1 + np.exp(-np.clip(logits, -60, 60)))


def texture(face: np.ndarray) -> np.ndarray:
    """32 statistics of one face (48, 48) in 0…255: its greys, its steps, its finest details, its local patterns.

    The patterns are uniform local binary patterns (Ojala, Pietikäinen and Mäenpää 2002) of two radii.
    """
    from skimage.feature import local_binary_pattern

    whole = np.rint(np.asarray(face, np.float32)).astype(np.uint8)
    grey = whole.astype(np.float32)
    shares = np.histogram(grey, bins=_GREYS, range=(0, 256))[0] / grey.size
    entropy = -(shares[shares > 0] * np.log(shares[shares > 0])).sum()
    greys = [entropy, shares.max(), (grey < _DARK).mean(), (grey > _LIGHT).mean(), grey.std()]
    steps = np.abs(np.concatenate([np.diff(grey, axis=1).ravel(), np.diff(grey, axis=0).ravel()]))
    flat = [(steps <= most).mean() for most in _STEPS]
    edges = [(steps > least).mean() for least in _EDGES]
    fine = grey - gaussian_filter(grey, 1)
    peaked = ((fine - fine.mean()) ** 4).mean() / max(float(fine.var()) ** 2, 1e-3)
    details = [np.log(np.median(steps) + 0.5), np.log(fine.std() + 0.1), np.log(peaked + 1)]
    codes = [local_binary_pattern(whole, _POINTS, radius, "uniform") for radius in _RADII]
    patterns = [np.histogram(code, bins=np.arange(_POINTS + 3))[0] / grey.size for code in codes]
    return np.concatenate([greys, flat, edges, details, *patterns])


@cache
def _weights() -> tuple[np.ndarray, float]:
    stored = json.loads(Path(__file__).with_name("texture.json").read_text())
    return np.array(stored["weights"]), float(stored["intercept"])
