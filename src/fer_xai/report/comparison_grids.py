"""Differences between two models laid out for the template: rows with a value, its interval and what chance has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.charts.colours import diverging
from fer_xai.charts.words import NOTHING, codebook_name, in_region_order, method_name, region_name, whole_points
from fer_xai.comparison.regions import ALL
from fer_xai.comparison.verdict import pair_rows
from fer_xai.few import FEWEST_OF_BOOTSTRAP
from fer_xai.report.grids import Cell, Grid

FULL = 0.20  # a difference of shares, or of probability, drawn at full colour
_PALER = 3  # how much paler a difference is drawn that chance would give as well
_MEASURES = {
    "outside": ("outside the face", "the face's surroundings"),
    "central": ("on brows, eyes, nose and mouth", "their area"),
    "spread": ("spread: share of the picture that the map covers", "a flat map"),
}


@dataclass(frozen=True)
class Row:
    """One figure of two models and its difference, which is drawn as a bar with its interval.

    Attributes
    ----------
    name : str
    value, other : float
        Of the first and the second model.
    chance : float
        What a map that knows nothing has; NaN where there is none.
    difference, low, high : float
    significant : bool
        After Holm's correction.
    n : int
    p : float
        Corrected.
    """

    name: str
    value: float
    other: float
    chance: float
    difference: float
    low: float
    high: float
    significant: bool
    n: int
    p: float

    @classmethod
    def of(cls, name: str, row: Any, value: str, other: str, chance: float = float("nan")) -> Row:
        """A row of a table of differences; of too few faces without the interval, a bootstrap's."""
        low, high = (row["low"], row["high"]) if row["n"] >= FEWEST_OF_BOOTSTRAP else (np.nan, np.nan)
        return cls(
            name, float(row[value]), float(row[other]), float(chance), float(row["difference"]), float(low),
            float(high), bool(row["significant"]), int(row["n"]), float(row["p_holm"]),
        )  # fmt: skip


def reach(tables: Iterable[Sequence[Any]]) -> float:
    """The end of the one axis of several tables, whose rows come last: differences are drawn from −reach to reach."""
    rows = [row for *_, own in tables for row in own]
    ends = [abs(end) for row in rows for end in (row.low, row.high, row.difference) if np.isfinite(end)]
    return max([*ends, 0.05]) * 1.05


def one_row(table: pd.DataFrame, model: str, other: str) -> Any:
    """The single row of a pair; None where there is none."""
    rows = pair_rows(table, model, other)
    return rows.iloc[0] if len(rows) else None


def region_rows(table: pd.DataFrame, model: str, other: str, method: str, level: str) -> list[Row]:
    """Shares of a method's positive attribution in each region over all faces, from the forehead down."""
    rows = pair_rows(table, model, other)
    rows = rows[(rows["method"] == method) & (rows["level"] == level) & (rows["emotion"] == ALL)].set_index("region")
    return [
        Row.of(region_name(region), rows.loc[region], "share", "other_share", rows.loc[region, "area"])
        for region in in_region_order(rows.index)
        if rows.loc[region, "n"] > 1
    ]


def region_emotions(table: pd.DataFrame, model: str, other: str, method: str) -> Grid:
    """Coarse regions × emotions: difference of the shares in points, a star where it is beyond chance."""
    rows = pair_rows(table, model, other)
    rows = rows[(rows["method"] == method) & (rows["level"] == "coarse") & (rows["emotion"] != ALL)]
    counts = rows.groupby("emotion", sort=False)["n"].max()
    lines = []
    for region in in_region_order(rows["region"]):
        own = rows[rows["region"] == region].set_index("emotion")
        lines.append((region_name(region), [_points(own.loc[emotion]) for emotion in counts.index]))
    return Grid(method_name(method), [(str(e), f"n = {n}") for e, n in counts.items()], lines)


def confusion_differences(table: pd.DataFrame, model: str, other: str) -> Grid:
    """Labels × answers: difference of the shares of the label's faces in points, a star where it is beyond chance."""
    rows = pair_rows(table, model, other)
    answers = list(dict.fromkeys(rows["predicted"]))
    lines = []
    for label in dict.fromkeys(rows["label"]):
        own = rows[rows["label"] == label].set_index("predicted")
        lines.append((f"{label} ({own['n'].iloc[0]})", [_points(own.loc[answer]) for answer in answers]))
    return Grid("Difference in calling faces so, in points", [(answer, "") for answer in answers], lines)


def focus_rows(
    differences: pd.DataFrame, focus: pd.DataFrame, model: str, other: str, methods: Sequence[str]
) -> list[tuple[str, list[Row]]]:
    """For each measure of focus, a row per method."""
    rows = pair_rows(differences, model, other).set_index(["measure", "method"])
    chance = focus[focus["model"] == model].set_index(["measure", "method"])["chance"]
    found = []
    for measure, (words, null) in _MEASURES.items():
        lines = [
            Row.of(method_name(method), rows.loc[measure, method], "value", "other_value", chance[measure, method])
            for method in methods
            if rows.loc[(measure, method), "n"] > 1
        ]
        found.append((f"{words[0].upper()}{words[1:]} (chance: {null})", lines))
    return found


def specificity_rows(
    table: pd.DataFrame, model: str, other: str, methods: Sequence[str]
) -> list[tuple[str, list[Row]]]:
    """For each method, S by codebook; without those that could not be had."""
    rows = pair_rows(table, model, other)
    found = []
    for method in methods:
        own = rows[(rows["method"] == method) & rows["difference"].notna()]
        lines = [Row.of(codebook_name(str(r["codebook"])), r, "value", "other_value", 0.0) for _, r in own.iterrows()]
        if lines:
            found.append((method, lines))
    return found


def agreement_rows(table: pd.DataFrame, model: str, other: str, methods: Sequence[str]) -> list[tuple[str, Any]]:
    """Agreement of the two models' maps, a row per method."""
    rows = pair_rows(table, model, other).set_index("method")
    return [(method, rows.loc[method]) for method in methods if method in rows.index]


def contrast_grids(table: pd.DataFrame | None, model: str, other: str) -> list[tuple[str, str, int, list[Row]]]:
    """For either model that alone is right: what each region adds for the label against the wrong answer, in both."""
    found = []
    rows = pair_rows(table, model, other) if table is not None else pd.DataFrame()
    for right, wrong in ((model, other), (other, model)):
        own = rows[rows["right"] == right].set_index("region") if len(rows) else rows
        if len(own):
            lines = [
                Row.of(region_name(region), own.loc[region], "value", "other_value")
                for region in in_region_order(own.index)
            ]
            found.append((right, wrong, int(own["n"].iloc[0]), lines))
    return found


def calibration_rows(table: pd.DataFrame) -> list[Any]:
    """One row per model."""
    return [row for _, row in table.iterrows()]


def _points(row: pd.Series) -> Cell:
    value = float(row["difference"])
    star, shown = ("*", value) if row["significant"] else ("", float(np.clip(value, -FULL, FULL)) / _PALER)
    return Cell(diverging(shown, FULL), f"{whole_points(value)}{star}" if np.isfinite(value) else NOTHING)
