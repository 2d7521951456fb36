"""What hiding a region costs, and what each region is worth: the causal check beside the heat maps."""

from __future__ import annotations

import math

import pandas as pd

from fer_xai.charts.colours import diverging
from fer_xai.charts.words import (
    NOTHING,
    fill_words,
    in_fill_order,
    in_region_order,
    listing,
    percent,
    region_name,
    signed,
)
from fer_xai.report.figures import Figures
from fer_xai.report.grids import Cell, Grid

FULL_COLOUR = 0.25  # of recall or probability
_ENOUGH = 10  # faces for a colour: of nine a single one is a tenth


def fills(figures: Figures) -> list[str]:
    """The ways regions were hidden, the least visible first; empty without an ablation table."""
    return in_fill_order(figures.tables["ablation"]["fill"].dropna())


def cost_grids(figures: Figures, fill: str) -> list[Grid]:
    """Regions × emotions for one fill: recall lost, and what is lost beyond hiding the same shape elsewhere."""
    rows = figures.tables["ablation"]
    rows = rows[rows["fill"] == fill]
    return [
        _grid(figures, rows, "cost", "Recall lost, in points (minus: gained)"),
        _grid(figures, rows, "cost_beyond_control", "… beyond the same shape elsewhere"),
    ]


def value_grids(figures: Figures) -> list[Grid]:
    """Regions × emotions: the mean Shapley value of each region, in points of the answer's probability."""
    rows = figures.tables["shapley"].rename(columns={"low": "value_low", "high": "value_high"})
    return [_grid(figures, rows, "value", "Shapley value, in points of probability")] if len(rows) else []


def _grid(figures: Figures, rows: pd.DataFrame, value: str, title: str) -> Grid:
    known = rows.set_index(["emotion", "region"])
    order = figures.told(rows)
    columns = [(name, f"n = {known.loc[name]['n'].max():.0f}") for name in order]
    lines = []
    for region in in_region_order(rows["region"].unique()):
        cells = [_cell(known.loc[(name, region)] if (name, region) in known.index else None, value) for name in order]
        lines.append((region_name(region), cells))
    return Grid(title, columns, lines)


def _cell(row: pd.Series | None, value: str) -> Cell:
    """A figure in points; a star where its interval leaves out zero."""
    if row is None or not math.isfinite(row[value]):
        return Cell(diverging(math.nan, FULL_COLOUR), NOTHING)
    star = "*" if row[f"{value}_low"] > 0 or row[f"{value}_high"] < 0 else ""
    enough = float(row[value]) if row["n"] >= _ENOUGH else math.nan
    return Cell(diverging(enough, FULL_COLOUR), signed(100 * row[value], 0) + star)


def costliest(figures: Figures, emotion: str = "all") -> str | None:
    """One sentence on the facial region whose hiding costs most; `None` without an ablation table."""
    found = fills(figures)
    if not found:
        return None
    rows = figures.tables["ablation"]
    rows = rows[(rows["fill"] == found[0]) & (rows["emotion"] == emotion) & (rows["region"] != "background")]
    if rows.empty:
        return None
    row = rows.loc[rows["cost"].idxmax()]
    what = "recall" if figures.labelled.any() else "its answers"
    interval = f"95 % interval {signed(100 * row['cost_low'], 0)} to {signed(100 * row['cost_high'], 0)}"
    tied = in_region_order(rows.loc[rows["cost"] == row["cost"], "region"])
    names = [f"the {region_name(region)}" for region in tied]
    if not rows["cost"].max() > 0:
        return f"Hiding one facial region at a time ({fill_words(found[0])}) costs no {what}, whichever it is."
    if not row["cost_low"] > 0:
        return (
            f"Hiding one facial region at a time ({fill_words(found[0])}) costs no clear share of {what}: most for "
            f"{listing(names)}, {signed(100 * row['cost'], 0)} points{' each' if len(names) > 1 else ''} ({interval})."
        )
    beyond, low, high = _beyond_control(row)
    return (
        f"Hiding {' or '.join(names)} ({fill_words(found[0])}) costs {100 * row['cost']:.0f} points of {what} "
        f"({interval}), the most of all facial regions here. Against hiding the same shape elsewhere that is {beyond} "
        f"points ({low} to {high}).{_otherwise(figures, row, found[1:])}"
    )


def _beyond_control(row: pd.Series) -> list[str]:
    """What a region costs beyond the same shape elsewhere, in points, and the ends of its interval."""
    return [signed(100 * row[f"cost_beyond_control{end}"], 0) for end in ("", "_low", "_high")]


def _otherwise(figures: Figures, row: pd.Series, others: list[str]) -> str:
    """What hiding the same region costs where it is filled otherwise."""
    rows = figures.tables["ablation"]
    rows = rows[(rows["emotion"] == row["emotion"]) & (rows["region"] == row["region"])].set_index("fill")
    told = []
    for fill in others:
        if fill in rows.index:
            cost, (beyond, low, high) = signed(100 * rows.loc[fill, "cost"], 0), _beyond_control(rows.loc[fill])
            told.append(f"{fill_words(fill)} {cost}, against elsewhere {beyond} ({low} to {high})")
    return f" Hidden otherwise: {'; '.join(told)}." if told else ""


def cost_of(figures: Figures, region: str, emotion: str = "all") -> str | None:
    """One sentence on what hiding a region costs; `None` where that was not tried, or `costliest` is about it."""
    found, rows = fills(figures), figures.tables["ablation"]
    if not found:
        return None
    rows = rows[(rows["fill"] == found[0]) & (rows["emotion"] == emotion)].set_index("region")
    facial = rows["cost"].drop("background", errors="ignore")
    if region not in facial.index or facial[region] == facial.max() or not facial.abs().max() > 0:
        return None
    row, what = rows.loc[region], "recall" if figures.labelled.any() else "its answers"
    points = f"{abs(100 * row['cost']):.0f} points of {what}"
    if row["cost_low"] > 0:
        less = row["cost_high"] < rows.loc[facial.idxmax(), "cost_low"]
        most = f"hiding the {region_name(str(facial.idxmax()))}"
        says = f"costs {points}, {'less than' if less else 'perhaps as much as'} {most}"
    elif row["cost_high"] < 0:
        says = f"costs nothing, but gains {points}"
    else:
        says = f"costs nothing that can be told from chance: {signed(100 * row['cost'], 0)} points"
    return (
        f"Hiding the {region_name(region)}, where most of the map lies for its area, {says} (95 % interval "
        f"{signed(100 * row['cost_low'], 0)} to {signed(100 * row['cost_high'], 0)})."
    )


def kept(figures: Figures) -> str:
    """What the recall in the tables is, in words."""
    if figures.labelled.all():
        return "the share of faces of an emotion that are called so"
    if figures.labelled.any():
        return "the share of faces called by their label, or, where they have none, as before"
    return f"the share of faces called as before, {percent(1.0)} when nothing is hidden"
