"""Which layers learn in an epoch."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import keras

if TYPE_CHECKING:
    from fer_xai.training.recipe import Phase, Recipe


def share_unfrozen(phase: Phase, epoch: int) -> float:
    """Share of the backbone's layers that learn in the phase's `epoch` (from 0), counted from the head down."""
    return {"head": 0.0, "all": 1.0, "gradual": (epoch + 1) / phase.epochs}[phase.trainable]


def unfreeze(net: keras.Model, recipe: Recipe, phase: Phase, epoch: int) -> None:
    """Set what of `net` learns in the phase's `epoch`."""
    net.trainable = True
    if recipe.backbone is None:
        return
    layers = [layer for layer in net.get_layer(recipe.backbone.name).layers if layer.weights]
    first = len(layers) - ceil(share_unfrozen(phase, epoch) * len(layers))
    frozen = set(layers[:first])
    never = net.get_layer(recipe.backbone.name).layers[: phase.frozen]
    frozen |= {layer for layer in never if not isinstance(layer, keras.layers.BatchNormalization)}
    for layer in layers:
        layer.trainable = layer not in frozen
