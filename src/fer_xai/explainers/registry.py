"""The one place that knows which explainers there are."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError


@dataclass(frozen=True)
class Request:
    """What an explainer is asked: these faces, this target.

    Attributes
    ----------
    faces : ndarray (N, H, W, C) float32 in [0, 1]
    weights : ndarray (N, E) float32
        1 for the target emotion; for a contrast 1 and −1. Attributions are linear in it.
    seeds : sequence of list of int
        One seed per face, derived from the caller's seed and the face's content.
    regions : callable
        Gives the facial region of each pixel, (N, H, W) int, for methods that explain by facial regions.
    """

    faces: np.ndarray
    weights: np.ndarray
    seeds: tuple[list[int], ...]
    regions: Callable[[], np.ndarray]


@dataclass(frozen=True)
class Attribution:
    """What an explainer answers.

    Attributes
    ----------
    maps : ndarray (N, H, W) float32
        Signed; positive speaks for the target.
    segments : ndarray (N, H, W) int32, optional
        Segment numbers, for methods that explain by segments.
    details : dict
        Arrays with one row per face, or plain values that hold for all.
    """

    maps: np.ndarray
    segments: np.ndarray | None = None
    details: dict[str, Any] = field(default_factory=dict)


class Explainer(Protocol):
    """A method: a frozen dataclass whose fields are its options.

    Attributes
    ----------
    method : str
        Its name.
    variant : str or None
        Name of the option that follows the colon in ``method:variant``.
    variants : tuple of str
        What may stand there.
    explains : str
        ``"logit"`` or ``"probability"``.
    cost : str
        Passes per face, for the method table.
    source : str
        The paper.
    """

    method: ClassVar[str]
    variant: ClassVar[str | None]
    variants: ClassVar[tuple[str, ...]]
    explains: ClassVar[str]
    cost: ClassVar[str]
    source: ClassVar[str]

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        """Explain all faces of the request."""
        ...


_CLASSES: dict[str, type] = {}
T = TypeVar("T", bound=type)


def register(cls: T) -> T:
    """Class decorator: make an explainer known by its ``method`` name."""
    if cls.method in _CLASSES and _CLASSES[cls.method].__module__ != cls.__module__:  # type: ignore[attr-defined]
        raise ValueError(f"two explainers are called {cls.method!r}")  # type: ignore[attr-defined]
    _CLASSES[cls.method] = cls  # type: ignore[attr-defined]
    return cls


@cache
def _discover() -> None:
    package = importlib.import_module("fer_xai.explainers")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def explainer_classes() -> dict[str, type]:
    """Explainer classes by method name."""
    _discover()
    return dict(sorted(_CLASSES.items()))


def list_explainers() -> list[str]:
    """Every ``method`` or ``method:variant`` that `fer_xai.explain` takes."""
    return [
        f"{name}:{variant}" if variant else name
        for name, cls in explainer_classes().items()
        for variant in cls.variants or (None,)  # type: ignore[attr-defined]
    ]


def make_explainer(name: str, **options: Any) -> Explainer:
    """Build an explainer from its name and options.

    Parameters
    ----------
    name : str
        ``method`` or ``method:variant``.
    **options
        The method's own options; see each class.

    Raises
    ------
    InputError
        If the method, its variant or an option is unknown.
    """
    method, _, variant = name.partition(":")
    classes = explainer_classes()
    if method not in classes:
        raise InputError(f"unknown method {name!r}; known are {', '.join(list_explainers())}")
    cls: Any = classes[method]
    if variant:
        if cls.variant is None:
            raise InputError(f"{method} has no variants; received {name!r}")
        options = {cls.variant: variant, **options}
    known = [f.name for f in dataclasses.fields(cls)]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise InputError(f"{method} takes no option {', '.join(unknown)}; its options: {', '.join(known)}")
    chosen = options.get(cls.variant) if cls.variant else None
    if chosen is not None and chosen not in cls.variants:
        raise InputError(f"{method}: unknown {cls.variant} {chosen!r}; known are {', '.join(cls.variants)}")
    return cls(**options)


def full_name(explainer: Explainer) -> str:
    """``method:variant``, or ``method`` where there are no variants."""
    variant = explainer.variant
    return f"{explainer.method}:{getattr(explainer, variant)}" if variant else explainer.method
