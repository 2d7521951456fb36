"""Cut the one face out of a photo, framed as FER2013 frames faces."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from fer_xai.errors import InputError
from fer_xai.faces.images import resize
from fer_xai.faces.landmarks import find_landmarks, mesh_file, open_interpreter

_INPUT = 128
_SURE = 0.6
_SAME_FACE = 0.3
# FER2013's mean distance between the eyes is 18 of 48 pixels.
_SIDES_PER_EYE_DISTANCE = 48 / 18
_EYES = ((33, 133), (362, 263))


def crop_face(photo: np.ndarray, size: tuple[int, int], name: str = "the photo") -> np.ndarray:
    """Cut the face out of a photo that shows one.

    Faces are found by BlazeFace (short range: faces of at least about a tenth of the photo's side), then
    framed by their landmarks.

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

    References
    ----------
    Bazarevsky et al. 2019, "BlazeFace: sub-millisecond neural face detection on mobile GPUs".
    """
    boxes = _detect(photo)
    if len(boxes) != 1:
        what = "no face was found" if not len(boxes) else f"{len(boxes)} faces were found"
        raise InputError(f"{name}: {what}; give a photo with one face, or a square crop of it")
    left, top, right, bottom = boxes[0]
    centre, side = np.array([left + right, top + bottom]) / 2, max(right - left, bottom - top) * 1.4
    head = _square(photo, centre, side, (192, 192))
    found = find_landmarks(head[None])
    if found.found[0]:
        points = found.points[0] * side / 192 + centre - side / 2
        eyes = [points[list(corners)].mean(axis=0) for corners in _EYES]
        side = float(np.linalg.norm(eyes[1] - eyes[0])) * _SIDES_PER_EYE_DISTANCE
        centre = (points.min(axis=0) + points.max(axis=0)) / 2
    return _square(photo, centre, side, size)


def _square(photo: np.ndarray, centre: np.ndarray, side: float, size: tuple[int, int]) -> np.ndarray:
    """A square around `centre`, edges replicated where it leaves the photo, resized with anti-aliasing."""
    half = max(1, round(side / 2))
    x, y = (round(float(c)) for c in centre)
    room = max(0, half - x, half - y, x + half - photo.shape[1], y + half - photo.shape[0])
    padded = np.pad(photo, ((room, room), (room, room), (0, 0)), mode="edge")
    return resize(
        np.ascontiguousarray(padded[y - half + room : y + half + room, x - half + room : x + half + room]), size
    )


def _detect(photo: np.ndarray) -> np.ndarray:
    """Boxes (n, 4) of faces in photo pixels: left, top, right, bottom."""
    height, width = photo.shape[:2]
    side = max(height, width)
    before = ((side - height) // 2, (side - width) // 2)
    square = np.zeros((side, side, 3), np.uint8)
    square[before[0] : before[0] + height, before[1] : before[1] + width] = photo
    image = Image.fromarray(square).resize((_INPUT, _INPUT), Image.Resampling.BILINEAR)
    raw, scores = _network()(np.asarray(image, np.float32)[None] / 127.5 - 1)
    sure = scores > _SURE
    centres = raw[sure, :2] / _INPUT + _anchors()[sure]
    halves = raw[sure, 2:4] / _INPUT / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1) * side
    boxes -= np.array([before[1], before[0]] * 2)
    return _distinct(boxes, scores[sure])


def _anchors() -> np.ndarray:
    """Centres (896, 2): two per cell of a 16×16 grid, then six per cell of an 8×8 grid."""
    grids = []
    for cells, each in ((16, 2), (8, 6)):
        y, x = np.mgrid[:cells, :cells]
        grids.append(np.repeat(np.stack([x, y], -1).reshape(-1, 2) + 0.5, each, axis=0) / cells)
    return np.concatenate(grids)


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
def _network() -> Any:
    interpreter = open_interpreter(mesh_file().with_name("face_detection_short_range.tflite"))
    interpreter.allocate_tensors()
    inputs = interpreter.get_input_details()[0]["index"]
    outputs = {tuple(o["shape"])[-1]: o["index"] for o in interpreter.get_output_details()}

    def run(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        interpreter.set_tensor(inputs, image)
        interpreter.invoke()
        logits = np.clip(interpreter.get_tensor(outputs[1])[0, :, 0], -80, 80)
        return interpreter.get_tensor(outputs[16])[0], 1 / (1 + np.exp(-logits))

    return run
