"""LayerCAM: each cell weighted by its own gradient, so that early, fine layers can be read too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fer_xai.explainers.class_activation import ClassActivation
from fer_xai.explainers.registry import register


@register
@dataclass(frozen=True)
class LayerCAM(ClassActivation):
    """Activations × positive gradients, cell by cell, summed over channels; an earlier layer gives a finer map.

    Parameters
    ----------
    layer, relu
        See `ClassActivation`.

    References
    ----------
    Jiang et al. 2021, "LayerCAM: exploring hierarchical class activation maps for localization".
    """

    method: ClassVar[str] = "layercam"
    title: ClassVar[str] = "LayerCAM"
    source: ClassVar[str] = "Jiang et al. 2021"

    def weigh(self, activations: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        return (activations * np.maximum(gradients, 0)).sum(axis=-1)
