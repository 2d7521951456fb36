"""How often each region counted: bars for methods side by side, as in the LIME document."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from fer_xai.charts.selecting import select
from fer_xai.charts.style import Chart, style
from fer_xai.charts.words import in_method_order, in_region_order, listing, method_name, percent, region_name
from fer_xai.errors import InputError

_COLOURS = ("one", "two", "three", "four")
_PAIR = ("lime:slic", "lime:felzenszwalb")
_ROOM = 0.82  # of a row that its bars take


def frequency_bars(
    counts: pd.DataFrame,
    emotion: str,
    methods: Sequence[str] | None = None,
    level: str = "fine",
    theme: str = "light",
) -> Chart:
    """Draw on what share of an emotion's faces each facial region counted.

    Parameters
    ----------
    counts : DataFrame
        The table ``counts`` of a study, or `fer_xai.facs.summarise_counts`: emotion, method, level, region, n,
        frequency with its Wilson interval (low, high), and chance, all in [0, 1].
    emotion : str
    methods : sequence of str, optional
        At most four. LIME's SLIC and Felzenszwalb where the table has both, else its first two.
    level : {"fine", "coarse"}
        25 fine or 8 coarse regions.
    theme : {"light", "dark"}

    Returns
    -------
    Chart
        A bar per region and method, a whisker for its 95 % interval, and a tick where the same maps, shifted about
        the picture, would have it: the chance level.

    Raises
    ------
    InputError
        If the table has no such rows, or the methods are more than four.
    """
    rows = select(counts, emotion=emotion, level=level)
    chosen = _methods(rows, methods)
    regions = in_region_order(rows["region"])
    with style(theme):
        chart = Chart(7.2, 1.5 + len(regions) * (0.1 + 0.12 * len(chosen)), theme)
        axis = chart.subplots()
        thick = _ROOM / len(chosen)
        for place, method in enumerate(chosen):
            part = select(rows, method=method).set_index("region").reindex(regions)
            y = np.arange(len(regions)) + (place - (len(chosen) - 1) / 2) * thick
            _draw(chart, axis, part, y, thick, chart.ink[_COLOURS[place]])
        axis.set_yticks(range(len(regions)), [region_name(region) for region in regions])
        axis.set_ylim(len(regions) - 0.4, -0.6)
        axis.set_xlim(0, 100)
        axis.set_xlabel("share of the faces on which the region counted, in %")
        axis.tick_params(axis="y", length=0)
        axis.grid(axis="x", color=chart.ink["line"], linewidth=0.6)
        axis.set_axisbelow(True)
        _legend(chart, rows, chosen)
        names = listing([method_name(method) for method in chosen])
        return chart.finish(
            f"How often each facial region counted on {emotion} faces, by {names}", _alt(rows, emotion, chosen)
        )


def _methods(rows: pd.DataFrame, methods: Sequence[str] | None) -> list[str]:
    there = in_method_order(rows["method"])
    chosen = list(methods) if methods else list(_PAIR) if set(_PAIR) <= set(there) else there[:2]
    if len(chosen) > len(_COLOURS):
        raise InputError(f"received {len(chosen)} methods: give at most {len(_COLOURS)} to stand side by side")
    return chosen


def _draw(chart: Chart, axis: Axes, part: pd.DataFrame, y: np.ndarray, thick: float, colour: str) -> None:
    value, low, high, chance = (100 * part[c].to_numpy(float) for c in ("frequency", "low", "high", "chance"))
    axis.barh(y, value, 0.92 * thick, color=colour)
    halo = [withStroke(linewidth=3.2, foreground=chart.ink["paper"])]  # lines are read on bars and beside them
    axis.hlines(y, low, high, color=chart.ink["ink"], linewidth=1.1, path_effects=halo)
    axis.vlines(chance, y - thick / 2, y + thick / 2, color=chart.ink["ink"], linewidth=2.2)


def _legend(chart: Chart, rows: pd.DataFrame, methods: Sequence[str]) -> None:
    marks: list[Artist] = []
    for method, colour in zip(methods, _COLOURS, strict=False):
        n = select(rows, method=method)["n"].max()
        marks.append(Patch(color=chart.ink[colour], label=f"{method_name(method)} (n = {n:.0f} faces)"))
    marks.append(Line2D([], [], color=chart.ink["ink"], linewidth=1.1, label="95 % interval (Wilson)"))
    tick = Line2D([], [], color=chart.ink["ink"], marker="|", markersize=9, markeredgewidth=2.2, linestyle="none")
    tick.set_label("chance: the same maps, shifted")
    chart.legend(handles=[*marks, tick], loc="outside lower left", ncols=2)


def _alt(rows: pd.DataFrame, emotion: str, methods: Sequence[str]) -> str:
    told = []
    for method in methods:
        top = select(rows, method=method).nlargest(3, "frequency")
        regions = [
            f"{region_name(row.region)} {percent(row.frequency)} (chance {percent(row.chance)})"
            for row in top.itertuples()
        ]
        told.append(f"{method_name(method)}: {listing(regions)}")
    return f"Bars of how often each facial region counted on {emotion} faces; most often by {'; by '.join(told)}."
