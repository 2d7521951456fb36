"""Grad-CAM: a layer's channels, weighted by how much the target's logit depends on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fer_xai.explainers.class_activation import ClassActivation
from fer_xai.explainers.registry import register


@register
@dataclass(frozen=True)
class GradCAM(ClassActivation):
    """Gradient-weighted class activation map: each channel weighs as much as its mean gradient.

    Parameters
    ----------
    layer, relu
        See `ClassActivation`: which layer is read (default the last convolution), and whether what speaks against
        the target is cut off.

    References
    ----------
    Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep networks via gradient-based localization".
    """

    method: ClassVar[str] = "gradcam"
    title: ClassVar[str] = "Grad-CAM"
    source: ClassVar[str] = "Selvaraju et al. 2017"

    def weigh(self, activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        cells = activations.shape[1] * activations.shape[2]
        return np.einsum("nhwk,nk->nhw", activations, np.einsum("nhwk->nk", gradients) / cells)
