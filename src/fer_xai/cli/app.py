"""The ``fer-xai`` command: gathers the commands of this folder."""

from __future__ import annotations

import sys

import typer

from fer_xai.cli import (
    clean,
    compare,
    ensemble,
    evaluate,
    explain,
    inspect,
    loudness,
    network,
    recipes,
    report,
    serve,
    train,
)
from fer_xai.cli.errors import PIPE_CLOSED, STOPPED, UNEXPECTED, Commands, leave, silence_stdout, tell
from fer_xai.cli.teaching import EPILOG, teaching

app = typer.Typer(
    name="fer-xai",
    cls=Commands,
    help="Why does it say angry? Explanations for facial-expression classifiers, told in the language of the face.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_PANELS = {
    "Explain": (report, explain, serve, compare, network),
    "Measure and check": (inspect, evaluate, clean),
    "Make models": (recipes, train, ensemble),
}


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


for _panel, _modules in _PANELS.items():
    for _module in _modules:
        _command = _module.command()
        _prose, _examples = teaching(_command)
        app.command(help=_prose, epilog=_examples, rich_help_panel=_panel)(_command)


def main() -> None:
    """Entry point: exits with a documented code, and never with more than one line unless ``--verbose`` asks for it."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        tell("stopped")
        leave(STOPPED)
    except SystemExit as error:
        if error.code == STOPPED:
            leave(STOPPED)
        raise
    except BrokenPipeError:
        silence_stdout()
        sys.exit(PIPE_CLOSED)
    except Exception as error:
        if loudness.chosen() is loudness.Loudness.VERBOSE:
            raise
        tell(f"{type(error).__name__}: {error}. This is a fault of fer-xai: see where with --verbose, and report it")
        sys.exit(UNEXPECTED)
