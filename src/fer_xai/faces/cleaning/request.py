"""What a check may ask for: the faces, block by block, and what is dear to find, found once for all checks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fer_xai.faces.faces import Faces
from fer_xai.faces.images import LUMA

if TYPE_CHECKING:
    from fer_xai.faces.landmarks import Landmarks

SIDE = 48
_BLOCK = 1024

Track = Callable[[str, int, int], None]


class Finding(NamedTuple):
    """What a check says of one face.

    Attributes
    ----------
    place : int
        Of the face in the set.
    reason : str
        In a few words.
    suggested : {"drop", "keep", "look"}
    detail : str
    group : int, optional
        Faces that belong together share a number.
    partner : int, optional
        Place of the face that this one is most like.
    score : float
        What was measured, on the check's own scale.
    """

    place: int
    reason: str
    suggested: str
    detail: str = ""
    group: int | None = None
    partner: int | None = None
    score: float = float("nan")


@dataclass(frozen=True)
class Request:
    """The faces to look at.

    Attributes
    ----------
    faces : Faces
    seed : int
        Of what is drawn at random.
    votes : Path, optional
        FER+'s ``fer2013new.csv``.
    emotions : tuple of str
        Emotions to leave out.
    track : callable
        ``track(what, done, total)`` shows progress.
    """

    faces: Faces
    seed: int
    votes: Path | None
    emotions: tuple[str, ...]
    track: Track

    @property
    def splits(self) -> np.ndarray:
        """The split of each face (N,), "" where there is none."""
        return self.faces.table["split"].to_numpy(dtype=object)

    def blocks(self, what: str) -> Iterator[tuple[slice, np.ndarray]]:
        """Pixels (n, H, W, C) uint8 of some faces at a time, so that memory stays bounded."""
        for start in range(0, len(self.faces), _BLOCK):
            where = slice(start, min(start + _BLOCK, len(self.faces)))
            yield where, self.faces[where].pixels()
            self.track(what, where.stop, len(self.faces))

    @cached_property
    def digests(self) -> np.ndarray:
        """A hash of each face's pixels (N,), hexadecimal; equal for equal pixels only."""
        found: list[str] = []
        for _, pixels in self.blocks("reading"):
            found += digests_of(pixels)
        return np.array(found, dtype=object)

    @cached_property
    def constant(self) -> np.ndarray:
        """Which faces hold one value only, bool (N,)."""
        found = [pixels.min((1, 2, 3)) == pixels.max((1, 2, 3)) for _, pixels in self.blocks("constant images")]
        return np.concatenate(found)

    @cached_property
    def small(self) -> np.ndarray:
        """Each face in grey at 48×48, (N, 48, 48) float16 in [0, 255]; areas are averaged."""
        rows, columns = (_averaging(side, SIDE) for side in self.faces.size)
        small = np.empty((len(self.faces), SIDE, SIDE), np.float16)
        for where, pixels in self.blocks("thumbnails"):
            grey = pixels[..., 0] if pixels.shape[-1] == 1 else pixels @ np.array(LUMA, np.float32)
            small[where] = rows @ grey.astype(np.float32) @ columns.T
        return small

    @cached_property
    def landmarks(self) -> Landmarks:
        """The face mesh on every face."""
        from fer_xai.faces.landmarks import Landmarks, find_landmarks

        return Landmarks.concatenate([find_landmarks(pixels) for _, pixels in self.blocks("landmarks")])

    @cached_property
    def drawn(self) -> np.ndarray:
        """How likely each picture is no photograph (N,), 0…1."""
        from fer_xai.faces.cleaning.texture import drawn_probability

        found = np.empty(len(self.faces))
        for start in range(0, len(self.faces), _BLOCK):
            where = slice(start, start + _BLOCK)
            found[where] = drawn_probability(self.small[where])
            self.track("texture", min(where.stop, len(self.faces)), len(self.faces))
        return found


def digests_of(pixels: np.ndarray) -> list[str]:
    """A hash of each face's size and pixels, (N, H, W, C) uint8."""
    shape = repr(pixels.shape[1:]).encode()
    return [hashlib.blake2b(shape + face.tobytes(), digest_size=8).hexdigest() for face in pixels]


def _averaging(given: int, wanted: int) -> np.ndarray:
    """Matrix (wanted, given) that averages areas of a line of pixels."""
    edges = np.linspace(0, given, wanted + 1)
    pixel = np.arange(given)
    covered = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    covered = np.maximum(covered, 0)
    return (covered / covered.sum(axis=1, keepdims=True)).astype(np.float32)
