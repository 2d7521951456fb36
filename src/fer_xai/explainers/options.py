"""A method's options from text, as a command line gives them."""

from __future__ import annotations

import types
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from fer_xai.errors import InputError
from fer_xai.explainers.registry import find_class


def parse_options(name: str, texts: Iterable[str]) -> dict[str, Any]:
    """Read ``option=value`` texts by the types of a method's options.

    Parameters
    ----------
    name : str
        ``method`` or ``method:variant``.
    texts : iterable of str
        For example ``patch=12``, ``layer=conv2d_3``, ``relu=false``, ``layer=none``.

    Raises
    ------
    InputError
        If a text is no ``option=value``, the method has no such option, or the value has another type.
    """
    options: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"option {text!r}: expected NAME=VALUE, for example samples=500")
        options[key] = value
    hints = get_type_hints(find_class(name, options))
    return {key: _read(key, value, hints[key]) if key in hints else value for key, value in options.items()}


def parse_options_of(methods: Iterable[str], texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Read ``method.option=value`` texts, of several methods.

    Parameters
    ----------
    methods : iterable of str
        The methods that run, each ``method`` or ``method:variant``.
    texts : iterable of str
        For example ``gradcam.layer=conv2d_3``, ``lime:slic.samples=500``.

    Returns
    -------
    dict
        By method, as `fer_xai.study.run_study` takes it.

    Raises
    ------
    InputError
        If a text is no ``method.option=value``, names a method that does not run, or `parse_options` refuses it.
    """
    running, of = [name.strip() for name in methods], defaultdict[str, list[str]](list)
    for text in texts:
        name, equals, _ = text.partition("=")
        method, dot, key = name.partition(".")
        if not (equals and dot and key):
            raise InputError(f"option {text!r}: expected METHOD.NAME=VALUE, for example gradcam.layer=conv2d_3")
        if method not in running:
            raise InputError(f"option {text!r}: {method!r} is none of the methods that run: {', '.join(running)}")
        of[method].append(text.removeprefix(f"{method}."))
    return {method: parse_options(method, own) for method, own in of.items()}


def _read(key: str, text: str, hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        kinds = get_args(hint)
        if type(None) in kinds and text.lower() == "none":
            return None
        if any(get_origin(kind) is Literal and text in get_args(kind) for kind in kinds):
            return text
        hint = next(kind for kind in kinds if kind is not type(None))
    if hint is bool:
        if text.lower() not in ("true", "false"):
            raise InputError(f"option {key}={text}: expected true or false")
        return text.lower() == "true"
    if hint is str or get_origin(hint) is Literal:
        return text
    try:
        return hint(text)
    except ValueError:
        kind = "a whole number" if hint is int else "a number"
        raise InputError(f"option {key}={text}: expected {kind}") from None
