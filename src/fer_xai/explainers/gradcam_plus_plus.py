"""Grad-CAM++: Grad-CAM with cells weighted by higher derivatives, for targets that show in several places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fer_xai.engine import Engine
from fer_xai.explainers.class_activation import on_face
from fer_xai.explainers.registry import Attribution, Request, register


@register
@dataclass(frozen=True)
class GradCAMPlusPlus:
    """Grad-CAM whose channel weights are a weighted mean of the positive gradients.

    The paper's score is the exponential of the logit; that factor is the same for a face's whole map and is left
    out, so maps of different faces have the logit's scale.

    Parameters
    ----------
    layer : str, optional
        As in `GradCAM`.
    relu : bool
        Keep only what speaks for the target, as the paper does.

    References
    ----------
    Chattopadhay et al. 2018, "Grad-CAM++: generalized gradient-based visual explanations".
    """

    layer: str | None = None
    relu: bool = True

    method: ClassVar[str] = "gradcam_plus_plus"
    title: ClassVar[str] = "Grad-CAM++"
    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "logit"
    needs: ClassVar[str] = "convolution"
    cost: ClassVar[str] = "1 forward, 1 backward (to the layer)"
    grain: ClassVar[str] = "cell of the layer's grid"
    source: ClassVar[str] = "Chattopadhay et al. 2018"

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        layer, activations, gradients = engine.layer_gradient(request.faces, request.weights, self.layer)
        share = _share(activations.astype(np.float64), gradients.astype(np.float64))
        importance = (np.maximum(gradients, 0) * share).sum(axis=(1, 2), keepdims=True)
        cam = (activations * importance).sum(axis=-1)
        return on_face(cam.astype(np.float32), layer, request.faces.shape[1:3], self.relu)


def _share(activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """The paper's α (N, h, w, K), eq. 19, in derivatives of the exponential of a locally linear logit."""
    squared = gradients**2
    below = 2 * squared + gradients**3 * activations.sum(axis=(1, 2), keepdims=True)
    alpha = np.divide(squared, below, out=np.zeros_like(squared), where=below != 0)
    total = alpha.sum(axis=(1, 2), keepdims=True)
    return np.divide(alpha, total, out=alpha, where=total != 0)
