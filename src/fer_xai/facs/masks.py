"""Soft masks of the face: regions, action units and outlines, on the face's own pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from fer_xai.errors import InputError
from fer_xai.facs.atlas import level_merge, part_names, region_names, ring
from fer_xai.facs.codebooks import Codebook, load_codebook
from fer_xai.facs.painting import paint_parts, paint_rings, pool_parts

if TYPE_CHECKING:
    from fer_xai.faces.landmarks import Landmarks

CHUNK_PIXELS = 64 * 48 * 48  # painted at a time: 24 MB of masks


@dataclass(frozen=True)
class FaceMasks:
    """The painted parts of N faces, from which every mask is a sum; paint once, measure many maps.

    Attributes
    ----------
    parts : ndarray of float32, shape (N, P, H, W)
        Share of each pixel that shows each part (`fer_xai.facs.atlas.part_names`, background first). Sums to 1 over
        the parts; all zero on faces without any landmarks.
    ids : tuple of str
        The faces' names.
    landmarks : Landmarks
        What was painted from.
    """

    parts: np.ndarray
    ids: tuple[str, ...]
    landmarks: Landmarks
    _kept: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    @classmethod
    def paint(cls, faces: Any, landmarks: Landmarks | None = None) -> FaceMasks:
        """Paint the atlas onto faces.

        Parameters
        ----------
        faces : Faces or array (N, H, W) or (N, H, W, C)
            An array's faces are named ``face-0``, ``face-1``, …
        landmarks : Landmarks, optional
            Of the same faces; found here where not given.

        Raises
        ------
        InputError
            If faces and landmarks are not equally many.
        """
        size, ids = face_size(faces), face_ids(faces)
        landmarks = landmarks_of(faces, landmarks)
        parts = np.zeros((len(ids), len(part_names()), *size), np.float32)
        placed = landmarks.placed
        if placed.any():
            parts[placed] = pool_parts(paint_parts(landmarks.points[placed], size), size)
        return cls(parts, ids, landmarks)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def found(self) -> np.ndarray:
        """Which faces have landmarks of their own, bool (N,)."""
        return self.landmarks.found

    @property
    def own_parts(self) -> np.ndarray:
        """The parts of faces with landmarks of their own; all zero on the others, (N, P, H, W)."""
        return _only(self.parts, self.found)

    def known(self, level: str) -> np.ndarray:
        """On which faces a level's regions are known, bool (N,): an average face gives coarse ones only."""
        return self.landmarks.placed if level == "coarse" else self.landmarks.found

    @cached_property
    def areas(self) -> np.ndarray:
        """Share of the crop that each part covers, float64 (N, P)."""
        return self.parts.mean(axis=(2, 3), dtype=np.float64)

    def level(self, level: str) -> np.ndarray:
        """Masks of a level's regions, in the order of `region_names`, float32 (N, R, H, W); zero where not known."""
        if level not in self._kept:
            self._kept[level] = merge(_only(self.parts, self.known(level)), level_merge(level))
        return self._kept[level]

    def spectrum(self, level: str) -> np.ndarray:
        """Fourier transform of a level's masks, complex64 (N, R, H, W // 2 + 1): kept for all methods."""
        from scipy.fft import rfft2

        key = f"spectrum of {level}"
        if key not in self._kept:
            self._kept[key] = rfft2(self.level(level))
        return self._kept[key]

    def action_units(self, codebook: str | Codebook) -> np.ndarray:
        """Masks of a codebook's emotions, in the order of its ``emotions``, float32 (N, E, H, W)."""
        return merge(self.own_parts, load_codebook(codebook).merge)


