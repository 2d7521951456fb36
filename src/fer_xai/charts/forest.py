"""Values with their intervals beside a chance band, row by row: what all forest plots share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from fer_xai.charts.style import Chart

ROW = 0.21  # inches


@dataclass(frozen=True)
class Panel:
    """One panel: a value per row, all arrays (R,); NaN is not drawn.

    Attributes
    ----------
    title : str
    value, low, high : ndarray
        Each row's value and the ends of its interval.
    chance : ndarray, shape (R, K)
        Each row's chance levels; the band reaches from the least to the greatest.
    clear : ndarray of bool, optional
        Which marks are filled; those whose interval leaves the band out, unless a closer test says more.
    """

    title: str
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    chance: np.ndarray
    clear: np.ndarray | None = None


def draw_panels(
    chart: Chart, panels: Sequence[Panel], rows: Sequence[str], columns: int, label: str, zero: bool
) -> None:
    """Draw the panels in a grid with common axes, rows named at the left."""
    lines = -(-len(panels) // columns)
    axes = np.atleast_2d(chart.subplots(lines, columns, sharex=True, sharey=True, squeeze=False))
    for axis, panel in zip(axes.flat, panels, strict=False):
        _draw(chart, axis, panel, zero)
    for axis in axes.flat[len(panels) :]:
        axis.set_axis_off()
    for place, axis in enumerate(axes.flat[: len(panels)]):
        if place + columns >= len(panels):
            axis.set_xlabel(label)
        axis.tick_params(axis="x", labelbottom=True)
    axes[0, 0].set_yticks(range(len(rows)), rows)
    axes[0, 0].set_ylim(len(rows) - 0.45, -0.55)


def _draw(chart: Chart, axis: Axes, panel: Panel, zero: bool) -> None:
    ink, y = chart.ink, np.arange(len(panel.value))
    known = np.isfinite(panel.value)
    if zero:
        axis.axvline(0, color=ink["soft"], linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    if panel.chance.size:
        low, high = np.nanmin(panel.chance, axis=1), np.nanmax(panel.chance, axis=1)
        axis.barh(y[known], (high - low)[known], 1.0, left=low[known], color=ink["two"], alpha=0.3, linewidth=0)
        for column in panel.chance.T:
            axis.vlines(column[known], y[known] - 0.5, y[known] + 0.5, color=ink["two"], linewidth=1.2)
    low, high = np.fmin(panel.low, panel.value), np.fmax(panel.high, panel.value)
    axis.hlines(y[known], low[known], high[known], color=ink["ink"], linewidth=1.3, zorder=3)
    clear = _outside(panel) if panel.clear is None else panel.clear
    for which, face in ((clear, ink["ink"]), (~clear, ink["paper"])):
        shown = which & known
        axis.scatter(panel.value[shown], y[shown], s=22, facecolor=face, edgecolor=ink["ink"], linewidth=1.2, zorder=4)
    axis.set_title(panel.title)
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="x", color=ink["line"], linewidth=0.6)
    axis.set_axisbelow(True)
    axis.spines["left"].set_visible(False)


def _outside(panel: Panel) -> np.ndarray:
    """Rows whose interval leaves the chance band out."""
    bounds = panel.chance if panel.chance.size else np.zeros((len(panel.value), 1))
    found: np.ndarray = (panel.low > np.nanmax(bounds, axis=1)) | (panel.high < np.nanmin(bounds, axis=1))
    return found


def legend(chart: Chart, value: str, chance: str, sure: bool = True) -> None:
    """Say what the marks are, below the panels; where no interval is known, marks are of one kind."""
    ink = chart.ink
    marks: list[Artist] = []
    level = "chance" if chance else "0"
    kinds = [(ink["ink"], f"clear of {level}"), (ink["paper"], "not clear of it")]
    for face, told in kinds if sure else [(ink["paper"], "no interval with so few faces")]:
        mark = Line2D([], [], marker="o", markersize=5, color=ink["ink"], linewidth=1.3)
        mark.set(markerfacecolor=face, label=f"{value}, {told}")
        marks.append(mark)
    if chance:
        marks.append(Patch(facecolor=ink["two"], alpha=0.45, label=chance))
    chart.legend(handles=marks, loc="outside lower left", ncols=3)
