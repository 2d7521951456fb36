"""``fer-xai explain``: explain some pictures in one figure."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from fer_xai.cli import options
from fer_xai.cli.errors import one_line
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError


@one_line
def explain(
    images: Annotated[list[Path], typer.Argument(help="Face crops or photos with one face.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The figure: .png, .svg or .pdf.")],
    model: options.Model = None,
    method: Annotated[str, typer.Option(help="A method, or method:variant.")] = "lime",
    target: Annotated[str, typer.Option(help="predicted, an emotion, or a contrast as fear-surprise.")] = "predicted",
    samples: Annotated[
        int | None, typer.Option(min=2, help="Masked passes of a sampling method.", show_default=False)
    ] = None,
    seed: options.Seed = 0,
    emotions: options.Emotions = None,
    scaling: options.Scaling = None,
    trust_model: options.TrustModel = False,
    as_json: options.Json = False,
) -> None:
    """Explain pictures: face, attribution and probabilities in one figure.

    Example: fer-xai explain photo.jpg --method gradcam --target happy --out why.png
    """
    import numpy as np

    from fer_xai.api import explain as explain_faces
    from fer_xai.faces import Faces, load_faces

    if out.suffix not in (".png", ".svg", ".pdf"):
        raise InputError(f"--out {out}: expected a name that ends in .png, .svg or .pdf")
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise InputError(f"--out {out} cannot be written: give a file in a folder that exists and can be written")
    load_tensorflow()
    classifier = options.open_classifier(model, emotions, scaling, trust_model)
    height, width, _ = classifier.input_shape
    size = (height, width) if height and width else (48, 48)
    pixels = [load_faces(image, size=size).pixels() for image in images]
    colour = any(part.shape[-1] == 3 for part in pixels)
    stacked = np.concatenate([np.broadcast_to(p, (*p.shape[:3], 3)) if colour else p for p in pixels])
    faces = Faces.from_array(stacked, ids=_unique([image.name for image in images]))
    explanation = explain_faces(
        classifier, faces, method=method, target=target, seed=seed, **({"samples": samples} if samples else {})
    )
    partial = out.with_name(f".{os.getpid()}.{out.name}")
    explanation.plot(limit=len(faces)).savefig(partial)
    os.replace(partial, out)
    result = {
        "figure": str(out),
        "method": explanation.method,
        "faces": [
            {
                "face": face,
                "predicted": predicted,
                "target": aim,
                **dict(zip(explanation.emotions, p.tolist(), strict=True)),
            }
            for face, predicted, aim, p in zip(
                faces.ids, explanation.predicted, explanation.targets, explanation.probabilities, strict=True
            )
        ],
    }
    typer.echo(json.dumps(result) if as_json else str(out))


def _unique(names: list[str]) -> list[str]:
    return [name if names.count(name) == 1 else f"{i}-{name}" for i, name in enumerate(names)]


def command() -> Callable[..., None]:
    """The command, for the app."""
    return explain
