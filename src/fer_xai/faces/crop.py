"""Cut faces out of a photo, framed as FER2013 frames faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from fer_xai.errors import InputError
from fer_xai.faces.images import resize
from fer_xai.faces.landmarks import find_landmarks, mesh_file, open_interpreter

_SURE = 0.6
_SAME_FACE = 0.3
# FER2013's mean distance between the eyes is 18 of 48 pixels.
_SIDES_PER_EYE_DISTANCE = 48 / 18
_EYES = ((33, 133), (362, 263))
# Longest side that is worked on as it is: the square around a long strip would otherwise fill the memory.
_LARGEST = 4096
_STRIP = 100  # times as long as wide: on such a picture there is no face


@dataclass(frozen=True)
class _Detector:
    """One of BlazeFace's nets: its weights, the side of its input, and its grids of (cells, anchors per cell)."""

    weights: str
    side: int
    grids: tuple[tuple[int, int], ...]

    def anchors(self) -> np.ndarray:
        """Anchor centres (n, 2) as shares of the side."""
        centres = []
        for cells, each in self.grids:
            y, x = np.mgrid[:cells, :cells]
            centres.append(np.repeat(np.stack([x, y], -1).reshape(-1, 2) + 0.5, each, axis=0) / cells)
        return np.concatenate(centres)


# The first for faces that fill the picture, the second for small ones.
_DETECTORS = (
    _Detector("face_detection_short_range.tflite", 128, ((16, 2), (8, 6))),
    _Detector("face_detection_full_range.tflite", 192, ((48, 1),)),
)


@dataclass(frozen=True)
class Cropped:
    """One face of a photo.

    Attributes
    ----------
    pixels : ndarray (height, width, C) uint8
        Framed as FER2013 frames faces.
    box : tuple of float
        Left, top, right and bottom of what was cut out, as shares 0…1 of the photo's width and height.
    """

    pixels: np.ndarray
    box: tuple[float, float, float, float]


def crop_face(photo: np.ndarray, size: tuple[int, int], name: str = "the photo") -> np.ndarray:
    """Cut the face out of a photo that shows one; see `find_faces`.

    Parameters
    ----------
    photo : ndarray (H, W, 1 or 3) uint8
    size : (height, width)
        Of the crop.
    name : str
        What errors call it.

    Returns
    -------
    ndarray (height, width, C) uint8

    Raises
    ------
    InputError
        If there is no face, or more than one.
    """
    boxes = _detect(photo)
    if len(boxes) != 1:
        what = "no face was found" if not len(boxes) else f"{len(boxes)} faces were found"
        raise InputError(f"{name}: {what}; give a photo with one face, or a square crop of it")
    return _frame(photo, boxes[0], size).pixels


def find_faces(photo: np.ndarray, size: tuple[int, int], most: int | None = None) -> list[Cropped]:
    """Cut every face out of a photo, the largest first.

    Faces are found by BlazeFace's two nets, for near and for far faces, then framed by their landmarks.

    Parameters
    ----------
    photo : ndarray (H, W, 1 or 3) uint8
    size : (height, width)
        Of the crops.
    most : int, optional
        How many at most.

    References
    ----------
    Bazarevsky et al. 2019, "BlazeFace: sub-millisecond neural face detection on mobile GPUs".
    """
    boxes = _detect(photo)
    order = np.argsort(-(boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), kind="stable")
    return [_frame(photo, boxes[i], size) for i in order[:most]]


