"""The region face: each region of a face in the colour of what it holds beyond its area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from fer_xai.figures.pieces import a_panel_per_face, caption, picture, show, told_in_regions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fer_xai.explanation import Explanation

LIMIT = 2.0  # log2 enrichment at full colour: four times the area, or a quarter of it


def draw_regions(explanation: Explanation, limit: int = 8, level: str = "fine") -> Figure:
    """Draw each face with its own regions coloured by log2 enrichment: share of the evidence ÷ share of the crop.

    White is what a flat map has (chance), red more, blue less; a region without any evidence for the target is as
    blue as can be. A face on which no landmarks were found, or without any evidence, stays as it is.

    Parameters
    ----------
    explanation : Explanation
    limit : int
        Most faces to draw.
    level : {"fine", "coarse"}
        25 regions, or 8.
    """
    masks, rows = told_in_regions(explanation, limit, level)
    regions = masks.level(level)
    values, share, area = (
        rows[name].to_numpy().reshape(regions.shape[:2]) for name in ("log2_enrichment", "share", "area")
    )
    values = np.where(share == 0, -LIMIT, values)
    figure, axes = a_panel_per_face(explanation, limit, 3.4, 4.0)
    for n, axis in enumerate(axes):
        words = f"{caption(explanation, n)}\nfor {explanation.targets[n]}"
        known = not np.isnan(area[n]).all()
        show(axis, picture(explanation, n), words if known else f"{words}\nno landmarks found")
        if known:
            _paint(axis, regions[n].argmax(axis=0), values[n])
    _scale(figure, axes)
    return figure


def _paint(axis: Any, labels: np.ndarray, values: np.ndarray) -> None:
    painted = np.ma.masked_invalid(values[labels])
    axis.imshow(painted, cmap="RdBu_r", vmin=-LIMIT, vmax=LIMIT, alpha=0.65, interpolation="nearest")
    for region in np.unique(labels):
        axis.contour(labels == region, levels=[0.5], colors="white", linewidths=0.5)


def _scale(figure: Figure, axes: list[Any]) -> None:
    bar = figure.colorbar(
        ScalarMappable(Normalize(-LIMIT, LIMIT), "RdBu_r"),
        ax=axes,
        location="bottom",
        shrink=min(1.0, 2.6 / figure.get_figwidth()),
        aspect=24,
        pad=0.03,
    )
    bar.set_ticks([-LIMIT, 0, LIMIT], labels=["a quarter", "its area\n(chance)", "four times"])
    bar.set_label("evidence for the target in a region\nbeside its area: blue is little, not against", fontsize=7)
    bar.ax.tick_params(labelsize=6, length=2)
    bar.outline.set_visible(False)
