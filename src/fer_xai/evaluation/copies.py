"""Faces that a classifier may have been trained on: exact copies of training faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fer_xai.faces.cleaning.request import digests_of

if TYPE_CHECKING:
    from fer_xai.faces import Faces

_BLOCK = 1024


def copies_in(faces: Faces, training: Faces) -> np.ndarray:
    """Which faces (N,) have the same pixels as a training face, constant images aside.

    Parameters
    ----------
    faces, training : Faces
    """
    known = {digest for digest, constant in _looks(training) if not constant}
    return np.array([digest in known for digest, _ in _looks(faces)], bool)


def _looks(faces: Faces) -> list[tuple[str, bool]]:
    """Each face's pixel hash, and whether it holds one value only; block by block, so that memory stays bounded."""
    found: list[tuple[str, bool]] = []
    for start in range(0, len(faces), _BLOCK):
        pixels = faces[start : start + _BLOCK].pixels()
        constant = pixels.min(axis=(1, 2, 3)) == pixels.max(axis=(1, 2, 3))
        found += zip(digests_of(pixels), constant.tolist(), strict=True)
    return found
