"""What Sphinx needs to know about fer-xai: a table of the registered explainers, and where examples keep figures."""

from __future__ import annotations

import inspect
from typing import Any
from weakref import WeakSet

from docutils import nodes
from matplotlib.figure import Figure
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx_gallery.scrapers import figure_rst

from fer_xai.explainers.registry import explainer_classes

_SCRAPED: WeakSet[Figure] = WeakSet()


_NEEDS = {
    "probabilities": "any function of faces",
    "gradients": "a model with gradients",
    "convolution": "a model with a convolution",
}


def _classes() -> dict[type, list[str]]:
    """Each explainer class with the names it answers to."""
    names: dict[type, list[str]] = {}
    for name, cls in explainer_classes().items():
        names.setdefault(cls, []).append(name)
    return names


class ExplainerTable(SphinxDirective):
    """``.. explainer-table::``: a row per explainer of the registry."""

    def run(self) -> list[nodes.Node]:
        """Write the table as reStructuredText and parse it."""
        rows = [("Method", "What it does", "Explains", "Needs", "Cost for each face", "Grain", "Source")]
        for cls, names in _classes().items():
            name = ", ".join(f"``{name}``" for name in names)
            summary = inspect.getdoc(cls).partition("\n")[0]
            rows.append((name, summary, f"the {cls.explains}", _NEEDS[cls.needs], cls.cost, cls.grain, cls.source))
        lines = [".. list-table::", "   :header-rows: 1", ""]
        for row in rows:
            lines += [f"   {'-' if n else '* -'} {cell}".replace("   - ", "     - ") for n, cell in enumerate(row)]
        return self.parse_text_to_nodes("\n".join(lines))


class ExplainerOptions(SphinxDirective):
    """``.. explainer-options::``: the documentation of each explainer's class."""

    def run(self) -> list[nodes.Node]:
        """Hand each class to autodoc."""
        text = "\n".join(f".. autoclass:: {cls.__module__}.{cls.__name__}\n   :no-members:\n" for cls in _classes())
        return self.parse_text_to_nodes(text)


def scrape_figures(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Save the figures that a block of an example left behind: ours are made without pyplot."""
    paths = []
    for value in list(block_vars["example_globals"].values()):
        if isinstance(value, Figure) and value not in _SCRAPED:
            _SCRAPED.add(value)
            paths.append(next(block_vars["image_path_iterator"]))
            value.savefig(paths[-1])
    return figure_rst(paths, gallery_conf["src_dir"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("explainer-table", ExplainerTable)
    app.add_directive("explainer-options", ExplainerOptions)
    # The pages show the registry of this moment, so they are read again at each build.
    app.connect("env-get-outdated", lambda *_: ["reference/methods"])
    return {"version": "1", "parallel_read_safe": True}
