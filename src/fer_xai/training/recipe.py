"""What a trainable system is: architecture, data treatment and training settings."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fer_xai.emotions import FER2013


@dataclass(frozen=True)
class Recipe:
    """One trainable system.

    Attributes
    ----------
    name : str
        What ``fer-xai train`` calls it.
    document : str
        Where the system is described.
    build : callable
        ``build(classes) -> keras.Model`` from faces in [0, 1] to probabilities; weights are seeded by the caller.
    augment : callable or None
        ``augment(seed) -> keras.layers.Layer``, applied to training faces only.
    emotions : tuple of str
        Head order.
    scaling : str
        The scaling the trained file expects, as `fer_xai.load_classifier` names it.
    epochs, batch_size, learning_rate, weight_decay, warmup, label_smoothing, patience
        Training settings; the rate falls along a half cosine after `warmup` epochs.
    reported : float or None
        Test accuracy the document reports.
    measured : float or None
        Accuracy on FER2013's PrivateTest of our own run; `None` where it was not trained.
    """

    name: str
    document: str
    build: Callable[[int], Any]
    augment: Callable[[int], Any] | None = None
    emotions: tuple[str, ...] = field(default=FER2013)
    scaling: str = "unit"
    epochs: int = 50
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    warmup: int = 0
    label_smoothing: float = 0.0
    patience: int = 10
    reported: float | None = None
    measured: float | None = None


def list_recipes() -> dict[str, Recipe]:
    """All recipes by name: one for each module in ``fer_xai.training.recipes``."""
    package = importlib.import_module("fer_xai.training.recipes")
    modules = (importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__))
    return {module.RECIPE.name: module.RECIPE for module in modules}
