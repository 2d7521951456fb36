"""Regions × emotions with intervals, marked where they are told from chance and from the other emotions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from fer_xai.charts.heat import draw_cells, outline
from fer_xai.charts.selecting import emotions_of, select
from fer_xai.charts.style import Chart, style
from fer_xai.charts.words import in_region_order, listing, method_name, region_name, signed

LIMIT = 2.0  # log2: full colour, as in the report's heat maps
_FACES = {"all": "all faces", "right": "faces told right", "wrong": "faces told wrong"}
_NOTE = (
    "Large number: mean over the faces of log2(share ÷ area); 0 is what a flat map has, a ragged one less; +1 twice, "
    "−1 half. Small: 95 % interval. * differs from 0 (Wilcoxon). Frame: more than on the other emotions' faces "
    "(rank-sum). Both Holm-corrected over all cells, at 5 %."
)
_COARSE = " Hatched: the region is smaller than the method can tell apart, so the number is its surroundings'."


def significance_map(
    significance: pd.DataFrame,
    method: str | None = None,
    split: str = "all",
    emotions: Sequence[str] | None = None,
    theme: str = "light",
) -> Chart:
    """Draw how much each emotion's attribution prefers each region, and how sure that is.

    Parameters
    ----------
    significance : DataFrame
        The table ``significance`` of a study, or `fer_xai.facs.significance_table`: emotion, region, n,
        log2_enrichment, low, high, significant, stands_out and, where known, method, split, resolved.
    method : str, optional
        Of a table with more than one.
    split : {"all", "right", "wrong"}
        Which faces, where the table tells them apart.
    emotions : sequence of str, optional
        Columns; all the table's, in the customary order.
    theme : {"light", "dark"}

    Returns
    -------
    Chart
        Cells coloured and lettered by log2 enrichment, the interval below it. A star: told from a flat map's 0.
        A frame: told from the other emotions. Hatching: smaller than the method's cell.

    Raises
    ------
    InputError
        If the table has no such rows.
    """
    wanted = {"method": method} if method else {}
    rows = select(significance, **wanted | ({"split": split} if "split" in significance else {}))
    shown = emotions_of(rows, emotions)
    regions = in_region_order(rows["region"])
    table = rows.set_index(["region", "emotion"])
    enrichment = rows.pivot_table(index="region", columns="emotion", values="log2_enrichment", dropna=False)
    n = [int(table.xs(emotion, level="emotion")["n"].max()) for emotion in shown]
    values = enrichment.reindex(index=regions, columns=shown).to_numpy(float)
    with style(theme):
        chart = Chart(2.0 + 1.04 * len(shown), 1.9 + 0.36 * len(regions), theme)
        axis = chart.subplots()
        names = [f"{emotion}\nn = {count}" for emotion, count in zip(shown, n, strict=True)]
        inks = draw_cells(chart, axis, values, LIMIT, theme, [region_name(region) for region in regions], names)
        for (i, j), ink in np.ndenumerate(inks):
            if (regions[i], shown[j]) in table.index:
                _mark(axis, i, j, table.loc[(regions[i], shown[j])], ink, chart.ink["ink"])
        unresolved = "resolved" in rows and bool((rows["resolved"] == False).any())  # noqa: E712  (may be missing)
        by = f" by {method_name(method)}," if method else ""
        return chart.finish(
            f"Which regions speak for the emotion explained on each emotion's faces,{by} and how sure that is "
            f"({_FACES[split]})",
            _alt(rows, shown, method),
            _NOTE + (_COARSE if unresolved else ""),
        )


def _mark(axis: Axes, i: int, j: int, row: pd.Series, ink: str, frame: str) -> None:
    """Letter one cell, and mark what is told from chance, from the other emotions, or from nothing."""
    if not np.isfinite(row["log2_enrichment"]):
        axis.text(j, i, "–", ha="center", va="center", color=ink)
        return
    if pd.notna(row.get("resolved")) and not row["resolved"]:
        outline(axis, i, j, facecolor="none", edgecolor=ink, hatch="////", linewidth=0, alpha=0.4)
    star = "*" if row["significant"] else ""
    weight = "bold" if star else "normal"
    axis.text(j, i - 0.16, signed(row["log2_enrichment"], 1) + star, ha="center", va="center", color=ink, weight=weight)
    if np.isfinite(row["low"]):
        ends = f"{signed(row['low'], 1)} to {signed(row['high'], 1)}"
        axis.text(j, i + 0.25, ends, ha="center", va="center", color=ink, fontsize=7)
    if row["stands_out"]:
        outline(axis, i, j, inset=0.04, facecolor="none", edgecolor=frame, linewidth=1.8)


def _alt(rows: pd.DataFrame, emotions: Sequence[str], method: str | None) -> str:
    told = []
    for emotion in emotions:
        own = rows[(rows["emotion"] == emotion) & rows["stands_out"].astype(bool)]
        top = own.nlargest(3, "log2_enrichment")
        if len(top):
            regions = [f"{region_name(row.region)} {signed(row.log2_enrichment, 1)}" for row in top.itertuples()]
            told.append(f"{emotion}: {listing(regions)}")
    by = f" by {method_name(method)}" if method else ""
    found = "; ".join(told) or "none"
    return f"Heat map of log2 enrichment, regions by emotions{by}; standing out from the other emotions: {found}."
