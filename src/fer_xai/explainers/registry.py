"""The one place that knows which explainers there are."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.engine import NEEDS, Engine, engine_for
from fer_xai.errors import InputError, unknown
from fer_xai.faces.seeds import face_seeds


@dataclass(frozen=True)
class Request:
    """What an explainer is asked: these faces, this target.

    Attributes
    ----------
    faces : ndarray (N, H, W, C) float32 in [0, 1]
    aim : ndarray (N, E) float32, optional
        1 for the target emotion; for a contrast 1 and −1. `None`: the emotion that the classifier answers, which a
        method that looks at the face itself finds in the same pass.
    seed : int
        The caller's; `seeds` has one per face.
    regions : callable
        Given a level (``coarse`` or ``fine``), the facial region of each pixel, (N, H, W) int, and the regions' names;
        for methods that explain by facial regions.
    answers : callable
        Gives the classifier's probabilities (N, E).
    """

    faces: np.ndarray
    aim: np.ndarray | None
    seed: int
    regions: Callable[[str], tuple[np.ndarray, tuple[str, ...]]]
    answers: Callable[[], np.ndarray]

    @cached_property
    def seeds(self) -> tuple[list[int], ...]:
        """One seed per face, of the caller's seed and the face's content."""
        return face_seeds(self.faces, self.seed)

    @cached_property
    def weights(self) -> np.ndarray:
        """The aim (N, E), known: attributions are linear in it."""
        if self.aim is not None:
            return self.aim
        answers = self.answers()
        return np.eye(answers.shape[1], dtype=np.float32)[answers.argmax(axis=1)]


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
    probabilities : ndarray (N, E), optional
        The classifier's answers, where the method's own passes told them.
    """

    maps: np.ndarray
    segments: np.ndarray | None = None
    details: dict[str, Any] = field(default_factory=dict)
    probabilities: np.ndarray | None = None


class Explainer(Protocol):
    """A method: a frozen dataclass whose fields are its options.

    Several classes may share a method's name where each stands for other variants, e.g. the kinds of SHAP.

    Attributes
    ----------
    method : str
        Its name.
    title : str
        Its name as people write it.
    variant : str or None
        Name of the option that follows the colon in ``method:variant``.
    variants : tuple of str
        What may stand there.
    explains : str
        ``"logit"`` or ``"probability"``.
    needs : str
        What it asks of a classifier: one of `fer_xai.engine.NEEDS`.
    cost : str
        Passes per face, for the method table.
    grain : str
        The smallest thing it can tell apart, for the method table.
    source : str
        The paper.
    """

    method: ClassVar[str]
    title: ClassVar[str]
    variant: ClassVar[str | None]
    variants: ClassVar[tuple[str, ...]]
    explains: ClassVar[str]
    needs: ClassVar[str]
    cost: ClassVar[str]
    grain: ClassVar[str]
    source: ClassVar[str]

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        """Explain all faces of the request."""
        ...


_CLASSES: dict[str, type] = {}
T = TypeVar("T", bound=type)


def register(cls: T) -> T:
    """Class decorator: make an explainer known by its ``method:variant`` names, or its ``method`` name."""
    for name in _names(cls):
        if name in _CLASSES and _CLASSES[name].__module__ != cls.__module__:
            raise ValueError(f"two explainers are called {name!r}")
        _CLASSES[name] = cls
    return cls


def _names(cls: Any) -> list[str]:
    return [f"{cls.method}:{variant}" for variant in cls.variants] or [cls.method]


@cache
def _discover() -> None:
    package = importlib.import_module("fer_xai.explainers")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def explainer_classes() -> dict[str, type]:
    """Explainer classes by their names in `list_explainers`."""
    _discover()
    return dict(sorted(_CLASSES.items()))


def list_explainers() -> list[str]:
    """Every ``method`` or ``method:variant`` that `fer_xai.explain` takes.

    Examples
    --------
    >>> [name for name in list_explainers() if name.startswith("lime")]
    ['lime:felzenszwalb', 'lime:quickshift', 'lime:regions', 'lime:slic']
    """
    return list(explainer_classes())


def methods_for(classifier: Classifier) -> dict[str, str | None]:
    """Which methods work on a classifier.

    Returns
    -------
    dict
        Each name of `list_explainers`: `None` where it works, else one line that says why not.
    """
    engine = engine_for(classifier)
    lacking = {need: engine.lacks(need) for need in NEEDS}
    return {name: lacking[cls.needs] for name, cls in explainer_classes().items()}  # type: ignore[attr-defined]


def check_ability(explainer: Explainer, classifier: Classifier) -> None:
    """Raise an `InputError` that names the remaining methods where a classifier cannot be explained by this one."""
    reason = engine_for(classifier).lacks(explainer.needs)
    if reason is not None:
        remaining = ", ".join(name for name, lack in methods_for(classifier).items() if lack is None)
        raise InputError(f"{full_name(explainer)} does not work here: {reason}; these do: {remaining}")


def make_explainer(name: str, **options: Any) -> Explainer:
    """Build an explainer from its name and options.

    Parameters
    ----------
    name : str
        ``method:variant``, or ``method``: then the variant is an option, or the class's default.
    **options
        The method's own options; see each class.

    Raises
    ------
    InputError
        If the method, its variant or an option is unknown.
    """
    cls = find_class(name, options)
    _, _, variant = name.partition(":")
    if variant:
        options = {cls.variant: variant, **options}
    known = [f.name for f in dataclasses.fields(cls)]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise InputError(f"{name} takes no option {', '.join(unknown)}; its options: {', '.join(known)}")
    return cls(**options)


def find_class(name: str, options: dict[str, Any]) -> Any:
    """The class that a name, or a method and its variant among the options, stands for."""
    method, _, variant = name.partition(":")
    classes: dict[str, Any] = {key: cls for key, cls in explainer_classes().items() if key.split(":")[0] == method}
    if not classes:
        raise unknown("method", name, list_explainers())
    if method in classes:
        if variant:
            raise InputError(f"{method} has no variants; received {name!r}")
        return classes[method]
    option = next(iter(classes.values())).variant
    wanted = variant or options.get(option) or _default_variant(classes, option)
    if f"{method}:{wanted}" not in classes:
        known = (key.partition(":")[2] for key in classes)
        raise InputError(f"{method}: {unknown(option, wanted, known)}")
    return classes[f"{method}:{wanted}"]


def _default_variant(classes: dict[str, Any], option: str) -> str:
    """The default of the class that says it is the method's main one, else of the only class."""
    main = [cls for cls in classes.values() if getattr(cls, "main", False)] or list(classes.values())
    return str(next(f.default for f in dataclasses.fields(main[0]) if f.name == option))


def full_name(explainer: Explainer) -> str:
    """``method:variant``, or ``method`` where there are no variants."""
    variant = explainer.variant
    return f"{explainer.method}:{getattr(explainer, variant)}" if variant else explainer.method
