"""``.. room:: fer_xai.facs``: a room's public names, each documented; the build warns of any that is not.

A name that a room hands on from `fer_xai` itself is documented there once, and linked from the room.
"""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.pycode import ModuleAnalyzer
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import fer_xai

LOG = logging.getLogger(__name__)
_TOP = "fer_xai"


def rooms() -> list[ModuleType]:
    """Every package of fer_xai that says what is public in it."""
    packages = [module.name for module in walk_packages(fer_xai.__path__, f"{_TOP}.") if module.ispkg]
    modules = [fer_xai, *(import_module(name) for name in packages if ".recipes." not in name)]
    return [module for module in modules if hasattr(module, "__all__")]


def home(room: str, name: str) -> str:
    """Where a public name is documented: at the top where the same thing is public there, else in its room."""
    thing = getattr(import_module(room), name)
    at_the_top = name in fer_xai.__all__ and getattr(fer_xai, name) is thing
    return f"{_TOP}.{name}" if at_the_top else f"{room}.{name}"


def summary(room: str, name: str) -> str:
    """What a public name is, in one line."""
    thing = getattr(import_module(room), name)
    text = " ".join(_comment(room, name)) if _is_constant(thing) else inspect.getdoc(thing)
    return (text or "").partition("\n\n")[0].replace("\n", " ")


def _is_constant(thing: object) -> bool:
    return not (inspect.isclass(thing) or inspect.isroutine(thing))


def _comment(room: str, name: str) -> list[str]:
    """The ``#:`` comment at a constant, in the module that defines it."""
    return ModuleAnalyzer.for_module(_defined_in(room, name)).find_attr_docs().get(("", name), [])


def _defined_in(room: str, name: str) -> str:
    """The module of a room that a public name comes from."""
    thing, tree = getattr(import_module(room), name), ast.parse(inspect.getsource(import_module(room)))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    named = [str(node.module) for node in imports if name in {one.name for one in node.names}]
    return (named or [getattr(thing, "__module__", room) if not _is_constant(thing) else room])[0]


class Room(SphinxDirective):
    """The room's own words, a table of its names, and each name in full."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write it as reStructuredText and parse it."""
        room = self.arguments[0]
        names = list(import_module(room).__all__)
        for source in {__file__, *(inspect.getfile(import_module(_defined_in(room, name))) for name in names)}:
            self.env.note_dependency(source)
        lines = [f".. py:module:: {room}", "", inspect.getdoc(import_module(room)) or "", ""]
        lines += [".. list-table::", "   :class: names", "   :widths: 30 70", ""]
        for name in names:
            target = home(room, name)
            lines += [f"   * - :py:obj:`~{target}`", f"     - {summary(room, name)}"]
        for name in names:
            if home(room, name) == f"{room}.{name}":
                lines += ["", *_entry(room, name)]
        return self.parse_text_to_nodes("\n".join(lines))


def _entry(room: str, name: str) -> list[str]:
    thing = getattr(import_module(room), name)
    if inspect.isclass(thing):
        # matplotlib writes a `set` of its own into each subclass of its figures.
        foreign = ["   :exclude-members: set"] if "set" in vars(thing) else []
        return [f".. autoclass:: {room}.{name}", "   :members:", *foreign]
    if not _is_constant(thing):
        return [f".. autofunction:: {room}.{name}"]
    return [f".. py:data:: {name}", "", *(f"   {line}" for line in _comment(room, name))]


def check_rooms(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of public names without an entry or without a word about them."""
    known = env.get_domain("py").objects  # type: ignore[attr-defined]
    for module in rooms():
        for name in module.__all__:
            if home(module.__name__, name) not in known:
                LOG.warning("%s.%s is public and not documented", module.__name__, name)
            elif not summary(module.__name__, name):
                LOG.warning("%s.%s has no docstring", module.__name__, name)


def find_home(app: Sphinx, env: BuildEnvironment, node: Any, content: nodes.Element) -> nodes.Element | None:
    """Lead ``fer_xai.faces.Faces`` to ``fer_xai.Faces``; warn of a name of ours that leads nowhere."""
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py" or not target.startswith(f"{_TOP}."):
        return None
    room, _, name = target.rpartition(".")
    top = f"{_TOP}.{name}"
    domain = env.get_domain("py")
    if room != _TOP and top in domain.objects and _is_same(room, name):  # type: ignore[attr-defined]
        return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", top, node, content)
    LOG.warning("%s leads nowhere", target, location=node)
    return None


def _is_same(room: str, name: str) -> bool:
    try:
        return getattr(import_module(room), name, None) is getattr(fer_xai, name)
    except ImportError:
        return False


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and the checks."""
    if not rooms():
        raise ConfigError("fer_xai has no public names")
    app.add_directive("room", Room)
    app.connect("env-check-consistency", check_rooms)
    app.connect("missing-reference", find_home)
    return {"version": "1", "parallel_read_safe": True}
