"""Explanations as matplotlib figures: one kind of figure per file."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from fer_xai.errors import InputError, unknown
from fer_xai.figures.bars import draw_bars
from fer_xai.figures.overlay import draw_overlay
from fer_xai.figures.panels import draw_panels
from fer_xai.figures.pieces import strongest
from fer_xai.figures.progressive import draw_progressive
from fer_xai.figures.regions import draw_regions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fer_xai.explanation import Explanation

#: What an explanation can be drawn as, and the function that draws it.
KINDS = {
    "panels": draw_panels,
    "overlay": draw_overlay,
    "progressive": draw_progressive,
    "regions": draw_regions,
    "bars": draw_bars,
}

__all__ = [
    "KINDS",
    "draw",
    "draw_bars",
    "draw_overlay",
    "draw_panels",
    "draw_progressive",
    "draw_regions",
    "strongest",
]


def draw(explanation: Explanation, kind: str = "panels", limit: int = 8, **options: Any) -> Figure:
    """Draw an explanation.

    Parameters
    ----------
    explanation : Explanation
    kind : str
        One of `KINDS`.
    limit : int
        Most faces to draw, the first ones.
    **options
        Of the kind's own function.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        If there is no such kind, it takes no such option, or it cannot be drawn of this explanation.
    """
    if kind not in KINDS:
        raise unknown("kind of figure", kind, KINDS)
    if limit < 1:
        raise InputError(f"limit {limit}: draw at least one face")
    known = list(inspect.signature(KINDS[kind]).parameters)[2:]
    if strange := sorted(set(options) - set(known)):
        raise InputError(
            f"a figure of {kind} takes no option {', '.join(strange)}; its options: {', '.join(known) or 'none'}"
        )
    figure = KINDS[kind](explanation, limit, **options)
    # The layout makes room for headings only once it has seen where the square pictures stand: one pass beforehand.
    figure.draw_without_rendering()
    return figure
