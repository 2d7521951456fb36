"""What explainers may ask for, whatever computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import numpy as np

from fer_xai.classifier import Classifier

#: What a method may need of a classifier.
NEEDS = ("probabilities", "gradients", "convolution")

# Makes the inputs, or masks, of some rows from their face numbers and pass numbers.
RowMaker = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Gradients(NamedTuple):
    """One batch of gradients: all rows of a face stand together, in order of faces."""

    face: np.ndarray  # (rows,) face number
    row: np.ndarray  # (rows,) pass number
    inputs: np.ndarray  # (rows, H, W, C)
    gradient: np.ndarray  # (rows, H, W, C)
    score: np.ndarray  # (rows,)
    probabilities: np.ndarray  # (rows, E)


class LayerGradients(NamedTuple):
    """One batch of a spatial layer's maps on faces, in their order, and gradients of a score with respect to them."""

    layer: str  # its path
    activations: np.ndarray  # (N, h, w, K)
    gradients: np.ndarray  # (N, h, w, K)
    probabilities: np.ndarray  # (N, E)


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

    def masked(self, faces: np.ndarray, fills: np.ndarray, masks: RowMaker, passes: int) -> np.ndarray:
        """Probabilities (N, M, E) of each face under each of M = `passes` masks.

        `masks` gives the masks (rows, H, W) of the asked-for rows: 1 keeps the face, 0 shows the fill.
        """
        ...

    def gradients(
        self, faces: np.ndarray, weights: np.ndarray | None, of: str, points: RowMaker | None = None, passes: int = 1
    ) -> Iterator[Gradients]:
        """Gradients of a score with respect to the face, batch by batch, at `passes` points for each face.

        Parameters
        ----------
        weights : ndarray (N, E), optional
            1 for the target; for a contrast, 1 and −1. Default: 1 for the likeliest emotion at each point, found in
            the same pass.
        of : {"logit", "probability", "loss"}
            The score: Σ weights · logits, or probabilities, or log-probabilities (the cross-entropy loss, negated,
            so that a positive gradient speaks for the target).
        points : callable, optional
            Gives the points (rows, H, W, C); default the faces themselves.
        """
        ...

    def lacks(self, need: str) -> str | None:
        """One line on why the classifier does not offer one of `NEEDS`; `None` where it does."""
        ...

    def layer_gradients(
        self, faces: np.ndarray, weights: np.ndarray | None, layer: str | None
    ) -> Iterator[LayerGradients]:
        """Activations of a spatial layer, and gradients of Σ weights · logits with respect to them, batch by batch.

        `weights` are as in `gradients`; `layer` is a layer's name, or `None` for the last convolution that the logits
        depend on.
        """
        ...
