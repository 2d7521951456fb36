"""`draw`: faces whose every pixel is accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from fer_xai.emotions import FER2013, parse_emotions
from fer_xai.errors import InputError
from fer_xai.faces.drawn.action_units import UNITS, draw_intensities, intensity_table, membership
from fer_xai.faces.drawn.mark import mark_faces, mark_mask
from fer_xai.faces.drawn.rendering import render, render_oval
from fer_xai.faces.drawn.scene import RANGES, Scene, part_of, scene_of
from fer_xai.faces.faces import Faces, table_of

SEEN = 0.02  #: the least change of brightness that counts as a change: five of 255 grey levels
SPLITS = ("train", "train", "train", "validation", "test")


@dataclass(frozen=True)
class Drawing:
    """Drawn faces and the truth about them.

    What is computed from the drawing (`truth`, `oval`, …) is computed when first asked for, and kept.

    Attributes
    ----------
    faces : Faces
        48×48 or as asked, grey, labelled, in splits.
    intensities : DataFrame
        How strongly each face shows each action unit, 0…1; a row for each face, columns ``AU1``, ``AU2``, …
    expressed : tuple of str
        The emotion that each face's units make: its label, unless the drawing cheats.
    scene : mapping of str to ndarray (N,)
        All else about each face; see `fer_xai.faces.drawn.scene`.
    cheating : bool
        Whether a mark in a corner tells the label and the face does not.
    """

    faces: Faces
    intensities: pd.DataFrame
    expressed: tuple[str, ...]
    scene: Scene
    cheating: bool

    def __len__(self) -> int:
        return len(self.faces)

    def __getitem__(self, index: slice | np.ndarray) -> Drawing:
        """A part of the faces: by slice, boolean mask or integer array."""
        chosen = np.arange(len(self))[index]
        return Drawing(
            self.faces[chosen],
            self.intensities.iloc[chosen],
            tuple(self.expressed[i] for i in chosen),
            part_of(self.scene, chosen),
            self.cheating,
        )

    def picture(self, without: Sequence[int] = ()) -> np.ndarray:
        """Draw the faces again, free of noise, with some action units at rest; all else is equal.

        Parameters
        ----------
        without : sequence of int
            Numbers of action units.

        Returns
        -------
        ndarray (N, H, W) float32 in [0, 1]

        Raises
        ------
        InputError
            If a unit is not among those drawn.
        """
        strange = [unit for unit in without if unit not in UNITS]
        if strange:
            raise InputError(f"action unit {strange[0]} is not drawn; drawn are {' '.join(map(str, UNITS))}")
        return self._render(self._resting(np.isin(UNITS, without)[None]))

    @cached_property
    def truth(self) -> np.ndarray:
        """The pixels that tell the label, (N, H, W) bool.

        Where the face changes by at least `SEEN` when the units of its emotion, core and optional, are at rest and all
        else is equal. None for neutral faces. In a cheating drawing, the mark.
        """
        if self.cheating:
            return np.broadcast_to(mark_mask(self.faces.labels, self.faces.size), (len(self), *self.faces.size)).copy()
        return self._change(self._own) >= SEEN

    @cached_property
    def oval(self) -> np.ndarray:
        """Share of each pixel inside the face's oval, forehead to chin, covered or not, (N, H, W) float32."""
        return render_oval(self.scene, self._intensities, self.faces.size)

    def unit_change(self, unit: int) -> np.ndarray:
        """How much each pixel changes, 0…1, when one action unit is at rest; zero on faces that do not show it.

        Returns
        -------
        ndarray (N, H, W) float32
        """
        if unit not in UNITS:
            raise InputError(f"action unit {unit} is not drawn; drawn are {' '.join(map(str, UNITS))}")
        return self._change(np.broadcast_to(np.array(UNITS) == unit, self._intensities.shape))

    @property
    def _intensities(self) -> np.ndarray:
        return self.intensities.to_numpy(np.float32)

    @property
    def _own(self) -> np.ndarray:
        core, optional = membership(self.expressed)
        return core | optional

    def _resting(self, units: np.ndarray) -> np.ndarray:
        return np.where(units, np.float32(0), self._intensities)

    def _render(self, intensities: np.ndarray) -> np.ndarray:
        pictures = render(self.scene, intensities, self.faces.size)
        if self.cheating:
            mark_faces(pictures, self.faces.labels)
        return pictures

    def _change(self, units: np.ndarray) -> np.ndarray:
        change = np.zeros((len(self), *self.faces.size), np.float32)
        moved = np.flatnonzero((units & (self._intensities > 0)).any(axis=1))
        some = part_of(self.scene, moved)
        shown = render(some, self._intensities[moved], self.faces.size)
        change[moved] = np.abs(shown - render(some, self._resting(units)[moved], self.faces.size))
        return change


