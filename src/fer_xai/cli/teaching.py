"""Help that teaches: a command's docstring as prose, and its examples below the options."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from rich.markup import escape

_EXAMPLE = re.compile(r"Example(?:, (?P<what>[^:]+))?: (?P<line>.+)")
EPILOG = """[bold]Start here[/bold]
  fer-xai report --out report/     101 bundled faces by the bundled classifier
  fer-xai inspect model.h5         what a model is; with --data, its scaling
  fer-xai COMMAND --help           what a command takes, with examples

[bold]Good to know[/bold]
  Results go to stdout, progress and remarks to stderr.
  Every command takes --json, --quiet and --verbose.
  NO_COLOR=1 turns colours off; --install-completion lets Tab complete names.

[bold]Exit codes[/bold]
  0 done · 1 a fault of fer-xai · 2 not possible as asked, one line says why
  130 stopped by Ctrl-C · 141 nobody reads stdout any more"""


def teaching(command: Callable[..., Any]) -> tuple[str, str]:
    """What Typer needs to know of a command's docstring.

    A paragraph ``Example: …`` or ``Example, what it is for: …`` becomes one of the examples; the others are prose.

    Returns
    -------
    tuple of str
        The prose, and the examples for below the options.
    """
    paragraphs = [" ".join(part.split()) for part in inspect.cleandoc(command.__doc__ or "").split("\n\n")]
    found = [_EXAMPLE.fullmatch(part) for part in paragraphs]
    prose = [part for part, example in zip(paragraphs, found, strict=True) if example is None]
    examples = [_shown(example) for example in found if example]
    return "\n\n".join(prose), "\n".join(["[bold]Examples[/bold]", *examples]) if examples else ""


def _shown(example: re.Match[str]) -> str:
    what = f"[dim]# {escape(example['what'])}[/dim]\n" if example["what"] else ""
    return f"{what}{escape(example['line'])}"
