"""``fer-xai explain``: explain some pictures in one figure."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from fer_xai.cli import early, opening, options
from fer_xai.cli.errors import one_line
from fer_xai.cli.loudness import remark
from fer_xai.cli.progress import spinning
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError

if TYPE_CHECKING:
    from fer_xai.classifier import Classifier
    from fer_xai.explanation import Explanation
    from fer_xai.faces import Faces


@one_line
def explain(
    images: Annotated[
        list[Path],
        typer.Argument(help="Face crops or photos with one face; or a CSV or .npz, with --face.", show_default=False),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="The figure: .png, .svg or .pdf; or .npz, the explanation itself.", show_default=False
        ),
    ],
    model: options.Model = None,
    face: Annotated[
        list[str] | None,
        typer.Option(help="A face of a CSV or .npz by its name, as row-543; may be repeated.", show_default=False),
    ] = None,
    method: options.Method = "lime",
    target: options.TargetOrEvery = "predicted",
    kind: Annotated[
        str,
        typer.Option(
            help="What is drawn: panels, overlay, progressive (LIME; SHAP by regions or segments), regions or bars.",
            callback=early.kind,
        ),
    ] = "panels",
    samples: Annotated[
        int | None,
        typer.Option(
            min=2, help="Masked passes of a sampling method.", show_default=False, rich_help_panel=options.METHOD
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            help="Any option of the method, as NAME=VALUE; may be repeated.",
            show_default=False,
            rich_help_panel=options.METHOD,
        ),
    ] = None,
    seed: options.Seed = 0,
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
    """Explain pictures: face, attribution and probabilities in one figure.

    Example, a photo by the bundled classifier and LIME: fer-xai explain photo.jpg --out why.png

    Example, two rows of a table: fer-xai explain fer2013.csv --face row-0 --face row-543 --out why.png

    Example, why fear rather than surprise:
    fer-xai explain photo.jpg --method occlusion --target fear-surprise --out why.png

    Example, what speaks for each emotion: fer-xai explain photo.jpg --target every --out why.png

    Example, a layer of one's own model:
    fer-xai explain a.png b.png -m M.h5 --method gradcam --option layer=conv2d_3 -o why.pdf

    Example, kept for Explanation.load: fer-xai explain photo.jpg --method lime:regions --out why.npz
    """
    from fer_xai.api import explain as explain_faces
    from fer_xai.atomic import write_bytes
    from fer_xai.explainers.options import parse_options

    if out.suffix not in (".png", ".svg", ".pdf", ".npz"):
        raise InputError(f"--out {out}: expected a name that ends in .png, .svg, .pdf or .npz")
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise InputError(f"--out {out} cannot be written: give a file in a folder that exists and can be written")
    _refuse_what_is_no_picture(images)
    chosen = parse_options(method, [*(option or ()), *([f"samples={samples}"] if samples else ())])
    opening.check_places([model])
    load_tensorflow()
    classifier = opening.open_classifier(
        model, emotions, scaling, trust_model, colour, output, input_shape, builder, illumination
    )
    height, width, _ = classifier.input_shape
    size = (height, width) if height and width else (48, 48)
    faces = _open_pictures(images, size, face or [])
    with spinning(f"explaining {len(faces)} face{'s' if len(faces) > 1 else ''} by {method}"):
        explanation = explain_faces(classifier, faces, method=method, target=target, seed=seed, **chosen)
    _tell_what_is_empty(explanation)
    _tell_what_is_coarse(explanation, classifier)
    if out.suffix == ".npz":
        explanation.save(out)
    else:
        write_bytes(out, _drawn(explanation, kind, out.suffix))
    written = {"explanation" if out.suffix == ".npz" else "figure": str(out)}
    result = {**written, "method": explanation.method, "faces": _rows(explanation)}
    typer.echo(json.dumps(result) if as_json else str(out))


def _tell_what_is_empty(explanation: Explanation) -> None:
    """Why a picture shows no colour: the model does not react, or what the method computes is no number."""
    from fer_xai.figures.pictured import without_regions

    blind = np.zeros(len(explanation), bool)
    if explanation.segments is not None:
        blind = without_regions(explanation.method, explanation.segments)
    undefined = explanation.details.get("undefined", [False] * len(explanation))
    for n, face in enumerate(explanation.faces.ids):
        if undefined[n]:
            remark(f"{face}: {explanation.method} is not a number there, so its map is left empty")
        elif blind[n]:
            remark(f"{face}: no landmarks were found, so its regions are not known: all of it counts as background")
        elif not explanation.attributions[n].any():
            remark(f"{face}: the map is empty, by {explanation.method} nothing in the face moves the answer")


def _tell_what_is_coarse(explanation: Explanation, classifier: Classifier) -> None:
    """That a layer of a few cells cannot show one facial region apart from another, and which one could."""
    from fer_xai.figures.pictured import FEW_CELLS

    rows, columns = explanation.details.get("grid", (FEW_CELLS, FEW_CELLS))
    if min(rows, columns) < FEW_CELLS:
        finer = _finer_layer(classifier)
        remark(
            f"{explanation.method}: layer {explanation.details['layer']} sees the face as {rows}×{columns} blocks, "
            f"larger than a mouth or an eye{f'; a finer one: --option layer={finer}' if finer else ''}"
        )


def _finer_layer(classifier: Classifier) -> str | None:
    """The last convolution with cells enough."""
    from fer_xai.evaluation import describe_anatomy
    from fer_xai.figures.pictured import FEW_CELLS

    layers = describe_anatomy(classifier).layers
    for path, kind, shape in layers[["path", "kind", "shape"]].iloc[::-1].itertuples(index=False):
        sides = re.findall(r"\d+", shape)
        if "Conv" in kind and len(sides) == 3 and min(map(int, sides[:2])) >= FEW_CELLS:
            return str(path)
    return None


def _refuse_what_is_no_picture(images: list[Path]) -> None:
    for image in images:
        if image.is_dir():
            raise InputError(f"{image} is a folder: name its pictures, or give it whole: fer-xai report --data {image}")
        if not image.exists():
            raise InputError(f"no picture at {image}")


def _open_pictures(images: list[Path], size: tuple[int, int], names: list[str]) -> Faces:
    """The face of each picture, and of a table those that are named; all in colour as soon as one is."""
    import numpy as np

    from fer_xai.faces import Faces
    from fer_xai.faces.formats import image as picture
    from fer_xai.faces.images import name_of

    tables = [image for image in images if not picture.reads(image)]
    if names and len(tables) != 1:
        held = f"{len(tables)} tables" if tables else "no table"
        raise InputError(f"--face {names[0]}: names faces of one table, a CSV or .npz; received {held}")
    chosen, called = [], []
    for image in images:
        part = opening.read_faces(image, size=size)
        part = _named(image, part, names) if image in tables else part
        chosen.append(part)
        called += list(part.ids) if image in tables else [name_of(image.name)]
    pixels = [part.pixels() for part in chosen]
    in_colour = any(part.shape[-1] == 3 for part in pixels)
    stacked = np.concatenate([np.broadcast_to(p, (*p.shape[:3], 3)) if in_colour else p for p in pixels])
    labels = [label for part in chosen for label in part.labels]
    return Faces.from_array(stacked, labels, ids=_unique(called))


def _named(table: Path, faces: Faces, names: list[str]) -> Faces:
    if not names and len(faces) > 1:
        raise InputError(
            f"{table} holds {len(faces)} faces: name some, as --face {faces.ids[0]}, or give all to fer-xai report "
            f"--data {table}"
        )
    return faces[names] if names else faces


def _drawn(explanation: Explanation, kind: str, suffix: str) -> bytes:
    picture = io.BytesIO()
    explanation.plot(kind, limit=len(explanation)).savefig(picture, format=suffix[1:])
    return picture.getvalue()


def _rows(explanation: Explanation) -> list[dict[str, Any]]:
    """What is said of each face."""
    rows = []
    for n, face in enumerate(explanation.faces.ids):
        told = {"face": face, "predicted": explanation.predicted[n], "target": explanation.targets[n]}
        empty = not bool(explanation.attributions[n].any())
        probabilities = zip(explanation.emotions, explanation.probabilities[n].tolist(), strict=True)
        rows.append({**told, "map_is_empty": empty, **dict(probabilities)})
    return rows


def _unique(names: list[str]) -> list[str]:
    return [name if names.count(name) == 1 else f"{i}-{name}" for i, name in enumerate(names)]


def command() -> Callable[..., None]:
    """The command, for the app."""
    return explain
