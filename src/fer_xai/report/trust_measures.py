"""Every trust measurement in numbers: one table per measure, methods in rows, what was measured on in columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from fer_xai.charts.words import method_name, plain, signed
from fer_xai.evaluation.trust.verdict import BLIND

# What each measure is, in the order of the page; a measure that is not here is not shown.
_TITLES = {
    "deletion": (
        "Deletion",
        "Area under the answer's probability while the most important places go first. Lower is better.",
    ),
    "insertion": ("Insertion", "The same while they come first. Higher is better."),
    "faithfulness_correlation": (
        "Faithfulness correlation",
        "Do the attributions of hidden places add up to what hiding them costs? −1 to 1, higher is better.",
    ),
    "region_agreement": (
        "Region agreement",
        "Do the regions that hold most of the map cost most when hidden? Rank correlation, higher is better.",
    ),
    "truth_mass": (
        "On the truth",
        "Share of the map on the pixels that tell the expression, known on drawn faces. Higher is better.",
    ),
    "truth_rank": (
        "Truth found",
        "Share of those pixels among as many of the map's largest. Higher is better.",
    ),
    "stability": ("Stability", "Rank correlation with the map of the changed face, moved back. Higher is better."),
    "sanity": ("Sanity", "Rank correlation with the map of a model whose weights are random. Lower is better."),
    "sanity_size": ("Sanity of sizes", "The same of the maps without their signs. Lower is better."),
    "grain": ("Grain", "Width of the smallest thing on the map. Has no chance level."),
    "sparseness": ("Sparseness", "Gini index, 0 (all pixels equal) to 1 (one pixel). Has no good end."),
    "effective_area": ("Effective area", "Share of the picture that the map takes up. Has no good end."),
}


@dataclass(frozen=True)
class Measure:
    """One measure's table: a title, what it is, columns, and per method its figures with interval and chance level."""

    title: str
    note: str
    columns: list[str]
    rows: list[tuple[str, list[tuple[str, str, str]]]]


def map_name(method: str) -> str:
    """A method, or a map that is no explanation, as the page calls it."""
    return BLIND[method].capitalize() if method in BLIND else method_name(method)


def measures(trust: pd.DataFrame, order: list[str]) -> list[Measure]:
    """All measures that a study has, methods in the given order."""
    found = []
    for metric, (title, note) in _TITLES.items():
        rows = trust[trust["metric"] == metric]
        if rows.empty:
            continue
        keys = list(dict.fromkeys(zip(rows["variant"], rows["fill"], strict=True)))
        known = {(row.method, row.variant, row.fill): row for row in rows.itertuples()}
        write = signed if (rows[["value", "low", "chance"]] < 0).to_numpy().any() else plain
        lines = [
            (map_name(method), [_cell(known.get((method, *key)), write) for key in keys])
            for method in order
            if any((method, *key) in known for key in keys)
        ]
        found.append(Measure(title, note, [", ".join(part for part in key if part) for key in keys], lines))
    return found


def _cell(row: object, write: Callable[[float], str]) -> tuple[str, str, str]:
    """The figure, its interval and its chance level, all of a measure with signs or none."""
    if row is None or not row.n:  # type: ignore[attr-defined]
        return "–", "", ""
    value, low, high, chance = (getattr(row, name) for name in ("value", "low", "high", "chance"))
    interval = f"{write(low)} to {write(high)}" if low == low else "no interval"
    return write(value), interval, f"chance {write(chance)}" if chance == chance else ""
