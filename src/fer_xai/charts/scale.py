"""Colour scales beside the mean faces."""

from __future__ import annotations

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, ListedColormap, Normalize

from fer_xai.charts.colours import STEPS, hexed, shades
from fer_xai.charts.style import Chart


def enrichment_scale(chart: Chart, axes: np.ndarray, theme: str, limit: float) -> None:
    """Blue to red in the report's steps: less and more than its area."""
    found = shades(theme)
    names = [*(f"n{i}" for i in range(STEPS, 0, -1)), "z", *(f"p{i}" for i in range(1, STEPS + 1))]
    ends = f"log2(share ÷ area): −{limit:g} a quarter of its area,\n0 just its area (chance), +{limit:g} four times"
    draw_scale(chart, axes, ListedColormap([hexed(found[name]) for name in names]), (-limit, limit), ends)


def draw_scale(chart: Chart, axes: np.ndarray, colours: Colormap, limits: tuple[float, float], label: str) -> None:
    """Draw a colour scale below some axes."""
    shown = ScalarMappable(Normalize(*limits), colours)
    bar = chart.colorbar(
        shown, ax=axes, location="bottom", shrink=min(1, 3.4 / chart.get_figwidth()), aspect=28, pad=0.03
    )
    bar.set_label(label, fontsize=7.5)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=2, labelsize=7.5)
