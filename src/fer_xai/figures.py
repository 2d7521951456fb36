"""Explanations as matplotlib figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from fer_xai.explanation import Explanation


def draw_explanation(explanation: Explanation, limit: int = 8) -> Figure:
    """Draw a row per face: the face, the attribution over it, and the probabilities.

    Methods that explain by segments show LIME's progressive panels: the strongest segment, the strongest 3,
    5 and 10, and all. Red (positive) speaks for the target, blue against; the colour scale is symmetric and
    each face has its own.
    """
    rows = min(len(explanation), limit)
    steps: tuple[int | None, ...] = (1, 3, 5, 10, None) if explanation.segments is not None else (None,)
    figure = Figure(figsize=(2 * (len(steps) + 2) + 0.6, 2.15 * rows + 0.3), dpi=110, layout="constrained")
    axes = np.atleast_2d(figure.subplots(rows, len(steps) + 2))
    pixels = explanation.faces.images()
    for n in range(rows):
        face = pixels[n] if pixels.shape[-1] == 3 else pixels[n, ..., 0]
        _show(axes[n, 0], face, f"{explanation.faces.ids[n]}\n{_verdict(explanation, n)}")
        for axis, step in zip(axes[n, 1:-1], steps, strict=True):
            _show(axis, face, f"{explanation.method}\nfor {explanation.targets[n]}" if step is None else f"top {step}")
            _overlay(axis, strongest(explanation, n, step))
        _bars(axes[n, -1], explanation, n)
    return figure


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
    scale = np.abs(attribution).max() or 1.0
    axis.imshow(attribution, cmap="RdBu_r", vmin=-scale, vmax=scale, alpha=0.75 * np.sqrt(np.abs(attribution) / scale))


def _bars(axis: Any, explanation: Explanation, n: int) -> None:
    probabilities = explanation.probabilities[n]
    chosen = int(probabilities.argmax())
    colours = ["#2c5f8a" if i == chosen else "#b8c4ce" for i in range(len(probabilities))]
    axis.barh(explanation.emotions, probabilities, color=colours)
    axis.set_xlim(0, 1)
    axis.invert_yaxis()
    axis.tick_params(labelsize=6)
    axis.set_title("probability", fontsize=7)
    axis.spines[["top", "right"]].set_visible(False)
