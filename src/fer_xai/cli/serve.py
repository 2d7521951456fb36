"""``fer-xai serve``: the app."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from fer_xai.cli import opening, options
from fer_xai.cli.compare import named
from fer_xai.cli.errors import one_line
from fer_xai.cli.loudness import say_what_was_kept
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError


@one_line
def serve(
    model: Annotated[
        list[Path] | None,
        typer.Option(
            "--model",
            "-m",
            help="A model file, or a bundled classifier's name; may be repeated. Default compact.",
            show_default=False,
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="The address to answer on. Default: this computer only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8000,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A further name by which browsers reach the app; may be repeated.", show_default=False),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(help="Keep every explanation as a file in this folder. Default: nothing is stored."),
    ] = None,
    megabytes: Annotated[int, typer.Option(min=1, help="Largest upload.")] = 10,
    megapixels: Annotated[int, typer.Option(min=1, help="Largest picture.")] = 50,
    places: Annotated[int, typer.Option(min=1, help="Requests that may wait; the next is told to come later.")] = 8,
    seconds: Annotated[int, typer.Option(min=1, help="Longest wait for one answer.")] = 60,
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
    """Serve the app: drop in a photo or use the webcam, see what the model says and why. Ctrl-C ends it.

    Several models are offered side by side; each is then used as it was last opened. Nothing is sent anywhere, and
    nothing is stored without [bold]--save[/bold].

    Example: fer-xai serve --model M.keras --model compact --port 8000
    """
    for package in ("flask", "waitress"):
        if importlib.util.find_spec(package) is None:
            raise InputError("the app needs the extra web: pip install 'fer-xai[web]'")
    from fer_xai.web import Limits, make_app

    limits = Limits(megabytes=megabytes, megapixels=megapixels, places=places, seconds=seconds)
    models = model or [Path("compact")]
    said = (emotions, scaling, colour, output, input_shape, builder, illumination)
    if len(models) > 1 and any(value is not None for value in said):
        raise InputError(
            f"received {len(models)} models and settings of one: say them once for each model with fer-xai inspect"
        )
    from fer_xai.study.files import check_folder, output_folder
    from fer_xai.web.server import bind, make_server

    if save is not None:
        check_folder(save, "--save")
    taken = bind(host, port)
    opening.check_places(models)
    load_tensorflow()
    opened = [opening.open_classifier(place, emotions, scaling, trust_model, *said[2:]) for place in models]
    classifiers = named(opened, models)
    if save is not None:
        output_folder(save, "--save")
    app = make_app(classifiers, limits, host=host, names=allow_host or (), folder=save)
    app.config["warm"]()
    server = make_server(app, limits, taken)
    url = f"http://{f'[{host}]' if ':' in host else host}:{server.effective_port}/"
    # Waitress would tell of every request that waits, and of every thread that it does not wait for.
    logging.getLogger("waitress").setLevel(logging.ERROR)
    say_what_was_kept()
    told = json.dumps({"url": url, "models": list(classifiers)})
    with contextlib.suppress(KeyboardInterrupt):
        typer.echo(told if as_json else f"{', '.join(classifiers)} at {url} (Ctrl-C ends it)")
        sys.stdout.flush()
        server.run()
    # TensorFlow cannot be stopped amid a call, and is taken apart slowly. Files are written whole or not at all.
    sys.stderr.flush()
    os._exit(0)


def command() -> Callable[..., None]:
    """The command, for the app."""
    return serve
