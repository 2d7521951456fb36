"""What is this model? Its layers, input, output, where the logits are, and where Grad-CAM looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from fer_xai.classifier import Classifier
from fer_xai.classifier.taps import layer_path, layers_of
from fer_xai.engine import engine_for
from fer_xai.errors import InputError


@dataclass(frozen=True)
class Anatomy:
    """What a model is made of; no face is needed to tell.

    Attributes
    ----------
    name, kind : str
    parameters : int or None
        `None` for a plain function.
    layers : DataFrame
        path, kind, shape (of the output without the batch, e.g. ``24×24×16``; empty where the model does not tell),
        parameters. Nested models' layers stand in their place.
    input : tuple
        (H, W, C); H and W are `None` where any size is taken.
    outputs : int
    output : str or None
        Name of the output that is used, where there are several.
    logits_at : str
    cam_layer : str or None
        Path of the layer Grad-CAM uses; `None` where there is none.
    cam_grid : tuple of int or None
        (h, w) of that layer's maps.
    cam_cell : tuple of float or None
        Height and width of one of its cells in pixels of the model's input.
    cam_missing : str or None
        Why there is no such layer.
    """

    name: str
    kind: str
    parameters: int | None
    layers: pd.DataFrame
    input: tuple[int | None, int | None, int]
    outputs: int
    output: str | None
    logits_at: str
    cam_layer: str | None
    cam_grid: tuple[int, int] | None
    cam_cell: tuple[float, float] | None
    cam_missing: str | None


def describe_anatomy(classifier: Classifier) -> Anatomy:
    """Describe what a classifier's model is made of."""
    model = classifier.model
    layer, grid, cell, missing = _cam(classifier)
    return Anatomy(
        name=classifier.name,
        kind="function" if model is None else type(model).__name__,
        parameters=None if model is None else int(model.count_params()),
        layers=_layers(model),
        input=classifier.input_shape,
        outputs=len(classifier.emotions),
        output=classifier.output,
        logits_at=classifier.logits_at,
        cam_layer=layer,
        cam_grid=grid,
        cam_cell=cell,
        cam_missing=missing,
    )


def _layers(model: Any) -> pd.DataFrame:
    layers = [] if model is None else layers_of(model)
    rows = [
        (
            layer_path(layer),
            type(layer).__name__,
            _shape(layer),
            int(layer.count_params()) if layer.built else 0,
        )
        for layer in layers
    ]
    return pd.DataFrame(rows, columns=["path", "kind", "shape", "parameters"])


def _shape(layer: Any) -> str:
    """A layer's output without the batch; layers of subclassed models do not keep theirs."""
    try:
        shape = layer.output.shape
    # Keras 2 and 3 differ in which of these an unconnected layer, or one with several outputs, raises.
    except (AttributeError, ValueError, RuntimeError):
        return ""
    return "×".join("any" if side is None else str(side) for side in tuple(shape)[1:])


_Cam = tuple[str | None, tuple[int, int] | None, tuple[float, float] | None, str | None]


def _cam(classifier: Classifier) -> _Cam:
    """Grad-CAM's layer, grid and cell, or why there is none."""
    from fer_xai.engine.activations import Activations

    try:
        layer = engine_for(classifier).last_convolution
    except InputError as error:
        return None, None, None, str(error)
    inside = Activations(classifier)
    height, width, _ = inside.face_size
    grid = inside.convolution(layer).grid
    return layer, grid, (height / grid[0], width / grid[1]), None
