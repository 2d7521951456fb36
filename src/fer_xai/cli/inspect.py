"""``fer-xai inspect``: what a model is, and how it was meant to be used."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fer_xai.charts.words import listing
from fer_xai.cli import early, opening, options
from fer_xai.cli.errors import one_line
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError

if TYPE_CHECKING:
    from fer_xai.classifier import Classifier
    from fer_xai.evaluation import Anatomy, Inspection
    from fer_xai.faces import Faces

_SAMPLE = 500
_ENOUGH = 200  # validation faces; of fewer the evidence is mostly too weak, and others are asked too


@one_line
def inspect(
    model: Annotated[Path, typer.Argument(help="A .keras, .h5 or .hdf5 file, or a SavedModel.", show_default=False)],
    data: Annotated[
        str | None,
        typer.Option("--data", "-d", help="Labelled faces: FER2013 CSV, image folders, .npz.", show_default=False),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="train, validation or test; default validation where that has 200, else all.",
            show_default=False,
            callback=early.split,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Take a sample of so many faces, stratified by label.")] = _SAMPLE,
    seed: options.Seed = 0,
    cleaning: options.Cleaning = None,
    emotions: options.Emotions = None,
    scaling: options.Scaling = None,
    colour: options.Colour = None,
    output: options.Output = None,
    input_shape: options.InputShape = None,
    builder: options.Builder = None,
    illumination: options.Illumination = None,
    trust_model: options.TrustModel = False,
    as_json: options.Json = False,
) -> None:
    """Say what a model is; with labelled faces, find its scaling, colour and emotion order.

    Without [bold]--data[/bold]: layers, input, output, where the logits are, which methods apply. With it, every
    scaling, colour and order is tried, what was declared is checked, and the answer is written beside the model, so
    that nobody has to say it again.

    Example, its layers and the methods that work: fer-xai inspect model.h5

    Example, its scaling and emotion order: fer-xai inspect model.h5 --data fer2013.csv
    """
    from fer_xai.classifier.bundled import is_bundled, model_path

    path = model_path(model)
    if data and is_bundled(path):
        raise InputError(
            f"{model} is bundled, so how it was trained is known: inspect it without --data; fer-xai evaluate tells "
            "how often it is right"
        )
    faces, others = _open_faces(data, split, limit, seed, cleaning) if data else (None, "")
    load_tensorflow()
    from fer_xai.classifier.files import read_model
    from fer_xai.cli.inspect_tables import show
    from fer_xai.evaluation import describe_anatomy, inspect_classifier
    from fer_xai.explainers import methods_for

    said = {
        "emotions": emotions,
        "scaling": scaling,
        "colour": colour,
        "output": output,
        "illumination": illumination,
    }
    shape = opening.read_shape(input_shape) if input_shape else None
    if trust_model:
        opening.say_what_runs(path)
    keras_model = read_model(path, trust_model, opening.read_builder(builder) if builder else None, shape)
    classifier, origin = _classifier(path, keras_model, said, shape)
    anatomy, methods = describe_anatomy(classifier), methods_for(classifier)
    found = inspect_classifier(classifier, faces, origin=origin, seed=seed) if faces is not None else None
    written = _write(path, classifier, found, origin)
    if as_json:
        typer.echo(json.dumps(_plain(classifier, anatomy, methods, found, origin, written)))
    else:
        show(classifier, anatomy, methods, found, origin, written, more=bool(others))
        if faces is not None:
            splits = sorted(set(faces.table["split"]) - {""})
            which = f" of the {listing(splits)} split{'s' if len(splits) > 1 else ''}" if splits else ""
            other = f" ({others})" if others else ""
            typer.echo(f"Asked: {len(faces)} labelled faces{which} of {data}{other}.")


def _open_faces(data: str, split: str | None, limit: int, seed: int, cleaning: Path | None) -> tuple[Faces, str]:
    """Labelled faces of the split; without one, validation if that is enough, else all; and what else there is."""

    faces = opening.read_faces(data, split=split, cleaning=cleaning)
    faces = everything = faces[faces.table["label"].notna().to_numpy()]
    if not len(faces):
        raise InputError(
            f"{data} has no labelled faces: give labelled ones (a CSV with a column emotion, or folders by "
            "emotion), or inspect the model without --data"
        )
    if split is None:
        validation = faces[(faces.table["split"] == "validation").to_numpy()]
        faces = validation if len(validation) >= min(_ENOUGH, limit) else faces
    return faces.sample(limit, seed), _others(everything, faces, limit)


def _others(everything: Faces, faces: Faces, limit: int) -> str:
    """How to ask further faces; empty where there are none."""
    splits = opening.other_splits(everything, faces)
    said = [f"--limit asks more, of {len(faces):,}"] if len(faces) > limit else []
    return "; ".join([*said, *([f"--split asks others: {splits}"] if splits else [])])


def _classifier(
    path: Path, keras_model: Any, said: dict[str, Any], shape: tuple[int, ...] | None
) -> tuple[Classifier, dict[str, str]]:
    """The classifier as declared, and who declared what. Nothing is remembered: with data, a claim is checked first."""
    from fer_xai.classifier import Classifier
    from fer_xai.classifier.bundled import SETTINGS, is_bundled
    from fer_xai.classifier.memory import recall
    from fer_xai.classifier.outputs import find_output
    from fer_xai.classifier.shapes import find_input_shape
    from fer_xai.emotions import CANONICAL

    given = {key: value for key, value in said.items() if value is not None}
    remembered = SETTINGS if is_bundled(path) else recall(path)
    origin = dict.fromkeys(("scaling", "colour", "emotions"), "default")
    origin |= dict.fromkeys(remembered, "bundled" if is_bundled(path) else "remembered") | dict.fromkeys(
        given, "command line"
    )
    settings = remembered | given
    if "emotions" not in settings:
        count = find_output(keras_model, find_input_shape(keras_model, shape), settings.get("output")).count
        if count not in (7, 8) and 2 <= count <= len(CANONICAL):
            # No order is usual for so many outputs: names are needed to open the model, but they mean nothing yet.
            settings["emotions"], origin["emotions"] = CANONICAL[:count], "unknown"
    return Classifier(keras_model, name=path.stem, input_shape=shape, **settings), origin


def _write(path: Path, classifier: Classifier, found: Inspection | None, origin: dict[str, str]) -> Path | None:
    """Remember what was found, or without faces what was said."""
    from fer_xai.classifier import remember
    from fer_xai.classifier.bundled import is_bundled

    if found is not None:
        return remember(path, found.classifier(classifier)) if found.settled else None
    if "command line" not in origin.values() or is_bundled(path):
        return None
    said = {name for name, who in origin.items() if who in ("command line", "remembered")}
    return remember(path, classifier, said)


def _plain(
    classifier: Classifier,
    anatomy: Anatomy,
    methods: dict[str, str | None],
    found: Inspection | None,
    origin: dict[str, str],
    written: Path | None,
) -> dict[str, Any]:
    told = dataclasses.asdict(anatomy) | {"layers": anatomy.layers.to_dict("records"), "methods": methods}
    unknown = origin["emotions"] == "unknown"
    told |= {
        "scaling": classifier.scaling,
        "colour": classifier.colour,
        "illumination": classifier.illumination,
        "emotions": None if unknown else classifier.emotions,
        "origin": origin,
        "accuracy": None,
        "candidates": [],
        "declared": None,
        "warning": None,
        "written": str(written) if written else None,
    }
    if found is not None:
        plain = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
        told |= plain | {
            "accuracy": dataclasses.asdict(found.accuracy),
            "candidates": found.candidates.to_dict("records"),
            "per_output": found.per_output.to_dict("records"),
            "declared": _declared(found.declared),
        }
    return told


def _declared(declared: dict[str, Any]) -> dict[str, Any]:
    accuracy = declared["accuracy"]
    return declared | {"accuracy": dataclasses.asdict(accuracy) if accuracy else None}


def command() -> Callable[..., None]:
    """The command, for the app."""
    return inspect
