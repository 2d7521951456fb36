"""Where the parts of N faces are: 468 points each, and how they were found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_xai.errors import InputError

VERTICES = 468  #: points of the face mesh
IBUG = 68  #: points of the iBUG (300-W) scheme, which can be given instead
EYE_CORNERS = (33, 263)  #: vertices of the eyes' corners: the outer ones, the subject's right and left
OWN = ("given", "mesh", "regressor")  #: sources of points found on the face itself


@dataclass(frozen=True)
class Landmarks:
    """The face mesh on N faces.

    Attributes
    ----------
    points : ndarray of float32, shape (N, 468, 2)
        x, y in pixel-edge coordinates of the face's own grid: 0…W and 0…H, the first pixel's centre is (.5, .5).
        Points may lie outside the crop. NaN where no face was found.
    scores : ndarray of float32, shape (N,)
        The mesh's presence probability; 1 where points were given.
    source : tuple of str
        The rung of the ladder that each face's points come from: ``"given"``, ``"mesh"``, ``"regressor"``, ``"atlas"``
        (an average face, good for the eight coarse regions only) or ``"none"``.
    """

    points: np.ndarray
    scores: np.ndarray
    source: tuple[str, ...]

    @classmethod
    def from_points(cls, points: Any) -> Landmarks:
        """Take points found elsewhere.

        Parameters
        ----------
        points : array, shape (N, 468, 2) or (N, 478, 2) or (N, 68, 2)
            In pixel-edge coordinates: MediaPipe's mesh (its ten iris points are left out), or the 68 points of iBUG
            300-W in their usual order, from which the mesh is completed by our shape model. A face with any NaN counts
            as not found.

        Raises
        ------
        InputError
            If the array has another shape.
        """
        given = np.asarray(points, np.float32)
        if given.ndim != 3 or given.shape[1:] not in ((IBUG, 2), (VERTICES, 2), (VERTICES + 10, 2)):
            raise InputError(f"received landmarks of shape {given.shape}: give (N, 68, 2) or (N, 468, 2), x before y")
        known = np.asarray(np.isfinite(given).all(axis=(1, 2)))
        full = np.full((len(given), VERTICES, 2), np.nan, np.float32)
        if given.shape[1] == IBUG:
            from fer_xai.faces.landmarks.shape import complete_68

            full[known] = complete_68(given[known])
        else:
            full[known] = given[known, :VERTICES]
        return cls(full, known.astype(np.float32), tuple("given" if sure else "none" for sure in known))

    @classmethod
    def concatenate(cls, parts: Sequence[Landmarks]) -> Landmarks:
        """Join the landmarks of several sets of faces."""
        points, scores = (np.concatenate([getattr(part, name) for part in parts]) for name in ("points", "scores"))
        return cls(points, scores, tuple(source for part in parts for source in part.source))

    @property
    def found(self) -> np.ndarray:
        """Which faces have landmarks of their own, good for fine regions and action units, bool (N,)."""
        return np.isin(self.source, OWN)

    @property
    def placed(self) -> np.ndarray:
        """Which faces have any points, an average face's among them, good for coarse regions at least, bool (N,)."""
        return np.isin(self.source, (*OWN, "atlas"))

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, index: Any) -> Landmarks:
        """A part of the faces: by slice, boolean mask or integer array; a single integer keeps N = 1."""
        chosen = np.atleast_1d(np.arange(len(self))[index])
        return Landmarks(self.points[chosen], self.scores[chosen], tuple(self.source[i] for i in chosen))
