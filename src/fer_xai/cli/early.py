"""Names on the command line that can be refused at once, not after TensorFlow's seconds to load."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import typer

from fer_xai.errors import InputError


def _refusing(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """An option's callback: what `check` refuses is a usage error; the value stays as it was typed.

    What the system refuses is left to the command, which meets it again and says what can be done.
    """

    def callback(value: Any) -> Any:
        with contextlib.suppress(OSError):
            try:
                if value is not None:
                    check(value)
            except InputError as error:
                raise typer.BadParameter(str(error)) from error
        return value

    return callback


def one_of(what: str, known: Sequence[str]) -> Callable[[Any], Any]:
    """A callback for an option that has few values."""

    def check(value: str) -> None:
        from fer_xai.errors import unknown

        if value not in known:
            raise unknown(what, value, known)

    return _refusing(check)


@_refusing
def methods(value: str) -> None:
    """A comma list of methods."""
    from fer_xai.explainers import make_explainer

    for name in value.split(","):
        make_explainer(name.strip())


@_refusing
def method(value: str) -> None:
    """A method; its variant may be among the options."""
    from fer_xai.explainers.registry import find_class

    find_class(value, {})


@_refusing
def codebook(value: str) -> None:
    """A bundled codebook or a file."""
    from fer_xai.facs import load_codebook

    load_codebook(value)


@_refusing
def target(value: str) -> None:
    """Predicted, label, an emotion or two."""
    from fer_xai.explainers.target import check_target

    check_target(value)


@_refusing
def target_or_every(value: str) -> None:
    """What `target` takes, or every emotion."""
    from fer_xai.explainers.target import EVERY, check_target

    if value != EVERY:
        check_target(value)


@_refusing
def split(value: str) -> None:
    """One of the three splits."""
    from fer_xai.errors import unknown
    from fer_xai.faces.load import SPLITS

    if value not in SPLITS:
        raise unknown("split", value, SPLITS)


@_refusing
def drop(value: list[str]) -> None:
    """Emotions."""
    from fer_xai.emotions import canonical

    for name in value:
        canonical(name)


@_refusing
def emotions(value: str | list[str]) -> None:
    """The order of a head, or of several."""
    from fer_xai.emotions import parse_emotions

    for order in [value] if isinstance(value, str) else value:
        parse_emotions(order)


@_refusing
def scaling(value: str | list[str]) -> None:
    """A scaling, or several; whether it fits the model's channels is asked when the model is open."""
    from fer_xai.classifier.scaling import parse_scaling

    for name in [value] if isinstance(value, str) else value:
        parse_scaling(name, 3)


@_refusing
def colour(value: str) -> None:
    """What the channels are."""
    from fer_xai.classifier.scaling import parse_colour

    parse_colour(value, 3)


@_refusing
def illumination(value: str) -> None:
    """A treatment."""
    from fer_xai.classifier.illumination import list_treatments
    from fer_xai.errors import unknown

    if value not in list_treatments():
        raise unknown("illumination", value, list_treatments())


@_refusing
def shape(value: str) -> None:
    """Height, width and channels."""
    from fer_xai.cli.opening import read_shape

    read_shape(value)


@_refusing
def recipe(value: str) -> None:
    """What ``fer-xai train`` can train."""
    from fer_xai.errors import unknown
    from fer_xai.training.recipes import recipe_names

    if value not in recipe_names():
        raise unknown("recipe", value, recipe_names())


@_refusing
def kind(value: str) -> None:
    """What an explanation is drawn as."""
    from fer_xai.errors import unknown
    from fer_xai.figures import KINDS

    if value not in KINDS:
        raise unknown("kind of figure", value, KINDS)


@_refusing
def checks(value: str) -> None:
    """A comma list of checks."""
    from fer_xai.errors import unknown
    from fer_xai.faces.cleaning import list_checks

    for name in value.split(","):
        if name.strip() not in list_checks():
            raise unknown("check", name.strip(), list_checks())
