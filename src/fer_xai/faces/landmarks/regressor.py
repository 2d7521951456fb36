"""The second rung: our light regressor, all faces in batches; it also tells the mesh where to look."""

from __future__ import annotations

import math

import numpy as np

from fer_xai.faces.landmarks.canvas import Canvas, Square
from fer_xai.faces.landmarks.interpreter import open_interpreter
from fer_xai.faces.landmarks.landmarks import EYE_CORNERS
from fer_xai.faces.landmarks.shape import shape_model, weights_file

SIDE = 48
BATCH = 32  # always this many, the last ones empty, so that a face's points do not depend on its company

# How else a face is looked at to see whether the answer is settled: turned (degrees), scaled, shifted, mirrored.
VIEWS = (
    (0, 1.0, 0.0, True),
    (12, 1.1, 0.04, False),
    (-12, 1.1, -0.04, False),
    (0, 0.9, 0.0, False),
    (0, 1.25, 0, True),
)


class Regressor:
    """The net of ``fer_xai.training.landmarks`` and its shape model."""

    def __init__(self) -> None:
        self._interpreter = open_interpreter(weights_file("regressor.tflite"))
        index = self._interpreter.get_input_details()[0]["index"]
        self._interpreter.resize_tensor_input(index, (BATCH, SIDE, SIDE, 1))
        self._interpreter.allocate_tensors()
        self._input, self._output = index, self._interpreter.get_output_details()[0]["index"]
        self._shape = shape_model()

    def guess(self, faces: np.ndarray) -> np.ndarray:
        """Points (N, 468, 2) of faces (N, H, W) in [0, 1], whatever they show."""
        square = _whole(faces.shape[1:])
        cuts = np.array([Canvas(face, SIDE).cut(square) for face in faces]).reshape(-1, SIDE, SIDE)
        return np.array([square.place(shape) for shape in self._shapes(cuts)])

    def settle(self, face: np.ndarray, guess: np.ndarray) -> tuple[np.ndarray, float]:
        """Points (468, 2) of a face (H, W) as the mean of several views, and their spread.

        The spread is the root-mean-square distance of the views' points from their mean, in distances between the outer
        eye corners: small on faces, large where there is none.
        """
        canvas, whole = Canvas(face, SIDE), _whole(face.shape)
        squares = [
            Square(whole.centre + shift * whole.side, whole.side * scale, math.radians(turn))
            for turn, scale, shift, _ in VIEWS
        ]
        cuts = np.array([canvas.cut(square) for square in squares])
        mirrored = np.array([view[3] for view in VIEWS])
        cuts[mirrored] = cuts[mirrored, :, ::-1]
        shapes = self._shapes(cuts)
        shapes[mirrored] = (shapes[mirrored] * [-1, 1] + [1, 0])[:, self._shape.mirror]
        views = np.array([guess, *(square.place(shape) for square, shape in zip(squares, shapes, strict=True))])
        mean = views.mean(axis=0)
        eyes = np.hypot(*(mean[EYE_CORNERS[0]] - mean[EYE_CORNERS[1]]))
        return mean, float(np.sqrt(((views - mean) ** 2).sum(axis=2).mean()) / max(eyes, 1e-6))

    def _shapes(self, cuts: np.ndarray) -> np.ndarray:
        """Shapes (N, 468, 2) in [0, 1]² of crops (N, 48, 48)."""
        whitened = []
        for start in range(0, len(cuts), BATCH):
            part = cuts[start : start + BATCH]
            batch = np.zeros((BATCH, SIDE, SIDE, 1), np.float32)
            batch[: len(part), ..., 0] = part
            self._interpreter.set_tensor(self._input, batch)
            self._interpreter.invoke()
            whitened.append(self._interpreter.get_tensor(self._output)[: len(part)].astype(np.float64))
        return self._shape.shapes(np.concatenate(whitened))


def _whole(size: tuple[int, ...]) -> Square:
    height, width = size
    return Square(np.array([width / 2, height / 2]), float(max(height, width)))
