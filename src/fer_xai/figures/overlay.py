"""One picture per face: the attribution over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fer_xai.figures.pieces import a_panel_per_face, caption, colour_key, lay_over, picture, show

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fer_xai.explanation import Explanation


def draw_overlay(explanation: Explanation, limit: int = 8) -> Figure:
    """Draw each face with its attribution over it, faces side by side.

    Red speaks for the target, blue against; the colour scale is symmetric and each face has its own.

    Parameters
    ----------
    explanation : Explanation
    limit : int
        Most faces to draw.
    """
    figure, axes = a_panel_per_face(explanation, limit, 2.2, 2.8)
    for n, axis in enumerate(axes):
        show(axis, picture(explanation, n), f"{caption(explanation, n)}\nfor {explanation.targets[n]}")
        lay_over(axis, explanation, n)
    colour_key(figure, explanation)
    return figure
