"""What a person sees when something cannot be done: one line, exit code 2."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import typer

from fer_xai.errors import InputError


def one_line(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn an `InputError` into one line on stderr and exit code 2."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except InputError as error:
            print(f"fer-xai: {' '.join(str(error).split())}", file=sys.stderr)
            raise typer.Exit(2) from error

    return wrapped
