"""The ``fer-xai`` command: gathers the commands of this folder."""

from __future__ import annotations

import typer

from fer_xai.cli import clean, compare, ensemble, evaluate, explain, inspect, network, recipes, report, train

app = typer.Typer(
    name="fer-xai",
    help="Why does it say angry? Explanations for facial-expression classifiers, told in the language of the face.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from fer_xai import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Options that stand before any command."""


for _module in (report, explain, evaluate, compare, ensemble, inspect, network, clean, recipes, train):
    app.command()(_module.command())


def main() -> None:
    """Entry point."""
    app()
