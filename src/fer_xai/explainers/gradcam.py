"""Grad-CAM: a layer's channels, weighted by how much the target's logit depends on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fer_xai.engine import Engine
from fer_xai.explainers.class_activation import on_face
from fer_xai.explainers.registry import Attribution, Request, register


@register
@dataclass(frozen=True)
class GradCAM:
    """Gradient-weighted class activation map.

    Parameters
    ----------
    layer : str, optional
        A layer's name or path; default the last convolution that the logits depend on, inside nested
        backbones too. The explanation's details state the layer, its grid and the size of a grid cell in face
        pixels, and hold the map at that grid.
    relu : bool
        Keep only what speaks for the target, as the paper does; `False` gives the signed map.

    References
    ----------
    Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep networks via gradient-based localization".
    """

    layer: str | None = None
    relu: bool = True

    method: ClassVar[str] = "gradcam"
    title: ClassVar[str] = "Grad-CAM"
    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "logit"
    needs: ClassVar[str] = "convolution"
    cost: ClassVar[str] = "1 forward, 1 backward (to the layer)"
    grain: ClassVar[str] = "cell of the layer's grid"
    source: ClassVar[str] = "Selvaraju et al. 2017"

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        layer, activations, gradients = engine.layer_gradient(request.faces, request.weights, self.layer)
        importance = gradients.mean(axis=(1, 2), keepdims=True)
        return on_face((activations * importance).sum(axis=-1), layer, request.faces.shape[1:3], self.relu)
