"""Find what lies in front of faces, pixel by pixel, by a small net of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from fer_xai.errors import InputError

#: What is told apart: hair, glasses, and whatever else lies in front of a face.
KINDS = ("hair", "glasses", "other")
#: Height and width, in pixels, at which the occluder net sees a face.
SIDE = 48
BATCH = 32  # always this many, the last ones empty, so that a face's map does not depend on its company
NET = Path(__file__).with_name("occluders.tflite")


@dataclass(frozen=True)
class Occluders:
    """What lies in front of N faces.

    Only what is said inside the face's oval means anything: the net was taught nothing about the rest of the crop.

    Attributes
    ----------
    kinds : ndarray of float32, shape (N, 3, H, W)
        How likely each pixel of the face shows each of `KINDS`, 0…1: ``hair`` (or a hat), ``glasses`` (frame and
        lenses, clear ones too), ``other`` (a hand, a thing, text printed across the picture).
    """

    kinds: np.ndarray

    @property
    def maps(self) -> np.ndarray:
        """How likely each pixel of the face shows an occluder of any kind, (N, H, W) float32 in [0, 1]."""
        return np.minimum(self.kinds.sum(axis=1), np.float32(1))

    def __len__(self) -> int:
        return len(self.kinds)

    def __getitem__(self, index: Any) -> Occluders:
        """A part of the faces: by slice, boolean mask or integer array; a single integer keeps N = 1."""
        return Occluders(self.kinds[np.atleast_1d(np.arange(len(self))[index])])


def find_occluders(images: Any, progress: Callable[[int], None] | None = None) -> Occluders:
    """Find what hides parts of faces, about 0.2 ms each.

    The same face gives the same map in any company.

    Parameters
    ----------
    images : Faces or array, shape (N, H, W) or (N, H, W, 1 | 3)
        Crops filled by a face, uint8 or float in [0, 1]. They are looked at as 48×48 luma.
    progress : callable, optional
        Called with the number of faces done, after each batch.

    Returns
    -------
    Occluders

    Raises
    ------
    InputError
        If the array has another shape, no pixels, or floats outside [0, 1].
    """
    grey = _checked(images)
    size = grey.shape[1:]
    kinds = np.empty((len(grey), len(KINDS), *size), np.float32)
    done = 0
    for chances in _answers(grey):
        maps = _resized(chances.transpose(0, 3, 1, 2).reshape(-1, SIDE, SIDE), size)
        kinds[done : done + len(chances)] = maps.reshape(-1, len(KINDS), *size)
        done += len(chances)
        if progress is not None:
            progress(done)
    return Occluders(kinds)


def _checked(images: Any) -> np.ndarray:
    from fer_xai.faces.landmarks.canvas import grey_faces

    grey = grey_faces(images)
    if 0 in grey.shape[1:]:
        raise InputError(f"received faces of shape {grey.shape}: give faces with at least one pixel")
    if not (np.isfinite(grey).all() and grey.min(initial=0) >= 0 and grey.max(initial=0) <= 1.001):
        raise InputError("received faces with values outside [0, 1]: give uint8, or float divided by 255")
    return grey


def _answers(grey: np.ndarray) -> Iterator[np.ndarray]:
    """Chances (n, 48, 48, kinds) of faces (N, H, W), a batch at a time."""
    from fer_xai.faces.landmarks import open_interpreter

    if not len(grey):
        return
    interpreter = open_interpreter(NET)
    index = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(index, (BATCH, SIDE, SIDE, 1))
    interpreter.allocate_tensors()
    output = interpreter.get_output_details()[0]["index"]
    for start in range(0, len(grey), BATCH):
        part = grey[start : start + BATCH]
        batch = np.zeros((BATCH, SIDE, SIDE, 1), np.float32)
        batch[: len(part), ..., 0] = _resized(part, (SIDE, SIDE))
        interpreter.set_tensor(index, batch)
        interpreter.invoke()
        yield interpreter.get_tensor(output)[: len(part)]


def _resized(maps: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Bring maps (N, H, W) to another size, without overshoot."""
    if maps.shape[1:] == tuple(size):
        return maps
    shape = (size[1], size[0])
    return np.stack([np.asarray(Image.fromarray(one).resize(shape, Image.Resampling.BILINEAR)) for one in maps])
