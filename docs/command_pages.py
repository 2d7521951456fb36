"""``.. commands::``: the command line, from the commands themselves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

from docutils import nodes
from rich.text import Text
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from typer.main import get_command

from fer_xai.cli.app import app as command_line

_NO_ENTRY = ("help",)
_VALUES = {Path: "PATH", int: "N", float: "X"}


def commands() -> dict[str, Any]:
    """Every command by its name."""
    found: dict[str, Any] = get_command(command_line).commands
    return found


class Commands(SphinxDirective):
    """A section per command: what it does, examples, options."""

    def run(self) -> list[nodes.Node]:
        """Write it as reStructuredText and parse it."""
        lines: list[str] = []
        for name, command in commands().items():
            title = f"fer-xai {name}"
            lines += ["", title, "-" * len(title), "", f".. program:: {title}", "", *_prose(command)]
            lines += _examples(command.epilog or "")
            for parameter in command.params:
                if parameter.name not in _NO_ENTRY:
                    lines += _entry(parameter)
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def _prose(command: Any) -> list[str]:
    return [_escaped(line.strip()) for line in _plain(command.help or "").splitlines()]


def _examples(epilog: str) -> list[str]:
    lines = [line for line in _plain(epilog).splitlines()[1:] if line.strip()]
    return ["", ".. code-block:: bash", "", *(f"   {line}" for line in lines), ""] if lines else []


def _entry(parameter: Any) -> list[str]:
    words = _escaped(_plain(parameter.help or ""))
    if parameter.param_type_name == "argument":
        again = " One or more." if parameter.nargs == -1 else ""
        return ["", f".. option:: {parameter.name.upper()}", "", f"   {words}{again}", ""]
    value = "" if parameter.is_flag else f" <{_value(parameter)}>"
    names = ", ".join(f"{option}{value}" for option in sorted(parameter.opts, key=len, reverse=True))
    default = parameter.default
    told = default not in (None, False, "", ()) and not callable(default) and not parameter.required
    ending = " Needed." if parameter.required else f" Default: ``{default}``." if told else ""
    again = " May be repeated." if parameter.multiple and "repeated" not in words else ""
    return ["", f".. option:: {names}", "", f"   {words}{ending}{again}", ""]


def _value(parameter: Any) -> str:
    annotation = parameter.type_descriptor.annotation
    return _VALUES.get(next(iter(get_args(annotation)), annotation), "TEXT")


def _escaped(text: str) -> str:
    """Text without markup of its own, its options as code."""
    return re.sub(r"(--[a-z][a-z-]*)", r"``\1``", re.sub(r"([*`|_])", r"\\\1", text))


def _plain(text: str) -> str:
    return Text.from_markup(text).plain


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    app.add_directive("commands", Commands)
    app.connect("env-get-outdated", lambda *_: ["reference/commands"])
    return {"version": "1", "parallel_read_safe": True}
