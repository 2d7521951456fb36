"""What is hidden at a time: pixels, square cells, or segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fer_xai.errors import InputError

CELLS = 8


@dataclass(frozen=True)
class Units:
    """A partition of each face.

    Attributes
    ----------
    name : str
        ``pixels``, ``cells``, ``regions``, …: the variant of the rows measured on them.
    labels : ndarray (N, H, W) of int32
        Number of each pixel's unit, 0 … S−1; every number below a face's count is on it.
    counts : ndarray (N,) of int
        How many units each face has.
    """

    name: str
    labels: np.ndarray
    counts: np.ndarray

    @classmethod
    def pixels(cls, count: int, size: tuple[int, int]) -> Units:
        """Each pixel on its own."""
        height, width = size
        labels = np.arange(height * width, dtype=np.int32).reshape(1, height, width)
        return cls("pixels", np.repeat(labels, count, axis=0), np.full(count, height * width))

    @classmethod
    def cells(cls, count: int, size: tuple[int, int], across: int = CELLS) -> Units:
        """Square cells, `across` of them over each side (6 pixels of 48): units that favour no segmenter."""
        rows, columns = (np.arange(side) * min(across, side) // side for side in size)
        labels = (rows[:, None] * (columns[-1] + 1) + columns).astype(np.int32)
        return cls("cells", np.repeat(labels[None], count, axis=0), np.full(count, labels.max() + 1))

    @classmethod
    def segments(cls, name: str, labels: np.ndarray) -> Units:
        """Given segments or regions, (N, H, W) of int; numbers may have gaps, all else of the face is one unit too."""
        if labels.ndim != 3 or not np.issubdtype(labels.dtype, np.integer):
            raise InputError(f"received segments of shape {labels.shape}, {labels.dtype}: give (N, H, W) whole numbers")
        flat = labels.reshape(len(labels), -1)
        found = [np.unique(one, return_inverse=True) for one in flat]
        numbers = np.stack([inverse.reshape(labels.shape[1:]) for _, inverse in found]).astype(np.int32)
        return cls(name, numbers, np.array([len(values) for values, _ in found]))

    def __getitem__(self, part: slice) -> Units:
        """The units of a part of the faces."""
        return Units(self.name, self.labels[part], self.counts[part])

    @property
    def most(self) -> int:
        """S, the largest count."""
        return int(self.counts.max())

    @property
    def areas(self) -> np.ndarray:
        """Share of the face that each unit covers, (N, S); 0 for numbers a face does not have."""
        return self.sums(np.ones((len(self.labels), 1, *self.labels.shape[1:]))).squeeze(1) / self.labels[0].size

    def sums(self, maps: np.ndarray) -> np.ndarray:
        """Sum of each map in each unit, (N, A, H, W) → (N, A, S) float64."""
        faces, each = maps.shape[:2]
        if self.most == self.labels[0].size:
            # Units of one pixel: nothing is to be added up, only put in the order of their numbers.
            flat = maps.reshape(faces, each, -1).astype(np.float64)
            order = self.labels.reshape(faces, 1, -1).argsort(axis=2, kind="stable")
            return np.take_along_axis(flat, order, axis=2)
        start = np.arange(faces * each).reshape(faces, each, 1) * self.most
        where = start + self.labels.reshape(faces, 1, -1)
        added = np.bincount(where.ravel(), maps.ravel(), minlength=faces * each * self.most)
        return added.reshape(faces, each, self.most)


def check_maps(maps: Mapping[str, np.ndarray], faces: np.ndarray, weights: np.ndarray) -> None:
    """Refuse maps that are not of these faces, and weights that are not one row for each."""
    for method, values in maps.items():
        if values.shape != faces.shape[:3]:
            count, height, width = faces.shape[:3]
            raise InputError(f"{method}: received maps of shape {values.shape} for {count} faces of {height}×{width}")
    if len(weights) != len(faces):
        raise InputError(f"received weights of {len(weights)} faces for {len(faces)} faces: give one row for each")
