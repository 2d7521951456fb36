"""Coloured cells with their numbers, in the report's shades: what the heat maps share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from fer_xai.charts.colours import diverging, hexed, ink_on, shades
from fer_xai.charts.style import Chart


def draw_cells(
    chart: Chart, axis: Axes, values: np.ndarray, limit: float, theme: str, rows: Sequence[str], columns: Sequence[str]
) -> np.ndarray:
    """Draw values (R, C) as cells, full colour at ± ``limit``, and name rows and columns.

    Returns
    -------
    ndarray of str, shape (R, C)
        The ink that can be read on each cell.
    """
    known = shades(theme)
    inks = np.full(values.shape, chart.ink["soft"], object)
    for (row, column), value in np.ndenumerate(values):
        shade = diverging(float(value), limit)
        if shade in known:
            inks[row, column] = hexed(ink_on(known[shade]))
            outline(axis, row, column, facecolor=hexed(known[shade]), edgecolor=chart.ink["paper"], linewidth=1)
    axis.set_xlim(-0.5, values.shape[1] - 0.5)
    axis.set_ylim(values.shape[0] - 0.5, -0.5)
    axis.set_yticks(range(len(rows)), rows)
    axis.set_xticks(range(len(columns)), columns)
    axis.xaxis.tick_top()
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    return inks


def outline(axis: Axes, row: int, column: int, inset: float = 0, **look: object) -> None:
    """Draw a rectangle on a cell."""
    side = 1 - 2 * inset
    axis.add_patch(Rectangle((column - side / 2, row - side / 2), side, side, **look))  # type: ignore[arg-type]
