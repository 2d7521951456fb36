"""``fer-xai network``: look inside a model."""

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
def network(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the page.", show_default=False)],
    model: Annotated[
        Path | None,
        typer.Argument(help="A model file, or a bundled classifier's name; default compact.", show_default=False),
    ] = None,
    data: options.Data = None,
    split: options.Split = None,
    limit: options.Limit = None,
    layers: Annotated[
        str | None, typer.Option(help="Comma list of convolutions; default all.", show_default=False)
    ] = None,
    channels: Annotated[
        int, typer.Option(min=0, help="Channels of each layer shown with their prototype and faces.")
    ] = 3,
    steps: Annotated[int, typer.Option(min=1, help="Gradient steps per prototype.")] = 128,
    seed: options.Seed = 0,
    ferplus: options.Ferplus = None,
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
    """Look inside a model: filters, feature maps, most-activating faces and prototypes, on one page.

    Prototypes take most of the time: on large models use fewer [bold]--steps[/bold] or [bold]--channels[/bold].

    Example, the bundled classifier: fer-xai network --out inside/

    Example: fer-xai network M.keras --data fer2013.csv --split test --limit 1000 --out inside/

    Example, a quick look at two layers: fer-xai network M.keras --layers conv2d_1,conv2d_4 --steps 32 --out inside/
    """
    from fer_xai.cli.progress import bar
    from fer_xai.report.network_page import write_network_page
    from fer_xai.study.files import check_folder

    if (out / "study.json").exists():
        raise InputError(f"--out {out} holds a report: give the network's page a folder of its own")
    check_folder(out, own=("network.json", "*.parquet", "assets"))
    opening.check_places([model], data)
    load_tensorflow()
    classifier = opening.open_classifier(
        model, emotions, scaling, trust_model, colour, output, input_shape, builder, illumination
    )
    faces = opening.open_faces(data, split, limit, seed, ferplus, drop, cleaning)
    with bar() as track:
        index = write_network_page(
            classifier,
            faces,
            out,
            layers=[name.strip() for name in layers.split(",")] if layers else None,
            channels=channels,
            steps=steps,
            seed=seed,
            source=data or "sample",
            track=track,
        )
    if as_json:
        typer.echo(json.dumps({"index": str(index), **json.loads((out / "network.json").read_text())}))
    else:
        typer.echo(index)


def command() -> Callable[..., None]:
    """The command, for the app."""
    return network
