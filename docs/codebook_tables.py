"""``.. codebook-table::`` and ``.. action-unit-table::``, from the data that the counter reads."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from fer_xai.emotions import CANONICAL
from fer_xai.facs import action_units, list_codebooks, load_codebook


class CodebookTable(SphinxDirective):
    """A row per emotion, a column per codebook: core units, optional ones in brackets."""

    def run(self) -> list[nodes.Node]:
        """Write the table as reStructuredText and parse it."""
        books = [load_codebook(name) for name in list_codebooks()]
        rows = [("", *(f"``{book.name}``" for book in books))]
        rows += [
            (name, *(_units(book.core.get(name), book.optional.get(name)) for book in books)) for name in CANONICAL
        ]
        return self.parse_text_to_nodes("\n".join(list_table(rows)))


def _units(core: tuple[int, ...] | None, optional: tuple[int, ...] | None) -> str:
    if core is None:
        return "not in it"
    told = " ".join(map(str, core)) + (f" ({' '.join(map(str, optional))})" if optional else "")
    return told or "none"


class ActionUnitTable(SphinxDirective):
    """A row per action unit: name, muscle, regions."""

    def run(self) -> list[nodes.Node]:
        """Write the table as reStructuredText and parse it."""
        rows = [("Unit", "Name", "Muscle", "Regions on which it shows")]
        rows += [
            (str(unit), rule["name"], rule["muscle"], ", ".join(rule["regions"]))
            for unit, rule in action_units().items()
        ]
        return self.parse_text_to_nodes("\n".join(list_table(rows)))


def list_table(rows: list[tuple[str, ...]]) -> list[str]:
    """A table with a heading, as lines of reStructuredText."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        lines += [f"   {'* -' if n == 0 else '  -'} {cell}" for n, cell in enumerate(row)]
    return [*lines, ""]


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directives."""
    app.add_directive("codebook-table", CodebookTable)
    app.add_directive("action-unit-table", ActionUnitTable)
    return {"version": "1", "parallel_read_safe": True}
