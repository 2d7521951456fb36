"""What a trainable system is: architecture, data treatment, training settings, and what its document reports."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras

from fer_xai.emotions import FER2013, FERPLUS
from fer_xai.training.backbones import Backbone
from fer_xai.training.balance import BALANCES
from fer_xai.training.losses import CrossEntropy, Focal
from fer_xai.training.protocols import Protocol, standard
from fer_xai.training.schedules import Constant, Cosine, Plateau

LABELS = {"fer2013": FER2013, "ferplus": FERPLUS}
_TRAINABLE = ("all", "head", "gradual")


@dataclass(frozen=True)
class Phase:
    """A stretch of training during which the same layers learn.

    Attributes
    ----------
    epochs : int
        At most so many.
    trainable : {"all", "head", "gradual"}
        ``head``: everything but the backbone. ``gradual``: the head, and from epoch to epoch more of the backbone,
        from its last layers down to its first.
    learning_rate : float
    schedule : Constant, Plateau or Cosine
        How the rate goes on from there.
    patience : int or None
        Epochs without a better value of what the recipe watches, after which the phase ends; `None`: never.
    frozen : int
        So many of the backbone's first layers never learn in this phase, batch normalization excepted.
    """

    epochs: int = 50
    trainable: str = "all"
    learning_rate: float = 1e-3
    schedule: Constant | Plateau | Cosine = field(default_factory=Constant)
    patience: int | None = 10
    frozen: int = 0

    def __post_init__(self) -> None:
        if self.trainable not in _TRAINABLE:
            raise ValueError(f"trainable={self.trainable!r}: expected one of {', '.join(_TRAINABLE)}")


@dataclass(frozen=True)
class Reported:
    """Figures that a document gives, as shares of one; `None` where it gives none.

    Attributes
    ----------
    test, validation, train : float or None
        Accuracy.
    loss : float or None
        On the test set.
    mean_diagonal : float or None
        Mean of the recalls.
    recalls, precisions : mapping
        By emotion.
    remarks : tuple of str
        What else has to be known about these figures.
    """

    test: float | None = None
    validation: float | None = None
    train: float | None = None
    loss: float | None = None
    mean_diagonal: float | None = None
    recalls: Mapping[str, float] = field(default_factory=dict)
    precisions: Mapping[str, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Recipe:
    """One trainable system.

    Attributes
    ----------
    name : str
        What ``fer-xai train`` calls it.
    document : str
        Where the system is described.
    build : callable
        ``build(classes) -> keras.Model`` from grey faces (48, 48, 1) in [0, 1] to probabilities, with random weights;
        they are seeded by the caller.
    phases : tuple of Phase
        One after the other.
    labels : {"fer2013", "ferplus"}
    dropped : tuple of str
        Emotions that are left out.
    protocol : callable
        How the document splits its faces; see `fer_xai.training.protocols`.
    balance : {"none", "class weights", "oversampling"}
    illumination : str or None
        Treatment of the faces' light, by its name; `None` leaves them as they are.
    augment : callable or None
        ``augment(seed) -> keras.layers.Layer``, applied to training faces only.
    optimizer : callable
        ``optimizer(learning_rate) -> keras.optimizers.Optimizer``.
    loss : CrossEntropy or Focal
    batch_size : int
    watch : {"val_accuracy", "val_loss"}
        What picks the best epoch and ends a phase.
    backbone : Backbone or None
        The part that comes with weights of its own.
    members : tuple of str
        Recipes whose average this one is; they are trained one by one.
    reported : Reported
    choices : tuple of str
        What the document leaves open, and what was chosen here.
    parameters : int or None
        How many weights `build` makes; counted when it is not said.
    """

    name: str
    document: str
    build: Callable[[int], Any]
    phases: tuple[Phase, ...] = (Phase(),)
    labels: str = "fer2013"
    dropped: tuple[str, ...] = ()
    protocol: Protocol = standard
    balance: str = "none"
    illumination: str | None = None
    augment: Callable[[int], Any] | None = None
    optimizer: Callable[[Any], Any] = keras.optimizers.Adam
    loss: CrossEntropy | Focal = field(default_factory=CrossEntropy)
    batch_size: int = 64
    watch: str = "val_accuracy"
    backbone: Backbone | None = None
    members: tuple[str, ...] = ()
    reported: Reported = field(default_factory=Reported)
    choices: tuple[str, ...] = ()
    parameters: int | None = None

    def __post_init__(self) -> None:
        if self.labels not in LABELS:
            raise ValueError(f"labels={self.labels!r}: expected one of {', '.join(LABELS)}")
        if self.balance not in BALANCES:
            raise ValueError(f"balance={self.balance!r}: expected one of {', '.join(BALANCES)}")
        if self.backbone is None and any(phase.trainable != "all" or phase.frozen for phase in self.phases):
            raise ValueError(f"{self.name} freezes layers of a backbone, but has none")

    def __repr__(self) -> str:
        reached = "nothing reported" if self.reported.test is None else f"reported {self.reported.test:.1%}"
        return f"Recipe({self.name!r}, {self.document}, {self.labels}, {reached})"

    @property
    def emotions(self) -> tuple[str, ...]:
        """Head order: the label set's, without what is dropped."""
        return tuple(emotion for emotion in LABELS[self.labels] if emotion not in self.dropped)

    def count_parameters(self) -> int:
        """How many weights the net has."""
        return self.parameters or int(self.build(len(self.emotions)).count_params())


def list_recipes() -> dict[str, Recipe]:
    """All recipes by name: one for each module below ``fer_xai.training.recipes`` that defines ``RECIPE``."""
    package = importlib.import_module("fer_xai.training.recipes")
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    modules = [importlib.import_module(module.name) for module in found]
    recipes = [module.RECIPE for module in modules if hasattr(module, "RECIPE")]
    return {recipe.name: recipe for recipe in recipes}
