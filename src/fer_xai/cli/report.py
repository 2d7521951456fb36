"""``fer-xai report``: explain many faces and write the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from fer_xai.cli import options
from fer_xai.cli.errors import one_line
from fer_xai.cli.quiet import load_tensorflow


@one_line
def report(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the report; the same command resumes there.")],
    model: options.Model = None,
    data: options.Data = None,
    split: options.Split = None,
    methods: Annotated[
        str | None,
        typer.Option(help="Comma list, e.g. lime:slic,gradcam; default the standard ones.", show_default=False),
    ] = None,
    target: Annotated[
        str, typer.Option(help="predicted, label, an emotion, or a contrast as fear-surprise.")
    ] = "predicted",
    codebook: Annotated[str, typer.Option(help="The emotion → action unit table shown first.")] = "facs2002",
    limit: options.Limit = None,
    seed: options.Seed = 0,
    trust: Annotated[
        int, typer.Option(help="Faces, at most, on which to ask which method to believe; 0: do not ask.", min=0)
    ] = 48,
    ferplus: options.Ferplus = None,
    votes: options.Votes = None,
    drop: options.Drop = None,
    cleaning: options.Cleaning = None,
    emotions: options.Emotions = None,
    scaling: options.Scaling = None,
    trust_model: options.TrustModel = False,
    colour: options.Colour = None,
    output: options.Output = None,
    input_shape: options.InputShape = None,
    builder: options.Builder = None,
    illumination: options.Illumination = None,
    as_json: options.Json = False,
) -> None:
    """Explain many faces by several methods and write one HTML report.

    Without options but [bold]--out[/bold] it explains the 101 bundled faces by the bundled classifier. A run that was
    stopped goes on when the same command is given again.

    Example: fer-xai report --model M.keras --data fer2013.csv --split test --limit 350 --out report/
    """
    from fer_xai.cli.progress import bar
    from fer_xai.report import render
    from fer_xai.study import run_study, standard_methods
    from fer_xai.study.files import check_folder

    check_folder(out)
    load_tensorflow()
    classifier = options.open_classifier(
        model, emotions, scaling, trust_model, colour, output, input_shape, builder, illumination
    )
    faces = options.open_faces(data, split, limit, seed, ferplus, drop, cleaning, votes)
    chosen, left_out = (tuple(methods.split(",")), {}) if methods else standard_methods(classifier)
    for name, reason in left_out.items():
        typer.echo(f"left out {name}: {reason}", err=True)
    splits = ", ".join(sorted(set(faces.table["split"]) - {""}))
    with bar() as track:
        study = run_study(
            classifier,
            faces,
            out,
            methods=chosen,
            target=target,
            codebook=codebook,
            seed=seed,
            data={"source": data or "sample", "split": splits or None},
            trust=trust,
            track=track,
        )
        index = render(study)
    if as_json:
        typer.echo(json.dumps({"index": str(index), **json.loads((out / "summary.json").read_text())}))
    else:
        typer.echo(index)


def command() -> Callable[..., None]:
    """The command, for the app."""
    return report
