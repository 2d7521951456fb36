"""``fer-xai recipes``: what can be trained."""

from __future__ import annotations

import json
from collections.abc import Callable

import typer

from fer_xai.cli import options
from fer_xai.cli.errors import one_line
from fer_xai.cli.quiet import load_tensorflow


@one_line
def recipes(as_json: options.Json = False) -> None:
    """List the recipes with their reported and measured accuracy."""
    load_tensorflow()
    from fer_xai.training.recipe import list_recipes

    rows = [
        {
            "name": recipe.name,
            "document": recipe.document,
            "reported": recipe.reported,
            "measured": recipe.measured,
            "parameters": recipe.build(len(recipe.emotions)).count_params(),
        }
        for recipe in list_recipes().values()
    ]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        reported, measured = ("–" if row[key] is None else f"{row[key]:.1%}" for key in ("reported", "measured"))
        typer.echo(
            f"{row['name']:<16} {row['document']:<20} {row['parameters']:>12,} parameters  "
            f"reported {reported:>6}  measured {measured:>6}"
        )


def command() -> Callable[..., None]:
    """The command, for the app."""
    return recipes
