"""Groups of faces: is it as good for all of them, and does it look at the same places?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from fer_xai.charts.colours import diverging
from fer_xai.charts.words import (
    NOTHING,
    counted,
    in_region_order,
    listing,
    method_name,
    percent,
    points,
    region_name,
    whole_points,
)
from fer_xai.report.figures import Figures
from fer_xai.report.grids import Cell, Grid
from fer_xai.report.wrong import SURE, Compared

_TOLD = 4  # groups in sentences
FULL_COLOUR = 0.1  # a tenth of what speaks for the answer, more or less than on other faces


@dataclass(frozen=True)
class Column:
    """One column of the faces' table: accuracy by group, and what each group's regions have more than the others'."""

    name: str
    lines: list[Compared]
    regions: Grid | None


@dataclass(frozen=True)
class Groups:
    """What the section shows."""

    sentences: list[str]
    columns: list[Column]
    small: int


def section(figures: Figures) -> Groups | None:
    """All columns with groups; `None` where the faces' table has none."""
    rows = figures.tables["groups"]
    if rows.empty:
        return None
    columns = [_column(figures, str(name), part) for name, part in rows.groupby("column", sort=False)]
    sizes = rows[rows["method"] == (figures.lead or "")] if not figures.labelled.any() else rows[rows["method"] == ""]
    small = int(sizes.drop_duplicates(["column", "group"])["small"].sum())
    return Groups([*_accuracy(columns), *_looks(figures, rows)], columns, small)


def _column(figures: Figures, name: str, rows: pd.DataFrame) -> Column:
    good = rows[(rows["method"] == "") & (rows["n"] > 0)]
    lines = [Compared.of(row, str(row["group"])) for _, row in good.iterrows()]
    own = rows[rows["method"] == figures.lead]
    return Column(name.replace("_", " "), lines, _grid(figures, own) if len(own) else None)


def _grid(figures: Figures, rows: pd.DataFrame) -> Grid:
    """Regions × groups: the like-for-like difference in points; small groups without colour."""
    groups = list(dict.fromkeys(rows["group"]))
    known = rows.set_index(["group", "figure"]).sort_index()
    sizes = rows.groupby("group")["n"].first()
    lines = [
        (region_name(region), [_cell(known.loc[(group, region)]) for group in groups])
        for region in in_region_order(rows["figure"].unique())
    ]
    title = f"{method_name(figures.lead or '')}: what speaks for {figures.aim}, against other faces, in points"
    return Grid(title, [(str(group), f"n = {sizes[group]}") for group in groups], lines)


def _cell(row: pd.Series) -> Cell:
    value = float(row["difference"])
    if not math.isfinite(value):
        return Cell("x", NOTHING)
    text = whole_points(value) + ("*" if row["p_holm"] < SURE else "")
    return Cell("x" if row["small"] else diverging(value, FULL_COLOUR), text)


def _accuracy(columns: list[Column]) -> list[str]:
    count = sum(len(column.lines) for column in columns)
    if not count:
        return []
    # Of two groups either is the other's rest: one sentence tells both.
    lines = [(c.name, line) for c in columns for line in (c.lines[:1] if len(c.lines) == 2 else c.lines)]
    sure = sorted(((name, line) for name, line in lines if line.clear), key=lambda pair: pair[1].p)
    if not sure:
        return [f"Accuracy: none of {counted(count, 'group')} differs from the other faces beyond chance."]
    said = [
        f"Accuracy on {name} {line.name} is {percent(line.value)}: {abs(100 * line.difference):.0f} points "
        f"{'above' if line.difference > 0 else 'below'} other faces of the same label (95 % interval "
        f"{points(line.difference_low)} to {points(line.difference_high)})."
        for name, line in sure[:_TOLD]
    ]
    more = len(sure) - _TOLD
    return [*said, f"{counted(more, 'more group')} differ{'s' if more == 1 else ''}: bold below."] if more > 0 else said


def _looks(figures: Figures, rows: pd.DataFrame) -> list[str]:
    """Where the lead method's maps of a group differ from the others'."""
    own = rows[(rows["method"] == figures.lead) & rows["difference"].notna()]
    tests = own.groupby(["column", "figure"], sort=False)["p"]
    own = own[(tests.transform("size") != 2) | (tests.cumcount() == 0)]
    if own.empty:
        return []
    sure = own[own["p_holm"] < SURE].sort_values("p_holm", kind="stable")
    how = f"Where it looks ({method_name(figures.lead or '')})"
    if sure.empty:
        return [f"{how}: no group differs from the other faces beyond chance."]
    said = [
        f"on {row.column.replace('_', ' ')} {row.group} {'more' if row.difference > 0 else 'less'} at the "
        f"{region_name(row.figure)} ({points(row.difference)} points)"
        for row in sure.head(3).itertuples()
    ]
    more = f", and {len(sure) - 3} more" if len(sure) > 3 else ""
    return [f"{how}: {listing(said)}{more}."]
