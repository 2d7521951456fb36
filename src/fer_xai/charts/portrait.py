"""Panels that show the mean face: a grid of them, its lines, and an emotion's action units on it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.patheffects import withStroke

from fer_xai.charts.mean_face import FRAME, mean_points, traced
from fer_xai.charts.style import Chart
from fer_xai.facs.atlas import atlas, part_names, ring
from fer_xai.facs.codebooks import Codebook

WIDTH, HEIGHT = 1.75, 2.0  # inches of a panel
_BROWS, _NOSE = ("brow_inner_R", "brow_outer_R", "brow_inner_L", "brow_outer_L"), ("nose_bridge", "nose_tip_wings")


def face_axes(chart: Chart, rows: int, columns: int) -> np.ndarray:
    """Axes (rows, columns) in the mean face's units, without ticks."""
    axes: np.ndarray = chart.subplots(rows, columns, squeeze=False)
    for axis in axes.flat:
        axis.set_xlim(*FRAME[:2])
        axis.set_ylim(FRAME[3], FRAME[2])
        axis.set_aspect("equal")
        axis.set_axis_off()
    return axes


def draw_lines(axis: Axes, colour: str) -> None:
    """Draw the mean face's oval, brows, eyes, nose and lips."""
    look: dict[str, Any] = {"color": colour, "linewidth": 0.8, "alpha": 0.9}
    rings = [*ring("face"), *ring("eyes"), *ring("lips"), atlas()["polygons"]["mouth_inner"]]
    for vertices in rings:
        axis.plot(*mean_points()[[*vertices, vertices[0]]].T, **look)
    for parts in (_BROWS[:2], _BROWS[2:], _NOSE):
        path = traced(frozenset(parts))
        axis.add_patch(PathPatch(path, facecolor="none", edgecolor=colour, linewidth=0.7, alpha=0.7))


def outline_units(axis: Axes, book: Codebook, emotion: str, chart: Chart) -> tuple[int, ...]:
    """Outline an emotion's core action units; give their numbers, none where the codebook has none."""
    if emotion not in book.emotions:
        return ()
    parts = np.array(part_names())[book.merge[book.emotions.index(emotion)].astype(bool)]
    path = traced(frozenset(parts))
    halo = [withStroke(linewidth=3.2, foreground=chart.ink["paper"])]
    axis.add_patch(
        PathPatch(path, facecolor="none", edgecolor=chart.ink["ink"], linewidth=1.5, path_effects=halo, zorder=5)
    )
    return book.core[emotion]
