"""What the figures share: a face, the attribution over it, and the words above."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from fer_xai.figures.pictured import hardly_moves, in_probability, pictured, without_regions

if TYPE_CHECKING:
    import pandas as pd

    from fer_xai.explanation import Explanation
    from fer_xai.facs import FaceMasks

FOR, AGAINST, CHOSEN, QUIET, INK = "#b2182b", "#2166ac", "#444444", "#c4c4c4", "#444444"
STEPS = (1, 3, 5, 10)  # segments that LIME's progressive panels show
_FULL_COLOUR = 99.0  # percentile of |attribution| drawn at full colour: one hot pixel must not pale all others
_COLUMNS = 4
_LONGEST = 24  # letters of a face's name: as wide as a panel
_SETTLED = "ranking settled"
TEXT, SMALL = 8, 7  # points
_LETTER = 0.0078  # inches of a letter's width for a point of its height


def panel_figure(rows: int, columns: int, width: float, height: float) -> tuple[Figure, np.ndarray]:
    """A figure of panels and its axes (rows, columns); `width` and `height` are a panel's, in inches."""
    figure = Figure(figsize=(width * columns + 0.6, height * rows + 0.45), dpi=110, layout="constrained")
    axes: np.ndarray = figure.subplots(rows, columns, squeeze=False)
    return figure, axes


