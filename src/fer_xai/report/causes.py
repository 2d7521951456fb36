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
    points,
    region_name,
    whole_points,
)
from fer_xai.few import FEWEST_OF_BOOTSTRAP
from fer_xai.report.figures import Figures
from fer_xai.report.grids import Cell, Grid

FULL_COLOUR = 0.25  # of recall or probability
BEYOND = "cost_beyond_control"


def fills(figures: Figures) -> list[str]:
    """The ways regions were hidden, the least visible first; empty without an ablation table."""
    return in_fill_order(figures.tables["ablation"]["fill"].dropna())


def cost_grids(figures: Figures, fill: str) -> list[Grid]:
    """Regions × emotions for one fill: recall lost, and what is lost beyond hiding the same shape elsewhere."""
    rows = figures.tables["ablation"]
    rows = rows[rows["fill"] == fill]
    return [
        _grid(figures, rows, "cost", "Recall lost, in points (minus: gained)"),
        _grid(figures, rows, BEYOND, "… beyond the same shape elsewhere"),
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
    many = row["n"] >= FEWEST_OF_BOOTSTRAP
    # Costs have intervals that hold for few faces too; those of Shapley values are a bootstrap's.
    sure = (row[f"{value}_low"] > 0 or row[f"{value}_high"] < 0) and (many or value != "value")
    shade = diverging(float(row[value]) if many else math.nan, FULL_COLOUR)
    return Cell(shade, whole_points(row[value]) + "*" * bool(sure))


def costliest(figures: Figures, emotion: str = "all") -> str | None:
    """What hiding the facial region costs whose hiding costs most; `None` without an ablation table."""
    found = fills(figures)
    rows = _facial(figures, found[0], emotion) if found else pd.DataFrame()
    if rows.empty:
        return None
    row, what = rows.loc[rows["cost"].idxmax()], _answers(figures, emotion)
    tied = in_region_order(rows.index[rows["cost"] == row["cost"]])
    names = [_the(region) for region in tied]
    if not row["cost"] > 0:
        return f"Hiding one facial region at a time ({fill_words(found[0])}) costs no {what}, whichever it is."
    if not row["cost_low"] > 0:
        return (
            f"Hiding one facial region at a time ({fill_words(found[0])}) costs no clear share of {what}: most for "
            f"{listing(names)}, {points(row['cost'])} points{' each' if len(names) > 1 else ''} "
            f"(95 % interval {_ends(row, 'cost')})."
        )
    return (
        f"Hiding {' or '.join(names)} ({fill_words(found[0])}) costs {100 * row['cost']:.0f} points of {what} "
        f"(95 % interval {_ends(row, 'cost')}), the most of all facial regions here{_rivals(rows, row)}. "
        f"{_for_its_size(rows, row)}"
        f"{_otherwise(figures, str(row.name), emotion, found[1:])}"
    )


def _rivals(rows: pd.DataFrame, row: pd.Series) -> str:
    """The next regions, where their hiding costs so much that the order may be luck."""
    near = rows[(rows["cost_high"] >= row["cost_low"]) & (rows["cost"] < row["cost"])].nlargest(len(rows), "cost")
    told = [f"{_the(str(region))} ({points(cost)})" for region, cost in near["cost"].items()]
    if len(told) > 2:
        told = [*told[:2], f"{len(told) - 2} other{'s' if len(told) > 3 else ''}"]
    *others, last = told or [""]
    these = f"{', '.join(others)} or {last}" if others else last
    return f", though perhaps no more than {these}" if last else ""


def _facial(figures: Figures, fill: str, emotion: str) -> pd.DataFrame:
    """Costs of the regions of the face, by region."""
    rows = figures.tables["ablation"]
    rows = rows[(rows["fill"] == fill) & (rows["emotion"] == emotion)].set_index("region")
    return rows.drop("background", errors="ignore")


def _answers(figures: Figures, emotion: str) -> str:
    """What is lost: over all faces recall is accuracy."""
    right = "accuracy" if emotion == "all" else "recall"
    return right if figures.labelled.any() else "its answers"


def _the(region: str) -> str:
    return f"the {region_name(region)}"


def _ends(row: pd.Series, figure: str) -> str:
    return f"{points(row[f'{figure}_low'])} to {points(row[f'{figure}_high'])}"


def _beyond(row: pd.Series) -> str:
    """What a region costs beyond the same shape elsewhere, with its interval."""
    return f"{points(row[BEYOND])} ({_ends(row, BEYOND)})"


def _for_its_size(rows: pd.DataFrame, row: pd.Series) -> str:
    """The costliest region against the same shape elsewhere, and the region that comes first so."""
    said = f"Against hiding the same shape elsewhere that is {points(row[BEYOND])} points ({_ends(row, BEYOND)})"
    first = rows.loc[rows[BEYOND].idxmax()] if rows[BEYOND].notna().any() else row
    if first[BEYOND] > row[BEYOND]:
        said += f", where {_the(str(first.name))} comes first with {_beyond(first)}"
    return f"{said}."


def _otherwise(figures: Figures, region: str, emotion: str, others: list[str]) -> str:
    """What hiding the same region costs where it is filled otherwise, and which ones then cost as much or more."""
    told = []
    for fill in others:
        rows = _facial(figures, fill, emotion)
        if region not in rows.index:
            continue
        row, most = rows.loc[region], rows["cost"].max()
        ahead = [_the(name) for name in in_region_order(rows.index[rows["cost"] == most]) if name != region]
        first, comes = listing(ahead), "comes" if len(ahead) == 1 else "come"
        beside = f", as much as {first}" if row["cost"] == most and first else ""
        beside = f", where {first} {comes} first with {points(most)}" if row["cost"] < most else beside
        told.append(f"{fill_words(fill)} {points(row['cost'])}{beside}, against elsewhere {_beyond(row)}")
    return f" Hidden otherwise: {'; '.join(told)}." if told else ""


def cost_of(figures: Figures, region: str, emotion: str = "all") -> str | None:
    """One sentence on what hiding a region costs; `None` where that was not tried, or `costliest` is about it."""
    found = fills(figures)
    rows = _facial(figures, found[0], emotion) if found else pd.DataFrame()
    if region not in rows.index or not rows["cost"].abs().max() > 0 or rows.loc[region, "cost"] == rows["cost"].max():
        return None
    row, most = rows.loc[region], rows.loc[rows["cost"].idxmax()]
    less = ", so less than such a shape at a place drawn by chance" if row[f"{BEYOND}_high"] < 0 else ""
    figures_of = f"95 % interval {_ends(row, 'cost')}; against the same shape elsewhere {_beyond(row)}{less}"
    cost = f"{abs(100 * row['cost']):.0f} points of {_answers(figures, emotion)} ({figures_of})"
    if row["cost_low"] > 0:
        less = "less than" if row["cost_high"] < most["cost_low"] else "perhaps as much as"
        says = f"costs {cost}, {less} hiding {_the(str(most.name))}"
    elif row["cost_high"] < 0:
        says = f"costs nothing, but gains {cost}"
    else:
        says = f"costs nothing that can be told from chance: {points(row['cost'])} points ({figures_of})"
    return f"Hiding {_the(region)}, where most of the map lies for its area, {says}."


def worth_of(figures: Figures, region: str, emotion: str = "all") -> str | None:
    """That a region holds much of what speaks for the answer, and on the mean is not worth anything to it; else `None`.

    Shares and densities are of what speaks *for* it; Shapley values set what speaks against off.
    """
    rows = figures.tables["shapley"]
    rows = rows[rows["emotion"] == emotion].set_index("region")
    if region not in rows.index or not rows.loc[region, "low"] <= 0 <= rows.loc[region, "high"]:
        return None
    if rows.loc[region, "n"] < FEWEST_OF_BOOTSTRAP:
        return None
    sure = rows[(rows["low"] > 0) | (rows["high"] < 0)].sort_values("value", ascending=False, kind="stable")
    others = [f"{_the(str(row.Index))} {points(row.value)}" for row in sure.itertuples()]
    clear = f"clear of 0 are {listing(others)}" if others else "no region's is clear of 0"
    value, low, high = (points(rows.loc[region, name]) for name in ("value", "low", "high"))
    return (
        f"These densities count only what speaks for {figures.aim}. With what speaks against set off, "
        f"{_the(region)} is worth {value} points to it on the mean ({low} to {high}; Shapley values): {clear}."
    )


def kept(figures: Figures) -> str:
    """What the recall in the tables is, in words."""
    if figures.labelled.all():
        return "the share of faces of an emotion that are called so"
    if figures.labelled.any():
        return "the share of faces called by their label, or, where they have none, as before"
    return f"the share of faces called as before, {percent(1.0)} when nothing is hidden"
