"""``fer-xai train``: train a recipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from fer_xai.cli import options
from fer_xai.cli.errors import one_line
from fer_xai.cli.quiet import load_tensorflow
from fer_xai.errors import InputError


@one_line
def train(
    recipe: Annotated[str, typer.Argument(help="A name that fer-xai recipes lists.", show_default=False)],
    data: Annotated[str, typer.Option("--data", "-d", help="FER2013 CSV, image folders or .npz.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The .keras file to write.", show_default=False)],
    seed: options.Seed = 0,
    precision: Annotated[str, typer.Option(help="float32, or mixed_bfloat16 where the machine has it.")] = "float32",
    ferplus: options.Ferplus = None,
    drop: options.Drop = None,
    as_json: options.Json = False,
) -> None:
    """Train a recipe; a run that was stopped goes on when the same command is given again.

    Example: fer-xai train compact --data fer2013.csv --out my.keras
    """
    load_tensorflow()
    import numpy as np

    from fer_xai.faces import Faces, load_faces
    from fer_xai.training.fit import fit
    from fer_xai.training.recipe import list_recipes

    known = list_recipes()
    if recipe not in known:
        raise InputError(f"unknown recipe {recipe!r}; known are {', '.join(known)}")
    if out.suffix != ".keras":
        raise InputError(f"--out {out}: expected a name that ends in .keras")
    chosen = known[recipe]
    faces = load_faces(data, ferplus=ferplus, drop=tuple(drop or ()))

    def part(split: str) -> tuple[np.ndarray, np.ndarray]:
        rows = (faces.table["split"] == split).to_numpy()
        if not rows.any():
            raise InputError(f"{data} has no {split} split; training needs train and validation")
        return _arrays(faces[rows])

    def _arrays(some: Faces) -> tuple[np.ndarray, np.ndarray]:
        strange = set(some.labels) - set(chosen.emotions)
        if strange:
            raise InputError(f"{data} has labels {strange} that recipe {recipe} does not know; use --drop or --ferplus")
        return some.pixels(), np.array([chosen.emotions.index(str(label)) for label in some.labels])

    history = fit(
        chosen, part("train"), part("validation"), out, seed=seed, precision=precision,
        report=lambda line: print(line, file=sys.stderr),
    )  # fmt: skip
    best = max(history, key=lambda row: row["val_accuracy"])
    typer.echo(json.dumps({"model": str(out), **best}) if as_json else str(out))


def command() -> Callable[..., None]:
    """The command, for the app."""
    return train
