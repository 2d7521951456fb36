"""Score-CAM: a layer's channels, weighted by what each does to the target's probability when used as a mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fer_xai.engine import Engine
from fer_xai.explainers.class_activation import on_face
from fer_xai.explainers.enlarge import enlarge
from fer_xai.explainers.registry import Attribution, Request, register
from fer_xai.faces.fills import FILLS, check_fill, fill_faces


@register
@dataclass(frozen=True)
class ScoreCAM:
    """Class activation map without gradients: channel weights are increases of the target's probability.

    Each channel's map, enlarged and stretched to 0…1, masks the face; its weight is the probability of the masked
    face less that of the fill alone. The details hold the weights, ``importance`` (N, channels).

    Parameters
    ----------
    layer : str, optional
        As in `GradCAM`.
    fill : str
        What a mask of zero shows; ``black`` as in the paper, or another of `fer_xai.faces.fills`.
    relu : bool
        Keep only what speaks for the target, as the paper does.

    References
    ----------
    Wang et al. 2020, "Score-CAM: score-weighted visual explanations for convolutional neural networks".
    """

    layer: str | None = None
    fill: str = "black"
    relu: bool = True

    method: ClassVar[str] = "scorecam"
    title: ClassVar[str] = "Score-CAM"
    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "probability"
    needs: ClassVar[str] = "convolution"
    cost: ClassVar[str] = "1 forward per channel of the layer"
    grain: ClassVar[str] = "cell of the layer's grid"
    source: ClassVar[str] = "Wang et al. 2020"

    def __post_init__(self) -> None:
        check_fill("scorecam", self.fill, FILLS)

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        faces = request.faces
        batches = list(engine.layer_gradients(faces, request.weights, self.layer))
        activations = np.concatenate([batch.activations for batch in batches])
        channels = activations.shape[-1]

        def masks(face: np.ndarray, row: np.ndarray) -> np.ndarray:
            # The last pass hides all: it measures the fill alone.
            chosen = activations[face, :, :, np.minimum(row, channels - 1)]
            return np.where(row[:, None, None] < channels, _stretched(enlarge(chosen, faces.shape[1:3])), 0)

        scores = engine.masked(faces, fill_faces(faces, self.fill), masks, channels + 1)
        importance = np.einsum("ne,nme->nm", request.weights, scores[:, :-1] - scores[:, -1:])
        cam = np.einsum("nhwk,nk->nhw", activations, importance)
        answer = on_face(cam, batches[0].layer, faces.shape[1:3], self.relu)
        return Attribution(answer.maps, details={**answer.details, "importance": importance})


def _stretched(maps: np.ndarray) -> np.ndarray:
    """Each map (H, W) stretched to 0…1; a flat one shows nothing."""
    lowest, highest = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    span = highest - lowest
    return np.divide(maps - lowest, span, out=np.zeros_like(maps), where=span > 0)
