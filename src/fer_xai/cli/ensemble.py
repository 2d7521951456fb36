"""``fer-xai ensemble``: several models as one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from fer_xai.cli import opening, options
from fer_xai.cli.errors import one_line
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError


@one_line
def ensemble(
    models: Annotated[
        list[Path], typer.Argument(help="Two or more model files, or names of bundled classifiers.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The new model: E.keras.", show_default=False)],
    weights: Annotated[
        str | None, typer.Option(help="How much each one counts: 1,1,2. Default: all the same.", show_default=False)
    ] = None,
    trust_model: options.TrustModel = False,
    as_json: options.Json = False,
) -> None:
    """Average the probabilities of several models: the average is a model like any other.

    Each is used as it was last opened: scaling, colour and emotion order are read from the file beside it. For a model
    that was never opened, say them once with [bold]fer-xai inspect[/bold].

    Example: fer-xai ensemble A.keras B.h5 --weights 2,1 --out E.keras
    """
    from fer_xai.classifier.saving import check_place

    check_place(out)
    if out.exists() and any(model.exists() and out.samefile(model) for model in models):
        raise InputError(f"--out {out} is one of the models: give the ensemble a file of its own")
    shares = _read_weights(weights)
    load_tensorflow()
    from fer_xai.classifier.ensemble import ensemble as average
    from fer_xai.classifier.saving import save_classifier

    members = [opening.open_classifier(m, trust_model=trust_model) for m in models]
    made = average(members, shares, name=out.stem)
    written = save_classifier(made, out)
    if as_json:
        told = {"model": str(out), "settings": str(written), "members": [member.describe() for member in members]}
        typer.echo(json.dumps({**told, "weights": shares or [1.0] * len(members), "classifier": made.describe()}))
    else:
        for member in members:
            typer.echo(repr(member))
        typer.echo(out)


def _read_weights(text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"--weights {text}: expected numbers, one for each model, as 1,1,2") from None


def command() -> Callable[..., None]:
    """The command, for the app."""
    return ensemble
