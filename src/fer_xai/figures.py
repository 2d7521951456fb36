"""Explanations as matplotlib figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from fer_xai.explanation import Explanation


_MOST_VALUES = 10
_FULL_COLOUR = 99.0  # percentile of |attribution| drawn at full colour: one hot pixel must not pale all others


def draw_explanation(explanation: Explanation, limit: int = 8) -> Figure:
    """Draw a row per face: the face, the attribution over it, and the probabilities.

    Methods that explain by segments show LIME's progressive panels: the strongest segment, the strongest 3,
    5 and 10, and all; methods that name their segments, the value of each with its standard error. Red (positive)
    speaks for the target, blue against; the colour scale is symmetric and each face has its own.
    """
    rows = min(len(explanation), limit)
    steps, named = _steps(explanation), "names" in explanation.details
    columns = len(steps) + 2 + named
    figure = Figure(figsize=(2 * columns + 0.6, 2.15 * rows + 0.3), dpi=110, layout="constrained")
    axes = np.atleast_2d(figure.subplots(rows, columns))
    pixels = explanation.faces.images()
    for n in range(rows):
        face = pixels[n] if pixels.shape[-1] == 3 else pixels[n, ..., 0]
        _show(axes[n, 0], face, f"{explanation.faces.ids[n]}\n{_verdict(explanation, n)}")
        for axis, step in zip(axes[n, 1:], steps, strict=False):
            _show(axis, face, _heading(explanation, n) if step is None else f"top {step}")
            _overlay(axis, strongest(explanation, n, step))
        if named:
            _values(axes[n, -2], explanation, n)
        _bars(axes[n, -1], explanation, n)
    return figure


def _steps(explanation: Explanation) -> tuple[int | None, ...]:
    """How many segments each panel shows; `None` for all."""
    if explanation.segments is None:
        return (None,)
    most = explanation.segments.max() + 1
    return (*(count for count in (1, 3, 5, 10) if count < most), None)


def _heading(explanation: Explanation, n: int) -> str:
    heading = f"{explanation.method}\nfor {explanation.targets[n]}"
    if "cell" not in explanation.details:
        return heading
    height, width = explanation.details["cell"]
    return f"{heading}\n{explanation.details['layer'].split('/')[-1]}, cells of {height:.1f} × {width:.1f} px"


def strongest(explanation: Explanation, n: int, count: int | None) -> np.ndarray:
    """Attribution (H, W) of face `n`, zero outside its `count` segments of largest magnitude; `None` keeps all."""
    attribution = explanation.attributions[n]
    if count is None or explanation.segments is None:
        return attribution
    segments = explanation.segments[n]
    weight = np.abs(explanation.details["values"][n][: segments.max() + 1])
    return np.where(np.isin(segments, np.argsort(-weight, kind="stable")[:count]), attribution, 0)


def _verdict(explanation: Explanation, n: int) -> str:
    label, predicted = explanation.faces.labels[n], explanation.predicted[n]
    if label is None:
        return f"called {predicted}"
    return f"{label}, called so \N{CHECK MARK}" if label == predicted else f"{label}, called {predicted} \N{BALLOT X}"


def _show(axis: Any, face: np.ndarray, title: str) -> None:
    axis.imshow(face, cmap="gray", vmin=0, vmax=1)
    axis.set_title(title, fontsize=7)
    axis.set_axis_off()


def _overlay(axis: Any, attribution: np.ndarray) -> None:
    strength = np.abs(attribution)
    scale = np.percentile(strength, _FULL_COLOUR) or strength.max() or 1.0
    axis.imshow(
        attribution, cmap="RdBu_r", vmin=-scale, vmax=scale, alpha=0.75 * np.sqrt(np.minimum(strength / scale, 1))
    )


def _values(axis: Any, explanation: Explanation, n: int) -> None:
    names = np.array(explanation.details["names"][n])
    values, error = (explanation.details[key][n, : len(names)] for key in ("values", "standard_error"))
    top = np.sort(np.argsort(-np.abs(values), kind="stable")[:_MOST_VALUES])
    colours = ["#b2182b" if value > 0 else "#2166ac" for value in values[top]]
    axis.barh(
        [name.replace("_", " ") for name in names[top]],
        values[top],
        xerr=error[top] if error.max() > 0 else None,
        color=colours,
        error_kw={"lw": 0.8},
    )
    axis.axvline(0, color="#444444", lw=0.6)
    which = "each region" if len(top) == len(names) else f"the {_MOST_VALUES} strongest regions"
    _finish(axis, f"value of {which}\n(all sum to {values.sum():+.2f})")


def _bars(axis: Any, explanation: Explanation, n: int) -> None:
    probabilities = explanation.probabilities[n]
    chosen = int(probabilities.argmax())
    colours = ["#2c5f8a" if i == chosen else "#b8c4ce" for i in range(len(probabilities))]
    axis.barh(explanation.emotions, probabilities, color=colours)
    axis.set_xlim(0, 1)
    _finish(axis, "probability")


def _finish(axis: Any, title: str) -> None:
    axis.invert_yaxis()
    axis.tick_params(labelsize=6)
    axis.set_title(title, fontsize=7)
    axis.spines[["top", "right"]].set_visible(False)
