"""What explainers may ask for, whatever computes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from fer_xai.classifier import Classifier


class Engine(Protocol):
    """Forward passes, masked forward passes and gradients over any number of faces.

    Faces are (N, H, W, C) float32 in [0, 1] throughout; E is the number of emotions.
    """

    classifier: Classifier

    @property
    def last_convolution(self) -> str:
        """Path of the last convolution, in order of execution, that the logits depend on."""
        ...

    def predict(self, faces: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
        """Logits (N, E) – `None` for a black box – and probabilities (N, E)."""
        ...

    def coalitions(self, faces: np.ndarray, fills: np.ndarray, segments: np.ndarray, present: np.ndarray) -> np.ndarray:
        """Probabilities (N, M, E) of each face with some of its segments replaced by the fill.

        Parameters
        ----------
        faces, fills : ndarray (N, H, W, C)
        segments : ndarray (N, H, W) of int
            Segment number of each pixel, 0 … S−1.
        present : ndarray (N, M, S) of {0, 1}
            Which segments keep the face's own pixels in each of the M passes.
        """
        ...

    def masked(self, faces: np.ndarray, fills: np.ndarray, masks: np.ndarray) -> np.ndarray:
        """Probabilities (N, M, E) of each face under each mask (M, H, W): 1 keeps the face, 0 shows the fill."""
        ...

    def input_gradient(self, faces: np.ndarray, weights: np.ndarray, of: str) -> np.ndarray:
        """Gradient (N, H, W, C) of Σ weights · scores with respect to the face.

        Parameters
        ----------
        weights : ndarray (N, E)
            1 for the target; for a contrast, 1 and −1.
        of : {"logit", "probability"}
            Which scores.
        """
        ...

    def layer_gradient(
        self, faces: np.ndarray, weights: np.ndarray, layer: str | None
    ) -> tuple[str, np.ndarray, np.ndarray]:
        """Name, activations and gradients of Σ weights · logits, both (N, h, w, K), at a spatial layer.

        `layer` is a layer's name, or `None` for the last convolution that the logits depend on.
        """
        ...


def engine_for(classifier: Classifier) -> Engine:
    """The classifier's engine, made once and kept with it, so that nothing is traced twice."""
    from fer_xai.engine.blackbox import BlackBoxEngine
    from fer_xai.engine.traced import TracedEngine

    engine: Any = classifier.__dict__.get("_engine")
    if engine is None:
        engine = BlackBoxEngine(classifier) if classifier.function else TracedEngine(classifier)
        classifier.__dict__["_engine"] = engine
    return engine


def rows_per_pass(height: int, width: int) -> int:
    """How many masked faces go through the model together: a power of two, fewer for larger inputs."""
    return int(2 ** np.clip(np.floor(np.log2(2**20 / (height * width))), 3, 8))


def packed(faces: int, passes: int, rows: int) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Pack faces × passes into batches of exactly `rows`, the last padded by repeating its first row.

    Yields
    ------
    slice
        Where the batch's results belong in the flat (faces · passes) order.
    ndarray (rows,), ndarray (rows,)
        Face number and pass number of each row.
    """
    total = faces * passes
    for start in range(0, total, rows):
        stop = min(start + rows, total)
        flat = np.full(rows, start)
        flat[: stop - start] = np.arange(start, stop)
        yield slice(start, stop), flat // passes, flat % passes
