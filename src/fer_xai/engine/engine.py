"""What explainers may ask for, whatever computes it."""

from __future__ import annotations

from typing import Protocol

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