def _frame(photo: np.ndarray, box: np.ndarray, size: tuple[int, int]) -> Cropped:
    left, top, right, bottom = box
    centre, side = np.array([left + right, top + bottom]) / 2, max(right - left, bottom - top) * 1.4
    found = find_landmarks(_square(photo, centre, side, (192, 192))[None])
    if found.found[0]:
        points = found.points[0] * side / 192 + centre - side / 2
        eyes = [points[list(corners)].mean(axis=0) for corners in _EYES]
        side = float(np.linalg.norm(eyes[1] - eyes[0])) * _SIDES_PER_EYE_DISTANCE
        centre = (points.min(axis=0) + points.max(axis=0)) / 2
    height, width = photo.shape[:2]
    edges = np.concatenate([centre - side / 2, centre + side / 2]) / [width, height, width, height]
    shares = (float(edge) for edge in np.clip(edges, 0, 1))
    return Cropped(_square(photo, centre, side, size), tuple(shares))  # type: ignore[arg-type]


def _square(photo: np.ndarray, centre: np.ndarray, side: float, size: tuple[int, int]) -> np.ndarray:
    """A square around `centre`, edges replicated where it leaves the photo, resized with anti-aliasing."""
    if side > _LARGEST:
        small = _reduced(photo, _LARGEST / side)
        scale = np.array(small.shape[1::-1]) / np.array(photo.shape[1::-1])
        return _square(small, centre * scale, _LARGEST, size)
    half = max(1, round(side / 2))
    x, y = (round(float(c)) for c in centre)
    room = max(0, half - x, half - y, x + half - photo.shape[1], y + half - photo.shape[0])
    padded = np.pad(photo, ((room, room), (room, room), (0, 0)), mode="edge")
    return resize(
        np.ascontiguousarray(padded[y - half + room : y + half + room, x - half + room : x + half + room]), size
    )


def _reduced(photo: np.ndarray, share: float) -> np.ndarray:
    """A photo made smaller, to no less than a pixel."""
    height, width = (max(1, round(side * share)) for side in photo.shape[:2])
    return resize(photo, (height, width))


def _detect(photo: np.ndarray) -> np.ndarray:
    """Boxes (n, 4) of faces in photo pixels: left, top, right, bottom."""
    height, width = photo.shape[:2]
    side = max(height, width)
    if side > _STRIP * min(height, width):
        return np.zeros((0, 4))
    if side > _LARGEST:
        small = _reduced(photo, _LARGEST / side)
        return _detect(small) * np.tile([width / small.shape[1], height / small.shape[0]], 2)
    before = ((side - height) // 2, (side - width) // 2)
    square = np.zeros((side, side, 3), np.uint8)
    square[before[0] : before[0] + height, before[1] : before[1] + width] = photo
    found = [_run(detector, square) for detector in _DETECTORS]
    boxes, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _distinct(boxes * side - np.array([before[1], before[0]] * 2), scores)


def _run(detector: _Detector, square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Boxes (n, 4) as shares of the square's side, and their probabilities."""
    image = Image.fromarray(square).resize((detector.side, detector.side), Image.Resampling.BILINEAR)
    raw, logits = _network(detector)(np.asarray(image, np.float32)[None] / 127.5 - 1)
    scores = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
    sure = scores > _SURE
    centres = raw[sure, :2] / detector.side + detector.anchors()[sure]
    halves = raw[sure, 2:4] / detector.side / 2
    return np.concatenate([centres - halves, centres + halves], axis=1), scores[sure]


def _distinct(boxes: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The surest of each group of overlapping boxes."""
    kept: list[np.ndarray] = []
    for box in boxes[np.argsort(-scores)]:
        if all(_overlap(box, other) < _SAME_FACE for other in kept):
            kept.append(box)
    return np.array(kept).reshape(-1, 4)


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    inner = np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None))
    return float(inner / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - inner))


@cache
def _network(detector: _Detector) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    interpreter = open_interpreter(mesh_file().with_name(detector.weights))
    interpreter.allocate_tensors()
    inputs = interpreter.get_input_details()[0]["index"]
    outputs = {tuple(o["shape"])[-1]: o["index"] for o in interpreter.get_output_details()}

    def run(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        interpreter.set_tensor(inputs, image)
        interpreter.invoke()
        return interpreter.get_tensor(outputs[16])[0], interpreter.get_tensor(outputs[1])[0, :, 0]

    return run
