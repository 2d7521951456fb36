"""A method's options from text, as a command line gives them."""

from __future__ import annotations

import types
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
