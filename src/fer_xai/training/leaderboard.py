"""What was measured: one JSON file for each training run, from which the list of recipes and the docs page are made.

The files lie in ``training/leaderboard/`` (they ship with the package). ``fer-xai train`` writes one beside each model;
a run is published by copying its file there. No figure stands anywhere else.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "leaderboard"


def runs(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """All published runs, in order of their files' names."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]


def tries(folder: Path = FOLDER) -> list[dict[str, str]]:
    """How each recipe fared when it was tried at length by ``make recipes``, in order of names.

    Returns
    -------
    list of dict
        ``recipe``, ``parameters``, ``overfitted`` (share of 64 faces found after training on them alone), ``steps``,
        ``faces`` of the two epochs that follow, ``report`` (written or failed), ``seconds`` and ``machine``.
    """
    file = folder / "tries.csv"
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def measured(recipe: str, published: list[dict[str, Any]]) -> float | None:
    """Test accuracy of a recipe: on the standard split where it was measured there, else on its document's own.

    Runs on a part of the faces do not count. `None` where the recipe was not trained.
    """
    whole = [run for run in published if run["recipe"] == recipe and run["limit"] is None and run["test"]]
    whole.sort(key=lambda run: run["protocol"] != "standard")
    return whole[0]["test"]["accuracy"] if whole else None
