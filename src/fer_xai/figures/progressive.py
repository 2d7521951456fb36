"""LIME's progressive panels: the strongest segments, more and more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fer_xai.errors import InputError
from fer_xai.figures.pieces import caption, colour_key, heading, lay_over, panel_figure, picture, show, steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fer_xai.explanation import Explanation


def draw_progressive(explanation: Explanation, limit: int = 8) -> Figure:
    """Draw a row per face: its strongest segment, its strongest 3, 5 and 10, and all.

    Parameters
    ----------
    explanation : Explanation
        Of a method that explains by segments: LIME, or SHAP's regions and segments.
    limit : int
        Most faces to draw.

    Raises
    ------
    InputError
        If the method has no segments.
    """
    if explanation.segments is None:
        raise InputError(
            f"{explanation.method} has no segments to show one after the other: explain with lime, shap:regions "
            "or shap:segments, or draw the kind overlay"
        )
    rows, counts = min(len(explanation), limit), steps(explanation)
    figure, axes = panel_figure(rows, len(counts) + 1, 1.6, 2.05)
    for n in range(rows):
        face = picture(explanation, n)
        show(axes[n, 0], face, caption(explanation, n))
        for axis, count in zip(axes[n, 1:], counts, strict=True):
            show(axis, face, heading(explanation, n) if count is None else f"{count} strongest")
            lay_over(axis, explanation, n, count)
    colour_key(figure, explanation)
    return figure
