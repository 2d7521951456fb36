"""What the class-activation methods share: a layer's maps, weighted, on the face's pixels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from fer_xai.engine import Engine
from fer_xai.explainers.enlarge import enlarge
from fer_xai.explainers.registry import Attribution, Request


@dataclass(frozen=True)
class ClassActivation(ABC):
    """A method that weighs the maps of one layer by gradients of the target's logit.

    Parameters
    ----------
    layer : str, optional
        A layer's name or path; default the last convolution that the logits depend on, inside nested
        backbones too. The explanation's details state the layer, its grid and the size of a grid cell in face
        pixels, and hold the map at that grid.
    relu : bool
        Keep only what speaks for the target, as the papers do; `False` gives the signed map.
    """

    layer: str | None = None
    relu: bool = True

    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "logit"
    needs: ClassVar[str] = "convolution"
    cost: ClassVar[str] = "1 forward, 1 backward (to the layer)"
    grain: ClassVar[str] = "cell of the layer's grid"

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        """Explain all faces of the request."""
        cams, answers = [], []
        for at in engine.layer_gradients(request.faces, request.aim, self.layer):
            cams.append(self.weigh(at.activations, at.gradients))
            answers.append(at.probabilities)
        answer = on_face(np.concatenate(cams), at.layer, request.faces.shape[1:3], self.relu)
        return replace(answer, probabilities=np.concatenate(answers))

    @abstractmethod
    def weigh(self, activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        """The signed map (N, h, w) of activations and gradients (N, h, w, K)."""


def on_face(cam: np.ndarray, layer: str, size: tuple[int, int], relu: bool) -> Attribution:
    """Bring a map at a layer's own grid to the face.

    Parameters
    ----------
    cam : ndarray (N, h, w)
        Signed.
    layer : str
        Where it was read.
    size : (H, W)
        Of the face.
    relu : bool
        Keep only what speaks for the target.

    Returns
    -------
    Attribution
        Its details state the layer, its grid, the size of a grid cell in face pixels, and hold the map itself.
    """
    cam = np.maximum(cam, 0) if relu else cam
    height, width = cam.shape[1:]
    details = {
        "layer": layer,
        "grid": [height, width],
        "cell": [size[0] / height, size[1] / width],
        "cam": cam,
    }
    return Attribution(enlarge(cam, size), details=details)
