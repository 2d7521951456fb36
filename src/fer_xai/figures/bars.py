"""Region bars: how much of the evidence each facial region holds, beside what its area alone would give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from fer_xai.charts.words import region_name
from fer_xai.figures.pieces import AGAINST, FOR, INK, a_panel_per_face, caption, finish_bars, told_in_regions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fer_xai.explanation import Explanation


def draw_bars(explanation: Explanation, limit: int = 8, level: str = "coarse", top: int = 10) -> Figure:
    """Draw, for each face, the share of the evidence for the target that lies in each region.

    A black tick marks the region's area: the share that a map without any preference would have (chance). Bars beyond
    it are red, those that fall short of it blue. Regions stand in order of what they hold beyond their area.

    Parameters
    ----------
    explanation : Explanation
    limit : int
        Most faces to draw.
    level : {"coarse", "fine"}
        8 regions, or 25.
    top : int
        Most regions to draw.
    """
    _, rows = told_in_regions(explanation, limit, level)
    each = dict(iter(rows.groupby("face", sort=False)))
    shown = min(top, rows["region"].nunique())
    figure, axes = a_panel_per_face(explanation, limit, 2.7, 1.0 + 0.2 * shown)
    for n, axis in enumerate(axes):
        _bars(axis, each[explanation.faces.ids[n]], shown)
        finish_bars(axis, f"{caption(explanation, n)}\nfor {explanation.targets[n]}")
    told = "share of the evidence for it\ntick: the region's area (chance)\nred: more, blue: less"
    figure.supxlabel(told, fontsize=7)
    return figure


def _bars(axis: Any, rows: pd.DataFrame, shown: int) -> None:
    if rows["share"].isna().all():
        axis.text(0.5, 0.5, "no landmarks, or\nno evidence for it", ha="center", fontsize=7, transform=axis.transAxes)
        axis.set_yticks([])
        return
    over = (rows["share"] - rows["area"]).sort_values(ascending=False, kind="stable")
    part = rows.loc[over.index[:shown]]
    places = range(len(part))
    axis.barh(places, part["share"], color=[FOR if more else AGAINST for more in part["share"] > part["area"]])
    axis.set_yticks(places, [region_name(region) for region in part["region"]])
    axis.vlines(part["area"], [place - 0.45 for place in places], [place + 0.45 for place in places], color=INK, lw=1.4)
    axis.set_xlim(left=0)
