"""``fer-xai train``: train a recipe."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fer_xai.cli import early, opening, options
from fer_xai.cli.errors import one_line
from fer_xai.cli.loudness import remark
from fer_xai.cli.progress import bar
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError

if TYPE_CHECKING:
    from fer_xai.training.recipe import Recipe

Epochs = Annotated[int | None, typer.Option(min=1, help="At most so many in each phase.", show_default=False)]
BatchSize = Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.", show_default=False)]
PROTOCOLS = ("standard", "document")
Protocol = Annotated[
    str,
    typer.Option(
        help="How faces are split: standard, or document for the document's own way.",
        callback=early.one_of("protocol", PROTOCOLS),
    ),
]
BackboneWeights = Annotated[
    str | None,
    typer.Option(
        help="imagenet (default; downloaded), none (random), or a .h5, .weights.h5 or .keras file.", show_default=False
    ),
]
ExtraTest = Annotated[
    Path | None, typer.Option(help="Folder of more labelled faces, for the test set.", show_default=False)
]
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
Precision = Annotated[
    str,
    typer.Option(
        help="float32, or mixed_bfloat16 where the machine is quicker with it.",
        callback=early.one_of("precision", PRECISIONS),
    ),
]


@one_line
def train(
    recipe: Annotated[
        str, typer.Argument(help="A name that fer-xai recipes lists.", show_default=False, callback=early.recipe)
    ],
    data: Annotated[
        str,
        typer.Option(
            "--data", "-d", help="FER2013 CSV, image folders, .npz, drawn or drawn-cheating.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The .keras file to write.", show_default=False)],
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    protocol: Protocol = "standard",
    backbone_weights: BackboneWeights = None,
    extra_test: ExtraTest = None,
    limit: options.Limit = None,
    seed: options.Seed = 0,
    precision: Precision = "float32",
    ferplus: options.Ferplus = None,
    drop: options.Drop = None,
    cleaning: options.Cleaning = None,
    as_json: options.Json = False,
) -> None:
    """Train a recipe; a run that was stopped goes on when the same command is given again.

    Beside the model stand its card (.md), learning curves (.svg), history (.history.csv) and record (.json).

    Example: fer-xai train app-baseline-cnn --data fer2013.csv --out baseline.keras

    Example, a short try: fer-xai train compact --data fer2013.csv --limit 2000 --epochs 2 --out try.keras
    """
    opening.check_places(data=data)
    load_tensorflow()
    from fer_xai.cli.trained import Run, write_beside

    chosen = choose(recipe, epochs, batch_size, ferplus, drop)
    check_options(chosen, out, ferplus)
    weights = choose_weights(chosen, backbone_weights)
    run = Run(chosen, data, out, protocol, weights, extra_test, limit, seed, precision, ferplus, cleaning)
    overrides = {"--epochs": epochs, "--batch-size": batch_size}
    run.overrides = [f"{name} {value}" for name, value in overrides.items() if value is not None]
    run.read()
    with bar() as track:
        run.go(report=tell, track=track)
    record = write_beside(run)
    tell_result(record, out)
    typer.echo(json.dumps({**record, "model": str(out)}) if as_json else str(out))


def choose(
    name: str, epochs: int | None, batch_size: int | None, ferplus: Path | None, drop: list[str] | None
) -> Recipe:
    """The recipe of a name, with what the command line changes of it."""
    from fer_xai.emotions import canonical
    from fer_xai.training.recipe import list_recipes

    recipe = list_recipes()[name]
    changes: dict[str, Any] = {"dropped": tuple(dict.fromkeys([*recipe.dropped, *map(canonical, drop or ())]))}
    if len(changes["dropped"]) > len(recipe.dropped) or (ferplus is not None and recipe.labels != "ferplus"):
        changes["parameters"] = None
    if ferplus is not None:
        changes["labels"] = "ferplus"
    if epochs is not None:
        changes["phases"] = tuple(dataclasses.replace(p, epochs=min(p.epochs, epochs)) for p in recipe.phases)
    if batch_size is not None:
        changes["batch_size"] = batch_size
    return dataclasses.replace(recipe, **changes)


def check_options(recipe: Recipe, out: Path, ferplus: Path | None) -> None:
    """Refuse what could only fail later."""
    if out.suffix != ".keras":
        raise InputError(f"--out {out}: expected a name that ends in .keras")
    if not out.absolute().parent.is_dir():
        raise InputError(f"--out {out}: there is no folder {out.parent}; make it first")
    if recipe.labels == "ferplus" and ferplus is None:
        raise InputError(
            f"recipe {recipe.name} is trained on FER+ labels: give its votes with --ferplus fer2013new.csv"
        )


def choose_weights(recipe: Recipe, given: str | None) -> str:
    """Where the backbone's weights come from."""
    from fer_xai.training.ensemble import member_recipes

    if recipe.backbone is None and not any(member.backbone for member in member_recipes(recipe)):
        if given is not None:
            raise InputError(f"recipe {recipe.name} has no backbone: leave --backbone-weights out")
        return "none"
    return given or "imagenet"


def tell(line: str) -> None:
    """One line per epoch, on stderr."""
    row = json.loads(line)
    remark(
        f"epoch {row['epoch'] + 1}: loss {row['loss']:.4f}, accuracy {row['accuracy']:.1%}; "
        f"validation loss {row['val_loss']:.4f}, accuracy {row['val_accuracy']:.1%}"
    )


def tell_result(record: dict[str, Any], out: Path) -> None:
    """What came of it, and what lies beside the model, on stderr."""
    for emotion, count in record["left_out"].items():
        remark(f"left out: {count:,} faces of {emotion}, for which {record['recipe']} has no answer")
    part = "test" if record["test"] else "validation"
    if record[part]:
        reached, low, high = (f"{record[part][name]:.1%}" for name in ("accuracy", "low", "high"))
        always = f"always {record['always']['emotion']} would reach {record['always']['accuracy']:.1%}"
        remark(f"right on {reached} of {record[part]['n']:,} {part} faces (95 % interval {low} to {high}; {always})")
    remark(
        f"beside it: {out.stem}.md (card), .svg (learning curves), .history.csv, .json; {out.name}.training, what a "
        "stopped run goes on from, can be deleted now"
    )


def command() -> Callable[..., None]:
    """The command, for the app."""
    return train