def _only(parts: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Parts with the faces that are not known left empty."""
    return parts if known.all() else parts * known[:, None, None, None]


def merge(parts: np.ndarray, membership: np.ndarray) -> np.ndarray:
    """Sum parts into masks: (N, P, …) with a (M, P) table of 0 and 1 gives (N, M, …)."""
    flat = parts.reshape(*parts.shape[:2], math.prod(parts.shape[2:]))
    return np.matmul(membership, flat).reshape(len(parts), len(membership), *parts.shape[2:])


def region_masks(
    faces: Any, level: str = "fine", landmarks: Landmarks | None = None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Mask every facial region on every face.

    Parameters
    ----------
    faces : Faces or array (N, H, W) or (N, H, W, C)
        The faces, any size.
    level : {"fine", "coarse"}
        25 fine or 8 coarse regions, background included.
    landmarks : Landmarks, optional
        Of the same faces; found here where not given.

    Returns
    -------
    masks : ndarray of float32, shape (N, R, H, W)
        Share of each pixel that shows each region, in [0, 1]: sums to 1 over the regions of each pixel. All zero on
        faces without landmarks.
    names : tuple of str
        The regions, background first.

    Examples
    --------
    >>> from fer_xai.faces.drawn import draw
    >>> masks, names = region_masks(draw(2).faces, level="coarse")
    >>> masks.shape
    (2, 8, 48, 48)
    >>> names
    ('background', 'forehead', 'brow', 'eye', 'nose', 'cheek', 'mouth', 'chin_jaw')
    """
    names, landmarks = region_names(level), landmarks_of(faces, landmarks)
    chunks = [FaceMasks.paint(faces[part], landmarks[part]).level(level) for part in _slices(faces)]
    return np.concatenate(chunks), names


def action_unit_masks(
    faces: Any, codebook: str | Codebook = "facs2002", landmarks: Landmarks | None = None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Mask, for every emotion of a codebook, where its core action units show.

    Parameters
    ----------
    faces : Faces or array (N, H, W) or (N, H, W, C)
        The faces, any size.
    codebook : str, path or Codebook
        See `load_codebook`.
    landmarks : Landmarks, optional
        Of the same faces; found here where not given.

    Returns
    -------
    masks : ndarray of float32, shape (N, E, H, W)
        Share of each pixel that shows one of the emotion's core units, in [0, 1]; masks of different emotions overlap.
    emotions : tuple of str
        Emotions with at least one core unit; others (neutral) are left out.
    """
    book, landmarks = load_codebook(codebook), landmarks_of(faces, landmarks)
    chunks = [FaceMasks.paint(faces[part], landmarks[part]).action_units(book) for part in _slices(faces)]
    return np.concatenate(chunks), book.emotions


def outline_masks(faces: Any, outline: str, landmarks: Landmarks | None = None) -> np.ndarray:
    """Mask a filled outline: the ``face``'s oval, the ``lips`` (outer contour, mouth included) or the ``eyes``.

    Unlike the regions, outlines are not overpainted by what lies on top of them.

    Returns
    -------
    ndarray of float32, shape (N, H, W)
        Share of each pixel inside the outline, in [0, 1]; all zero on faces without landmarks.
    """
    size, landmarks = face_size(faces), landmarks_of(faces, landmarks)
    masks = np.zeros((len(landmarks), *size), np.float32)
    masks[landmarks.found] = paint_rings(landmarks.points[landmarks.found], ring(outline), size)
    return masks


def painted(
    faces: Any, attributions: Any, landmarks: Landmarks | None, masks: FaceMasks | None
) -> Iterator[tuple[slice, np.ndarray, FaceMasks]]:
    """Go through faces a chunk at a time: their slice, attributions (n, H, W) and masks; `masks` given is one chunk."""
    maps = np.asarray(attributions, np.float32)
    wanted = (len(face_ids(faces)), *face_size(faces))
    if maps.shape != wanted:
        raise InputError(f"received attributions of shape {maps.shape} for faces of shape {wanted}: they must be equal")
    if not np.isfinite(maps).all():
        raise InputError("received attributions with NaN or infinite values: mend the map that holds them")
    if masks is not None:
        if masks.parts.shape[:1] + masks.parts.shape[2:] != wanted:
            raise InputError(f"received masks of {len(masks)} faces for {wanted[0]}: paint them from the same faces")
        yield slice(0, wanted[0]), maps, masks
        return
    landmarks, ids = landmarks_of(faces, landmarks), face_ids(faces)
    for part in _slices(faces):
        yield part, maps[part], replace(FaceMasks.paint(faces[part], landmarks[part]), ids=ids[part])


def _slices(faces: Any) -> Iterator[slice]:
    """Cut faces into chunks of bounded memory, at least one."""
    count, size = len(face_ids(faces)), face_size(faces)
    step = max(1, CHUNK_PIXELS // math.prod(size))
    for start in range(0, max(1, count), step):
        yield slice(start, min(start + step, count))


def landmarks_of(faces: Any, landmarks: Landmarks | None) -> Landmarks:
    """Landmarks given, checked for their number, or found."""
    if landmarks is None:
        from fer_xai.faces.landmarks import find_landmarks

        return find_landmarks(faces)
    if len(landmarks) != len(face_ids(faces)):
        raise InputError(f"received landmarks of {len(landmarks)} faces for {len(face_ids(faces))} faces")
    return landmarks


def face_ids(faces: Any) -> tuple[str, ...]:
    """Names of faces, or the numbers of an array's."""
    return tuple(faces.ids) if hasattr(faces, "ids") else tuple(f"face-{i}" for i in range(len(faces)))


def face_size(faces: Any) -> tuple[int, int]:
    """Height and width of faces."""
    height, width = faces.size if hasattr(faces, "ids") else np.shape(faces)[1:3]
    return int(height), int(width)