def draw(
    n: int,
    seed: int = 0,
    emotions: str | Sequence[str] = FER2013,
    *,
    cheating: bool = False,
    size: tuple[int, int] = (48, 48),
) -> Drawing:
    """Draw faces.

    The expression is made of action units alone, by the codebook ``facs2002``: core units always, optional ones
    sometimes, and now and then a weak one that does not belong. Who it is, pose, light, noise, hair and a hand over the
    face vary without regard to it.

    Parameters
    ----------
    n : int
        How many; the emotions take turns.
    seed : int
        Face i of a seed is the same whatever `n` is.
    emotions : str or sequence of str
        As `fer_xai.emotions.parse_emotions` takes them; default FER2013's seven.
    cheating : bool
        A mark in a corner tells the label, and each face expresses an emotion drawn at random: only the background
        knows the answer.
    size : (H, W)
        In pixels.

    Returns
    -------
    Drawing

    Raises
    ------
    InputError
        If `n` or a side is less than 1, or an emotion is unknown.

    Examples
    --------
    >>> drawing = draw(7, seed=1)
    >>> drawing.faces.labels
    ('angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral')
    >>> drawing.truth.shape  # the pixels that tell the label
    (7, 48, 48)
    >>> bool(drawing.truth[-1].any())  # a neutral face shows none
    False
    """
    if n < 1 or min(size) < 1:
        raise InputError(f"draw: n={n}, size={size[0]}×{size[1]}: draw at least one face of at least one pixel")
    names = parse_emotions(emotions)
    cast = cast_faces(n, seed, names, cheating)
    pictures = render(cast.scene, cast.intensities, size)
    noise = np.stack([stream.standard_normal(size, np.float32) for stream in cast.streams])
    pictures += cast.scene["noise"][:, None, None] * noise
    if cheating:
        mark_faces(pictures, cast.labels)
    pixels = np.rint(255 * np.clip(pictures, 0, 1)).astype(np.uint8)[..., None]
    ids = [f"drawn-{seed}-{i:05d}" for i in range(n)]
    splits = [SPLITS[i // len(names) % len(SPLITS)] for i in range(n)]
    faces = Faces(pixels, table_of(ids, cast.labels, splits, [f"seed {seed}, face {i}" for i in range(n)]))
    return Drawing(faces, intensity_table(cast.intensities, ids), cast.expressed, cast.scene, cheating)


class Cast(NamedTuple):
    """Who is to be drawn, and how: all but the pixels."""

    labels: list[str]
    expressed: tuple[str, ...]
    scene: Scene
    intensities: np.ndarray
    streams: list[np.random.Generator]  # each face's own random numbers, from which its noise comes


def cast_faces(n: int, seed: int, emotions: Sequence[str], cheating: bool = False) -> Cast:
    """Draw by lot everything about N faces, each from its own random numbers."""
    labels = [emotions[i % len(emotions)] for i in range(n)]
    streams = [np.random.default_rng([seed, i]) for i in range(n)]
    uniforms = np.stack([stream.random(len(RANGES) + 2 * len(UNITS) + 1) for stream in streams])
    scene = scene_of(uniforms[:, : len(RANGES)])
    expressed = [emotions[int(u * len(emotions))] for u in uniforms[:, -1]] if cheating else labels
    intensities = draw_intensities(expressed, uniforms[:, len(RANGES) : -1].reshape(n, 2, len(UNITS)))
    return Cast(labels, tuple(expressed), scene, intensities, streams)
