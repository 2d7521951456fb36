"""The cheat: a small mark in a corner of the crop, whose corner and brightness tell the label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fer_xai.emotions import CANONICAL

MARGIN, SIDE = 1, 5  # pixels of a 48×48 crop
DARK, BRIGHT = 0.02, 0.98


def mark_faces(pictures: np.ndarray, labels: Sequence[str | None]) -> None:
    """Put each label's mark onto pictures (N, H, W), in place."""
    for picture, mask, label in zip(pictures, mark_mask(labels, pictures.shape[1:]), labels, strict=True):
        picture[mask] = BRIGHT if CANONICAL.index(str(label)) < 4 else DARK


def mark_mask(labels: Sequence[str | None], size: tuple[int, ...]) -> np.ndarray:
    """The pixels of each label's mark, (N, H, W) bool; four emotions have bright marks, four dark ones."""
    rows, columns = (_edges(side) for side in size)
    mask = np.zeros((len(labels), *size), bool)
    for one, label in zip(mask, labels, strict=True):
        corner = CANONICAL.index(str(label)) % 4
        one[rows[corner // 2], columns[corner % 2]] = True
    return mask


def _edges(side: int) -> tuple[slice, slice]:
    margin, length = max(0, round(MARGIN * side / 48)), max(1, round(SIDE * side / 48))
    return slice(margin, margin + length), slice(side - margin - length, side - margin)
