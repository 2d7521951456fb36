"""The figure that says most: a row per face with the face, what moved the decision, and the probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fer_xai.charts.words import region_name, signed
from fer_xai.figures.pieces import (
    AGAINST,
    CHOSEN,
    FOR,
    INK,
    QUIET,
    caption,
    colour_key,
    finish_bars,
    heading,
    lay_over,
    panel_figure,
    picture,
    show,
    steps,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fer_xai.explanation import Explanation

_MOST_VALUES = 10


def draw_panels(explanation: Explanation, limit: int = 8) -> Figure:
    """Draw a row per face: the face, the attribution over it, and the probabilities.

    Methods that explain by segments show LIME's progressive panels: the strongest segment, the strongest 3,
    5 and 10, and all; methods that name their segments, the value of each with its standard error. Red (positive)
    speaks for the target, blue against; the colour scale is symmetric and each face has its own.

    Parameters
    ----------
    explanation : Explanation
    limit : int
        Most faces to draw.
    """
    rows = min(len(explanation), limit)
    counts, named = steps(explanation), "names" in explanation.details
    lines = max(heading(explanation, n).count("\n") + 1 for n in range(rows))
    figure, axes = panel_figure(rows, len(counts) + 2 + named, 1.6, 1.6 + 0.15 * lines)
    for n in range(rows):
        face = picture(explanation, n)
        show(axes[n, 0], face, caption(explanation, n))
        for axis, count in zip(axes[n, 1:], counts, strict=False):
            show(axis, face, heading(explanation, n) if count is None else f"{count} strongest")
            lay_over(axis, explanation, n, count)
        if named:
            _values(axes[n, -2], explanation, n)
        _probabilities(axes[n, -1], explanation, n)
    colour_key(figure, explanation)
    return figure


def _values(axis: Any, explanation: Explanation, n: int) -> None:
    names = np.array(explanation.details["names"][n])
    values, error = (explanation.details[key][n, : len(names)] for key in ("values", "standard_error"))
    top = np.sort(np.argsort(-np.abs(values), kind="stable")[:_MOST_VALUES])
    axis.barh(
        [region_name(str(name)) for name in names[top]],
        values[top],
        xerr=error[top] if error.max() > 0 else None,
        color=[FOR if value > 0 else AGAINST for value in values[top]],
        error_kw={"lw": 0.8},
    )
    axis.axvline(0, color=INK, lw=0.6)
    which = "each region" if len(top) == len(names) else f"the {_MOST_VALUES} strongest regions"
    hidden = explanation.details.get("baseline_score")
    begin = "" if hidden is None else f"{hidden[n]:.2f} all hidden; "
    finish_bars(axis, f"value of {which}\n({begin}all sum to {signed(values.sum())})")


def _probabilities(axis: Any, explanation: Explanation, n: int) -> None:
    probabilities = explanation.probabilities[n]
    chosen = int(probabilities.argmax())
    axis.barh(
        explanation.emotions, probabilities, color=[CHOSEN if i == chosen else QUIET for i in range(len(probabilities))]
    )
    axis.set_xlim(0, 1)
    finish_bars(axis, "probability")
