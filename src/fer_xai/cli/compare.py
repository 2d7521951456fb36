"""``fer-xai compare``: two or more models on the same faces."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fer_xai.cli import early, opening, options
from fer_xai.cli.errors import one_line
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError

if TYPE_CHECKING:
    from fer_xai.classifier import Classifier
    from fer_xai.comparison import Comparison

_EACH = "Once for all models, or once for each, in their order."


@one_line
def compare(
    models: Annotated[
        list[Path], typer.Argument(help="Two or more model files, or names of bundled classifiers.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the comparison; the same command resumes there.")],
    data: options.Data = None,
    split: options.Split = None,
    methods: Annotated[
        str | None,
        typer.Option(
            help="Comma list; default occlusion,shap:regions,gradcam.",
            show_default=False,
            rich_help_panel=options.METHOD,
            autocompletion=options.known("list_explainers"),
        ),
    ] = None,
    codebook: options.Codebook = "facs2002",
    limit: options.Limit = None,
    seed: options.Seed = 0,
    ferplus: options.Ferplus = None,
    drop: options.Drop = None,
    cleaning: options.Cleaning = None,
    emotions: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Order of the outputs: fer2013, ferplus, alphabetical, or a,b,c. {_EACH}",
            callback=early.emotions,
            rich_help_panel=options.MODEL,
        ),
    ] = None,
    scaling: Annotated[
        list[str] | None,
        typer.Option(
            help=f"unit (0…1), tf (−1…1), caffe, torch, raw (0…255) or zscore:MEAN,STD. {_EACH}",
            callback=early.scaling,
            rich_help_panel=options.MODEL,
        ),
    ] = None,
    trust_model: options.TrustModel = False,
    as_json: options.Json = False,
) -> None:
    """Compare models on the same faces: which is right more often, and which looks at faces for better reasons?

    Labelled faces are explained for their label, so that all models are asked the same question. Each model is used as
    it was last opened: what was said of its scaling, colour and emotion order is read from the file beside it.

    Example, the two bundled classifiers: fer-xai compare compact baseline-cnn --out comparison/

    Example: fer-xai compare A.keras B.h5 --data fer2013.csv --split test --limit 500 --out comparison/

    Example, models with scalings of their own:
    fer-xai compare A.h5 B.h5 --scaling tf --scaling unit -d faces/ -o comparison/
    """
    from fer_xai.cli.progress import bar
    from fer_xai.comparison.run import OWN
    from fer_xai.study.files import check_folder

    if len(models) < 2:
        raise InputError("received one model to compare: give two or more")
    if (out / "study.json").exists():
        raise InputError(f"--out {out} holds a report: give the comparison a folder of its own")
    check_folder(out, own=OWN)
    said = {"emotions": _each(emotions, len(models), "emotions"), "scaling": _each(scaling, len(models), "scaling")}
    opening.check_places(models, data)
    load_tensorflow()
    opened = [
        opening.open_classifier(model, said["emotions"][i], said["scaling"][i], trust_model)
        for i, model in enumerate(models)
    ]
    faces = opening.open_faces(data, split, limit, seed, ferplus, drop, cleaning)
    splits = ", ".join(sorted(set(faces.table["split"]) - {""}))
    from fer_xai.comparison import run_comparison
    from fer_xai.report import render
    from fer_xai.report.comparison import render_comparison

    with bar() as track:
        comparison = run_comparison(
            named(opened, models),
            faces,
            out,
            methods=tuple(methods.split(",")) if methods else None,
            codebook=codebook,
            seed=seed,
            data={"source": data or "sample", "split": splits or None},
            track=track,
        )
        for study in comparison.studies.values():
            render(study)
        index = render_comparison(comparison)
    if as_json:
        typer.echo(json.dumps({"index": str(index), **_told(comparison)}))
    else:
        for pair in _told(comparison)["pairs"]:
            typer.echo(pair["sentence"])
        typer.echo(index)


def named(classifiers: list[Classifier], models: list[Path]) -> dict[str, Classifier]:
    """Each classifier by its name; those with the same name by their folder and name, else by a number."""
    names = [classifier.name for classifier in classifiers]
    longer = [f"{model.parent.name}/{name}" for model, name in zip(models, names, strict=True)]
    found: dict[str, Classifier] = {}
    for name, with_folder, classifier in zip(names, longer, classifiers, strict=True):
        chosen = with_folder if names.count(name) > 1 and longer.count(with_folder) == 1 else name
        number, unique = 2, chosen
        while unique in found:
            number, unique = number + 1, f"{chosen} {number}"
        found[unique] = classifier
    return found


def _each(given: list[str] | None, count: int, name: str) -> list[str | None]:
    """One value for each model from none, one, or as many as there are models."""
    values: list[str | None] = [*given] if given else [None]
    if len(values) not in (1, count):
        raise InputError(f"received --{name} {len(values)} times for {count} models: give it once, or once for each")
    return values * count if len(values) == 1 else values


def _told(comparison: Comparison) -> dict[str, Any]:
    from fer_xai.comparison.verdict import judge

    codebook = next(iter(comparison.studies.values())).manifest["codebook"]
    pairs = []
    for model, other in comparison.pairs:
        verdict = judge(comparison.figures, model, other, codebook)
        kept = ("model", "other", "warning", "more_accurate", "better_reasons", "sentence")
        pairs.append({name: getattr(verdict, name) for name in kept})
    return {"models": comparison.models, "pairs": pairs}


def command() -> Callable[..., None]:
    """The command, for the app."""
    return compare
