"""Grad-CAM++: Grad-CAM with cells weighted by higher derivatives, for targets that show in several places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fer_xai.explainers.class_activation import ClassActivation
from fer_xai.explainers.registry import register


@register
@dataclass(frozen=True)
class GradCAMPlusPlus(ClassActivation):
    """Grad-CAM whose channel weights are a weighted mean of the positive gradients.

    The paper's score is the exponential of the logit; that factor is the same for a face's whole map and is left
    out, so maps of different faces have the logit's scale.

    Parameters
    ----------
    layer, relu
        See `ClassActivation`.

    References
    ----------
    Chattopadhay et al. 2018, "Grad-CAM++: generalized gradient-based visual explanations".
    """

    method: ClassVar[str] = "gradcam_plus_plus"
    title: ClassVar[str] = "Grad-CAM++"
    source: ClassVar[str] = "Chattopadhay et al. 2018"

    def weigh(self, activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        share = _share(activations.astype(np.float64), gradients.astype(np.float64))
        importance = (np.maximum(gradients, 0) * share).sum(axis=(1, 2), keepdims=True)
        return (activations * importance).sum(axis=-1).astype(np.float32)


def _share(activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """The paper's α (N, h, w, K), eq. 19, in derivatives of the exponential of a locally linear logit."""
    squared = gradients**2
    below = 2 * squared + gradients**3 * activations.sum(axis=(1, 2), keepdims=True)
    alpha = np.divide(squared, below, out=np.zeros_like(squared), where=below != 0)
    total = alpha.sum(axis=(1, 2), keepdims=True)
    return np.divide(alpha, total, out=alpha, where=total != 0)
