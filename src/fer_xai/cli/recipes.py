"""``fer-xai recipes``: what can be trained."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import typer

from fer_xai.cli import options
from fer_xai.cli.errors import one_line
from fer_xai.cli.quiet import load_tensorflow


@one_line
def recipes(as_json: options.Json = False) -> None:
    """List the recipes with the test accuracy that their documents report and that was measured here.

    Example: fer-xai recipes

    Example, the names alone: fer-xai recipes --json | jq -r '.[].name'
    """
    load_tensorflow()
    from fer_xai.training.leaderboard import measured, runs
    from fer_xai.training.recipe import list_recipes

    published = runs()
    rows = [
        {
            "name": recipe.name,
            "document": recipe.document,
            "reported": recipe.reported.test,
            "measured": measured(recipe.name, published),
            "parameters": recipe.count_parameters(),
        }
        for recipe in list_recipes().values()
    ]
    if as_json:
        typer.echo(json.dumps(rows))
    else:
        _show(rows)


def _show(rows: list[dict[str, Any]]) -> None:
    """A table with the recipes of each document together."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE, caption="Accuracy on the test faces; – where there is none.", caption_justify="left")
    table.add_column("recipe", no_wrap=True)
    for title in ("parameters", "reported", "measured"):
        table.add_column(title, justify="right", no_wrap=True)
    for document in dict.fromkeys(row["document"] for row in rows):
        table.add_section()
        table.add_row(f"[bold]{document}[/bold]")
        for row in rows:
            if row["document"] == document:
                figures = ("–" if row[key] is None else f"{row[key]:.1%}" for key in ("reported", "measured"))
                table.add_row(f"  {row['name']}", f"{row['parameters']:,}", *figures)
    Console().print(table)


def command() -> Callable[..., None]:
    """The command, for the app."""
    return recipes
