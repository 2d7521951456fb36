"""The classifiers that one app offers, and what it says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fer_xai.charts.words import method_name
from fer_xai.classifier import Classifier
from fer_xai.errors import InputError
from fer_xai.explainers.registry import explainer_classes, methods_for
from fer_xai.web.problems import Problem

_USUAL_SIZE = (48, 48)


class Served:
    """Classifiers by name; the first is taken where none is asked for.

    Parameters
    ----------
    classifiers : mapping of str to Classifier
    """

    def __init__(self, classifiers: Mapping[str, Classifier]) -> None:
        if not classifiers:
            raise InputError("no model to serve: give at least one")
        self._classifiers = dict(classifiers)
        self._lacking = {name: methods_for(classifier) for name, classifier in self._classifiers.items()}

    @property
    def names(self) -> list[str]:
        """The models' names."""
        return list(self._classifiers)

    def choose(self, name: str | None) -> tuple[str, Classifier]:
        """The classifier of that name."""
        chosen = self.names[0] if name is None else name
        if chosen not in self._classifiers:
            raise Problem("unknown_model", f"there is no model {chosen[:60]!r} here; there is {', '.join(self.names)}")
        return chosen, self._classifiers[chosen]

    def check_method(self, model: str, method: str) -> None:
        """Make sure that `method`, one of `list_explainers`, works on `model`."""
        lacking = self._lacking[model]
        if lacking[method] is not None:
            raise Problem("method_does_not_fit", f"{method} does not work here: {lacking[method]}")

    def models(self) -> list[dict[str, Any]]:
        """What each model is."""
        return [
            {
                "name": name,
                "emotions": list(classifier.emotions),
                "input": list(classifier.input_shape),
                "scaling": classifier.scaling,
            }
            for name, classifier in self._classifiers.items()
        ]

    def methods(self, name: str | None) -> list[dict[str, Any]]:
        """What each method is, and whether it works on a model."""
        model, _ = self.choose(name)
        return [
            {
                "name": method,
                "title": method_name(method),
                "explains": cls.explains,  # type: ignore[attr-defined]
                "cost": cls.cost,  # type: ignore[attr-defined]
                "grain": cls.grain,  # type: ignore[attr-defined]
                "source": cls.source,  # type: ignore[attr-defined]
                "works": self._lacking[model][method] is None,
                "why_not": self._lacking[model][method],
            }
            for method, cls in explainer_classes().items()
        ]


def size_of(classifier: Classifier) -> tuple[int, int]:
    """Height and width that faces are cut to: the model's own, or FER2013's where it takes any."""
    height, width, _ = classifier.input_shape
    return (height, width) if height and width else _USUAL_SIZE