def a_panel_per_face(explanation: Explanation, limit: int, width: float, height: float) -> tuple[Figure, list[Any]]:
    """A figure with a panel for each of the first faces, some side by side, and the method above all."""
    count = min(len(explanation), limit)
    rows = -(-count // _COLUMNS)
    figure, axes = panel_figure(rows, -(-count // rows), width, height)
    for axis in axes.flat[count:]:
        axis.set_axis_off()
    figure.suptitle(method_words(explanation).replace("\n", ", "), fontsize=TEXT, fontweight="bold")
    return figure, list(axes.flat[:count])


def picture(explanation: Explanation, n: int) -> np.ndarray:
    """Face `n` as matplotlib draws it: (H, W) or (H, W, 3)."""
    face = explanation.faces[n : n + 1].images()[0]
    return face if face.shape[-1] == 3 else face[..., 0]


def show(axis: Any, face: np.ndarray, title: str) -> None:
    """Draw a face under a title."""
    axis.imshow(face, cmap="gray", vmin=0, vmax=1)
    axis.set_title(title, fontsize=TEXT)
    axis.set_axis_off()


def lay_over(axis: Any, explanation: Explanation, n: int, count: int | None = None) -> None:
    """Lay face `n`'s attribution over its picture, or its `count` strongest segments: red speaks for the target.

    All pictures of a face have one scale, that of its whole maps. A line runs around the strongest segments, which may
    be pale.
    """
    chosen, scale = strongest(explanation, n, count), _full_colour(explanation, n)
    attribution = np.where(chosen, _pictured(explanation, np.arange(len(explanation)) == n)[0], 0)
    opacity = 0.75 * np.sqrt(np.minimum(np.abs(attribution) / scale, 1))
    axis.imshow(attribution, cmap="RdBu_r", vmin=-scale, vmax=scale, alpha=opacity)
    if not chosen.all():
        axis.contour(chosen, levels=[0.5], colors=INK, linewidths=0.7)


def _full_colour(explanation: Explanation, n: int) -> float:
    """The strength at which face `n` has full colour: one for all targets for which that face is explained."""
    images = explanation.faces.images()
    maps = np.abs(_pictured(explanation, (images == images[n]).all(axis=(1, 2, 3))))
    return float(np.percentile(maps, _FULL_COLOUR, axis=(1, 2)).max() or maps.max() or 1.0)


def _pictured(explanation: Explanation, rows: np.ndarray) -> np.ndarray:
    segments = None if explanation.segments is None else explanation.segments[rows]
    return pictured(explanation.method, explanation.attributions[rows], segments)


def colour_key(figure: Figure, explanation: Explanation) -> None:
    """Say under the panels what the laid-over colours mean."""
    contrast = any(target not in explanation.emotions for target in explanation.targets)
    which, rest = ("the first emotion", "for the second") if contrast else ("the emotion", "against it")
    if explanation.settings.get("show") == "absolute":
        colours = "red: the answer reacts to changes there, for the emotion or against it"
    elif explanation.settings.get("relu"):
        colours = f"red speaks for {which}; these maps keep nothing that speaks {rest}"
    else:
        colours = f"red speaks for {which}, blue {rest}"
    colours += (
        ", in probability (1 is all of it)" if in_probability(explanation.method) else "; the scale is the method's own"
    )
    words = [f"{colours}; colours can be compared within a face, not between faces"]
    if any(_SETTLED in axis.get_title() for axis in figure.axes):
        words.append(f"{_SETTLED}: the rank correlation to expect with that of endless passes (1: no change)")
    wide = int(figure.get_figwidth() / (_LETTER * SMALL))
    figure.supxlabel("\n".join(fill(line, wide) for line in words), fontsize=SMALL, color=INK)


def finish_bars(axis: Any, title: str) -> None:
    """Give a panel of horizontal bars its title and its quiet frame; the first bar stands on top."""
    axis.invert_yaxis()
    axis.tick_params(labelsize=SMALL)
    axis.set_title(title, fontsize=TEXT)
    axis.spines[["top", "right"]].set_visible(False)


def caption(explanation: Explanation, n: int) -> str:
    """The face's name, what it was called and with what probability, and whether that is its label."""
    label, predicted = explanation.faces.labels[n], explanation.predicted[n]
    name, called = str(explanation.faces.ids[n]), f"called {predicted} ({explanation.probabilities[n].max():.0%})"
    if len(name) > _LONGEST:
        name = name.rsplit("/", 1)[-1]
    if len(name) > _LONGEST:
        name = "…" + name[1 - _LONGEST :]
    if label is None:
        return f"{name}\n{called}"
    if label == predicted:
        return f"{name}\n{called} \N{CHECK MARK}"
    return f"{name}\n{called}\n\N{BALLOT X} labelled {label}"


def heading(explanation: Explanation, n: int) -> str:
    """Which method, for which target, and for a class map how coarse it is."""
    method, *rest = method_words(explanation).split("\n")
    one_sided = explanation.settings.get("relu") or explanation.settings.get("show") == "absolute"
    sign = "" if one_sided else "\N{PLUS-MINUS SIGN}"
    scale = f"full colour {sign}{_full_colour(explanation, n):.2g}"
    settled = explanation.details.get("settled")
    sure = [f"{_SETTLED} to {settled[n]:.2f}"] if settled is not None and np.isfinite(settled[n]) else []
    target = f"{method}, for {explanation.targets[n]}"
    if explanation.segments is not None and without_regions(explanation.method, explanation.segments[n : n + 1])[0]:
        return "\n".join([target, "no landmarks, so no regions"])
    blank = not explanation.attributions[n].any()
    little = hardly_moves(explanation.method, 0 if blank else _full_colour(explanation, n))
    return "\n".join([target, *rest, scale, *(["no place moves the answer a point"] if little else []), *sure])


def method_words(explanation: Explanation) -> str:
    """Which method, and on lines of their own for a class map its layer and how coarse that is."""
    if "cell" not in explanation.details:
        return explanation.method
    height, width = explanation.details["cell"]
    layer = explanation.details["layer"].split("/")[-1]
    return f"{explanation.method}\n{layer}\nblocks of {height:.3g}×{width:.3g} pixels"


def steps(explanation: Explanation) -> tuple[int | None, ...]:
    """How many segments each panel shows; `None` for all."""
    if explanation.segments is None:
        return (None,)
    most = explanation.segments.max() + 1
    return (*(count for count in STEPS if count < most), None)


def strongest(explanation: Explanation, n: int, count: int | None) -> np.ndarray:
    """The pixels (H, W) of face `n`'s `count` segments of largest magnitude; all of them for `None`."""
    if count is None or explanation.segments is None:
        return np.ones(explanation.attributions[n].shape, bool)
    segments = explanation.segments[n]
    weight = np.abs(explanation.details["values"][n][: segments.max() + 1])
    return np.isin(segments, np.argsort(-weight, kind="stable")[:count])


def told_in_regions(explanation: Explanation, limit: int, level: str) -> tuple[FaceMasks, pd.DataFrame]:
    """The masks of the first faces, and the counter's rows for them."""
    from fer_xai.facs import FaceMasks, count_regions

    faces = explanation.faces[:limit]
    landmarks = None if explanation.landmarks is None else explanation.landmarks[:limit]
    masks = FaceMasks.paint(faces, landmarks)
    return masks, count_regions(faces, explanation.attributions[:limit], levels=(level,), masks=masks)
