"""``.. leaderboard::``, ``.. recipe-tries::`` and ``.. recipe-notes::``, made from the leaderboard and the recipes."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from fer_xai.training.leaderboard import runs, tries
from fer_xai.training.recipe import Recipe, list_recipes

_OURS = ("reference/leaderboard", "reference/recipes")
NOT_TRAINED = "not trained here"
_HEAD = ("Recipe", "Reported", "Measured", "Split", "Run", "Note")
_BRIEF = (0, 1, 2, 3, 5)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _rows(recipe: Recipe, published: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """One row per published run, or one that says that there is none."""
    reported = _percent(recipe.reported.test)
    if recipe.reported.mean_diagonal is not None:
        reported += f", mean of recalls {_percent(recipe.reported.mean_diagonal)}"
    begin = (f"``{recipe.name}``, {recipe.parameters:,} weights", reported)
    rows = [begin + _measured(run) for run in published if run["recipe"] == recipe.name]
    return rows or [(*begin, NOT_TRAINED, *[""] * 3)]


def _measured(run: dict[str, Any]) -> tuple[str, ...]:
    test = run["test"]
    interval = f"{_percent(test['accuracy'])} [{100 * test['low']:.1f}, {100 * test['high']:.1f}]"
    diagonal = f", mean of recalls {_percent(run['mean_diagonal'])}"
    epochs = "" if run["epochs"] is None else f", {run['epochs']} epochs, best {run['best_epoch']}"
    minutes = "" if run["seconds"] is None else f", {run['seconds'] / 60:.0f} minutes"
    return (
        interval + diagonal,
        run["protocol"] if run["protocol"] == "standard" else f"{run['protocol']}: {run['split']}",
        f"seed {run['seed']}{epochs}{minutes}; {run['machine']}",
        run["note"],
    )


def table_lines(rows: list[tuple[str, ...]]) -> list[str]:
    """A table in reStructuredText; the first row is its head."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        lines += [f"   {'-' if n else '* -'} {cell}".replace("   - ", "     - ") for n, cell in enumerate(row)]
    return [*lines, ""]


class Leaderboard(SphinxDirective):
    """A table for each document: its figure and ours."""

    def run(self) -> list[nodes.Node]:
        """Write the tables as reStructuredText and parse them."""
        recipes, published, lines = list_recipes().values(), runs(), []
        for document in dict.fromkeys(recipe.document for recipe in recipes):
            lines += [f".. rubric:: {document}", ""]
            rows = [row for recipe in recipes if recipe.document == document for row in _rows(recipe, published)]
            lines += table_lines([_HEAD, *rows])
        return self.parse_text_to_nodes("\n".join(lines))


class DocumentFigures(SphinxDirective):
    """A document's recipes, or those named: reported beside measured, without how long and where it was trained."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Write the table as reStructuredText and parse it."""
        recipes, wanted = list_recipes(), self.arguments[0]
        chosen = [recipe for recipe in recipes.values() if recipe.document == wanted]
        chosen = chosen or [recipes[name] for name in wanted.split()]
        published = runs()
        rows = [_HEAD, *(row for recipe in chosen for row in _rows(recipe, published))]
        return self.parse_text_to_nodes("\n".join(table_lines([tuple(row[n] for n in _BRIEF) for row in rows])))


class RecipeTries(SphinxDirective):
    """How each recipe fared in ``make recipes``; recipes that were not tried say so."""

    def run(self) -> list[nodes.Node]:
        """Write the table as reStructuredText and parse it."""
        tried = {row["recipe"]: row for row in tries()}
        head = ("Recipe", "64 faces found", "Steps", "Report", "Minutes", "Machine")
        return self.parse_text_to_nodes(
            "\n".join(table_lines([head, *(_tried(name, tried) for name in list_recipes())]))
        )


def _tried(name: str, tried: dict[str, dict[str, str]]) -> tuple[str, ...]:
    row = tried.get(name)
    if row is None:
        return (f"``{name}``", "not tried here", "", "", "", "")
    minutes = f"{int(row['seconds']) / 60:.1f}"
    return (f"``{name}``", f"{float(row['overfitted']):.0%}", row["steps"], row["report"], minutes, row["machine"])


class RecipeNotes(SphinxDirective):
    """What each document leaves open and what was chosen, and what has to be known about its figures."""

    def run(self) -> list[nodes.Node]:
        """Write the notes as reStructuredText and parse them."""
        lines: list[str] = []
        for recipe in list_recipes().values():
            notes = [*recipe.choices, *(f"Reported: {remark}" for remark in recipe.reported.remarks)]
            if notes:
                lines += [f"``{recipe.name}``", *(f"   - {note}" for note in notes), ""]
        return self.parse_text_to_nodes("\n".join(lines))


def _pages(app: Sphinx, env: BuildEnvironment, *_: Any) -> list[str]:
    return [name for name in env.found_docs if name.startswith("documents/") or name in _OURS]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("leaderboard", Leaderboard)
    app.add_directive("document-figures", DocumentFigures)
    app.add_directive("recipe-tries", RecipeTries)
    app.add_directive("recipe-notes", RecipeNotes)
    # The pages show the recipes and runs of this moment, so they are read again at each build.
    app.connect("env-get-outdated", _pages)
    return {"version": "1", "parallel_read_safe": True}
