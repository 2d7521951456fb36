"""What speaks for each emotion and against it, averaged over faces laid onto the mean face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from fer_xai.charts.face_space import to_face_space
from fer_xai.charts.mean_face import FRAME, region_at
from fer_xai.charts.portrait import HEIGHT, WIDTH, draw_lines, face_axes
from fer_xai.charts.scale import draw_scale
from fer_xai.charts.selecting import emotions_of
from fer_xai.charts.style import Chart, arm, style
from fer_xai.charts.words import method_name, region_name
from fer_xai.errors import InputError

LIMIT = 4.0  # times an even spread: full colour
_SIDES = {"for": ("p", 1.0), "against": ("n", -1.0)}
_LABEL = "what speaks {}: times an even spread (1: a flat map, chance)"
_NOTE = (
    f"n: faces whose map has any of it. Full colour: {LIMIT:g} times and more. Place by place: a small place may be "
    "darker here than its whole region is on a drawn face."
)
_LEAST = 0.5  # of the faces whose picture must reach a place


@dataclass(frozen=True)
class MeanMap:
    """What speaks for (or against) an emotion, averaged on the mean face.

    Attributes
    ----------
    emotion : str
    side : {"for", "against"}
    density : ndarray of float, shape (h, w)
        How many times as dense the side's attribution is as if it were spread evenly over the picture, averaged over
        faces that all weigh the same; NaN where the pictures of less than half of them reach. A flat map has 1.
    n : int
        Faces averaged: those with landmarks and some attribution of the side.
    """

    emotion: str
    side: str
    density: np.ndarray
    n: int


def mean_maps(attributions: np.ndarray, points: np.ndarray, groups: Sequence[str]) -> list[MeanMap]:
    """Average attributions on the mean face, emotion by emotion, what speaks for and against apart.

    Parameters
    ----------
    attributions : ndarray, shape (N, H, W)
        Of one method, e.g. ``Study.maps(method)[0]``.
    points : ndarray, shape (N, 468, 2)
        The faces' landmarks, `Landmarks.points`; NaN where none were found.
    groups : sequence of str
        The emotion each face counts for.

    Returns
    -------
    list of MeanMap
        For every emotion and side that has faces.

    Raises
    ------
    InputError
        If attributions, points and groups are not equally many, or no face has landmarks and an attribution.
    """
    maps, points, of = np.nan_to_num(np.asarray(attributions, np.float32)), np.asarray(points), np.array(groups, object)
    if not len(maps) == len(points) == len(of):
        raise InputError(f"received {len(maps)} attributions, {len(points)} faces' points and {len(of)} groups")
    located = np.isfinite(points).all(axis=(1, 2))
    found = []
    for emotion in emotions_of(pd.DataFrame({"emotion": of})):
        for side, (_, sign) in _SIDES.items():
            mass = np.maximum(sign * maps, 0)
            used = located & (of == emotion) & mass.any(axis=(1, 2))
            if used.any():
                density = mass[used] / mass[used].mean(axis=(1, 2), keepdims=True)
                found.append(MeanMap(emotion, side, _mean(to_face_space(density, points[used])), int(used.sum())))
    if not found:
        raise InputError("no face has both landmarks and an attribution: there is nothing to average")
    return found


def _mean(warped: np.ndarray) -> np.ndarray:
    """Mean over the faces whose picture reaches, where enough do."""
    reached = np.isfinite(warped).sum(axis=0)
    mean: np.ndarray = np.nansum(warped, axis=0) / np.maximum(reached, 1)
    return np.where(reached >= max(1, _LEAST * len(warped)), mean, np.nan)


def mean_attribution(
    means: Sequence[MeanMap], method: str, emotions: Sequence[str] | None = None, theme: str = "light"
) -> Chart:
    """Draw, emotion by emotion, where what speaks for the answer and against it lies on the mean face.

    Parameters
    ----------
    means : sequence of MeanMap
        Of `mean_maps`.
    method : str
        Which the attributions are of.
    emotions : sequence of str, optional
        Columns; all there are, in the customary order.
    theme : {"light", "dark"}

    Returns
    -------
    Chart
        Two rows of mean faces: for (red) and against (blue). 1 is what a flat map has everywhere: the chance level.

    Raises
    ------
    InputError
        If there are no means, or not of an emotion asked for.
    """
    if not means:
        raise InputError("received no mean maps: take them of `mean_maps`, from faces with landmarks")
    shown = emotions_of(pd.DataFrame({"emotion": [mean.emotion for mean in means]}), emotions)
    known = {(mean.side, mean.emotion): mean for mean in means if mean.emotion in shown}
    sides = [side for side in _SIDES if any(side == of for of, _ in known)]
    alone = len(shown) == 1  # both sides then stand side by side
    with style(theme):
        rows, columns = (1, len(sides)) if alone else (len(sides), len(shown))
        chart = Chart(max(5.4, 0.8 * WIDTH * columns), 1.3 + (HEIGHT if alone else 0.8 * HEIGHT + 0.55) * rows, theme)
        axes = face_axes(chart, rows, columns)
        for line, side in zip(axes.T if alone else axes, sides, strict=True):
            for axis, emotion in zip(line, shown, strict=True):
                mean = known.get((side, emotion))
                axis.set_title(f"{emotion}: {side}\nn = {mean.n if mean else 0}", fontsize=8)
                if mean:
                    _draw(chart, axis, mean, theme)
            label = "times an even spread (1: a flat map, chance)" if alone else _LABEL.format(side)
            draw_scale(chart, line, arm(theme, _SIDES[side][0]), (0, LIMIT), label)
        whose = f"“{shown[0]}” faces" if len(shown) == 1 else "each emotion's faces"
        title = (
            f"What speaks for the emotion explained and against it on {whose}, averaged on the mean face, by "
            f"{method_name(method)}"
        )
        return chart.finish(title, _alt([known[key] for key in known if key[0] == "for"], method), _NOTE)


def _draw(chart: Chart, axis: Axes, mean: MeanMap, theme: str) -> None:
    left, right, top, bottom = FRAME
    axis.imshow(
        mean.density,
        cmap=arm(theme, _SIDES[mean.side][0]),
        vmin=0,
        vmax=LIMIT,
        extent=(left, right, bottom, top),
        interpolation="bilinear",
    )
    draw_lines(axis, chart.ink["ink"])


def _alt(means: Sequence[MeanMap], method: str) -> str:
    told = []
    for mean in means:
        peak = np.unravel_index(int(np.nanargmax(mean.density)), mean.density.shape)
        where = region_name(region_at(*((p + 0.5) / side for p, side in zip(peak, mean.density.shape, strict=True))))
        told.append(f"{mean.emotion}, {where} ({np.nanmax(mean.density):.1f} times an even spread)")
    densest = f"; densest: {'; '.join(told)}" if told else ""
    return f"Mean attribution by {method_name(method)} on a drawn mean face{densest}."
