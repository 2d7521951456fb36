"""Each recipe at length: it overfits 64 faces, trains two epochs on a part of the data, and passes through ``report``.

    make recipes DATA=fer2013.csv            or: python benchmarks/recipes.py --data fer2013.csv [--only NAME …]

Dropout and augmentation are off while it overfits, and all layers learn. Backbones have random weights unless
``--backbone-weights`` says otherwise. Prints a row per recipe and records it in the leaderboard
(``src/fer_xai/training/leaderboard/tries.csv``); a recipe that is recorded with the net it has now is not tried again,
so a run that was stopped goes on. Exits with 1 if one fails.
"""

from __future__ import annotations

import argparse
import csv
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fer_xai.atomic import write_bytes
from fer_xai.faces import load_faces
from fer_xai.training.data import arrays
from fer_xai.training.leaderboard import FOLDER, tries
from fer_xai.training.machine import describe_machine
from fer_xai.training.recipe import Recipe, list_recipes

FACES, ENOUGH, STEPS = 64, 0.95, 400


def main() -> None:
    """Run all recipes, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--ferplus", help="votes for the recipes on FER+")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--limit", type=int, default=2000)
    parser.add_argument("--backbone-weights", default="none")
    options = parser.parse_args()
    failed = False
    for recipe in list_recipes().values():
        if options.only and recipe.name not in options.only:
            continue
        if recipe.labels == "ferplus" and not options.ferplus:
            print(f"{recipe.name:<32} left out: needs --ferplus", flush=True)
            continue
        known = [row for row in tries() if (row["recipe"], row["parameters"]) == (recipe.name, str(recipe.parameters))]
        row = known[0] if known else record(attempt(recipe, options))
        failed |= float(row["overfitted"]) < ENOUGH or row["report"] != "written"
        told = f"{float(row['overfitted']):.0%} of {FACES} faces in {row['steps']} steps, report {row['report']}"
        print(f"{recipe.name:<32} {told}, {row['seconds']} s", flush=True)
    sys.exit(failed)


def attempt(recipe: Recipe, options: argparse.Namespace) -> dict[str, Any]:
    """A recipe's row of the record."""
    started = time.monotonic()
    accuracy, steps = overfit(recipe, options.data, options.ferplus)
    written = trains_and_reports(recipe, options)
    return {
        "recipe": recipe.name,
        "parameters": recipe.parameters,
        "overfitted": round(accuracy, 4),
        "steps": steps,
        "faces": options.limit,
        "report": "written" if written else "failed",
        "seconds": round(time.monotonic() - started),
        "machine": describe_machine(),
    }


def record(row: dict[str, Any]) -> dict[str, Any]:
    """Put a row in the place of the recipe's earlier one, in order of names, and return it."""
    rows = [old for old in tries() if old["recipe"] != row["recipe"]] + [row]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row), lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: row["recipe"]))
    write_bytes(FOLDER / "tries.csv", text.getvalue().encode())
    return row


def overfit(recipe: Recipe, data: str, ferplus: str | None) -> tuple[float, int]:
    """Share of 64 faces found after training on them alone, and after how many steps."""
    votes = ferplus if recipe.labels == "ferplus" else None
    faces = load_faces(data, split="train", ferplus=votes, drop=recipe.dropped, limit=FACES)
    pixels, labels = arrays(recipe, faces)
    inputs, targets = pixels.astype(np.float32) / 255, np.eye(len(recipe.emotions), dtype=np.float32)[labels]
    keras.utils.set_random_seed(0)
    net = recipe.build(len(recipe.emotions))
    for layer in net._flatten_layers():
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9  # so that few steps are enough for its statistics
    net.compile(keras.optimizers.Adam(3e-4), recipe.loss.build(recipe.emotions), metrics=["accuracy"])
    steps = 0
    while steps < STEPS:
        net.fit(inputs, targets, batch_size=FACES, epochs=20, verbose=0)
        steps += 20
        accuracy = float(net.evaluate(inputs, targets, batch_size=FACES, verbose=0)[1])
        if accuracy >= ENOUGH:
            break
    return accuracy, steps


def trains_and_reports(recipe: Recipe, options: argparse.Namespace) -> bool:
    """Whether two epochs on a part of the data, and a report on the result, end well."""
    with tempfile.TemporaryDirectory() as folder:
        model, program = Path(folder, "m.keras"), [sys.executable, "-m", "fer_xai"]
        data = ["--data", options.data]
        if recipe.labels == "ferplus":
            data += ["--ferplus", options.ferplus]
        for emotion in recipe.dropped:
            data += ["--drop", emotion]
        train = ["train", recipe.name, *data, "--out", str(model), "--epochs", "2", "--limit", str(options.limit)]
        if recipe.backbone is not None or recipe.members:
            train += ["--backbone-weights", options.backbone_weights]
        report = ["report", *data, "--model", str(model), "--out", str(Path(folder, "report")), "--limit", "14"]
        # An average has no last convolution.
        methods = "occlusion,saliency" if recipe.members else "gradcam,saliency"
        report += ["--methods", methods, "--trust", "2"]
        ended = [subprocess.run([*program, *command], capture_output=True, text=True) for command in (train, report)]
        for process in ended:
            if process.returncode:
                print(process.stderr[-500:], file=sys.stderr)
        return not any(process.returncode for process in ended)


if __name__ == "__main__":
    main()
