"""LayerCAM: each cell weighted by its own gradient, so that early, fine layers can be read too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fer_xai.engine import Engine
from fer_xai.explainers.class_activation import on_face
from fer_xai.explainers.registry import Attribution, Request, register


@register
@dataclass(frozen=True)
class LayerCAM:
    """Activations × positive gradients, cell by cell, summed over channels.

    Parameters
    ----------
    layer : str, optional
        As in `GradCAM`; an earlier layer gives a finer map.
    relu : bool
        Keep only what speaks for the target, as the paper does.

    References
    ----------
    Jiang et al. 2021, "LayerCAM: exploring hierarchical class activation maps for localization".
    """

    layer: str | None = None
    relu: bool = True

    method: ClassVar[str] = "layercam"
    title: ClassVar[str] = "LayerCAM"
    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "logit"
    needs: ClassVar[str] = "convolution"
    cost: ClassVar[str] = "1 forward, 1 backward (to the layer)"
    grain: ClassVar[str] = "cell of the layer's grid"
    source: ClassVar[str] = "Jiang et al. 2021"

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        layer, activations, gradients = engine.layer_gradient(request.faces, request.weights, self.layer)
        cam = (activations * np.maximum(gradients, 0)).sum(axis=-1)
        return on_face(cam, layer, request.faces.shape[1:3], self.relu)
