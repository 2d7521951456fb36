"""How good a classifier is: its confusions, its emotions one by one, and whether its confidence can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fer_xai.charts.style import Chart, arm, style
from fer_xai.charts.words import counted, percent
from fer_xai.errors import InputError

if TYPE_CHECKING:
    from fer_xai.evaluation.calibration import Calibration

_MEASURES = {"precision": "one", "recall": "two", "f1": "three"}
_SAID = {"precision": "precision", "recall": "recall", "f1": "F1"}


def confusion_chart(confusion: pd.DataFrame, theme: str = "light") -> Chart:
    """Draw a confusion matrix: each label's faces by what they were taken for, in per cent and in counts.

    Parameters
    ----------
    confusion : DataFrame
        Counts of `fer_xai.evaluation.confusion_matrix`, labels in rows.
    theme : {"light", "dark"}

    Raises
    ------
    InputError
        If it holds no faces.
    """
    counts = confusion.to_numpy()
    if not counts.sum():
        raise InputError("the confusion matrix holds no faces: nothing to draw")
    sizes = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(sizes, 1)
    with style(theme):
        chart = Chart(1.9 + 0.72 * counts.shape[1], 1.7 + 0.5 * counts.shape[0], theme)
        axis = chart.subplots()
        colours = arm(theme, "s")
        axis.imshow(shares, cmap=colours, vmin=0, vmax=1, aspect="auto")
        for (row, column), part in np.ndenumerate(shares):
            if sizes[row, 0]:
                text = f"{percent(part)}\n{counts[row, column]:,}"
                axis.text(
                    column, row, text, ha="center", va="center", fontsize=7.5, color=_ink_on(tuple(colours(part)))
                )
        axis.set_xticks(range(counts.shape[1]), confusion.columns, rotation=30, ha="right")
        axis.set_yticks(
            range(counts.shape[0]), [f"{e} ({n:,})" for e, n in zip(confusion.index, sizes[:, 0], strict=True)]
        )
        axis.set(xlabel="predicted", ylabel="label (faces)")
        axis.spines[:].set_visible(False)
        axis.tick_params(length=0)
        right = int(sum(confusion.loc[e, e] for e in confusion.columns if e in confusion.index))
        told = f"{percent(right / counts.sum())} of {counted(int(counts.sum()), 'face')} right"
        most, name = sizes.max() / sizes.sum(), confusion.index[int(sizes.argmax())]
        note = f"Rows sum to 100 %. Who always says {name} is right on {percent(most)}."
        return chart.finish(f"What each emotion is taken for: {told}", f"Confusion matrix: {told}. {note}", note)


def per_class_chart(table: pd.DataFrame, theme: str = "light") -> Chart:
    """Draw each emotion's precision, recall and F1 with their 95 % intervals.

    Parameters
    ----------
    table : DataFrame
        Of `fer_xai.evaluation.per_class.per_class`.
    theme : {"light", "dark"}

    Raises
    ------
    InputError
        If the table is empty.
    """
    if table.empty:
        raise InputError("there are no emotions to draw")
    with style(theme):
        chart = Chart(1.6 + 0.8 * len(table), 3.2, theme)
        axis = chart.subplots()
        for shift, (measure, colour) in zip((-0.26, 0, 0.26), _MEASURES.items(), strict=True):
            x, value = np.arange(len(table)) + shift, table[measure].to_numpy()
            axis.bar(x, np.nan_to_num(value), 0.24, color=chart.ink[colour], label=_SAID[measure], zorder=2)
            ends = table[[f"{measure}_low", f"{measure}_high"]].to_numpy()
            axis.vlines(x, ends[:, 0], ends[:, 1], color=chart.ink["ink"], linewidth=1.1, zorder=3)
            for place in np.flatnonzero(~np.isfinite(value)):
                axis.text(x[place], 0.01, "–", ha="center", va="bottom", color=chart.ink["soft"])
        names = [f"{row.emotion}\n{row.n:,}" for row in table.itertuples()]
        axis.set_xticks(range(len(table)), names)
        axis.set_ylim(0, 1)
        axis.set_yticks(np.linspace(0, 1, 6), [percent(tick) for tick in np.linspace(0, 1, 6)])
        axis.grid(axis="y", color=chart.ink["line"], linewidth=0.6)
        axis.set_axisbelow(True)
        axis.tick_params(axis="x", length=0)
        axis.legend(ncols=3, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2)
        best = table.loc[table["f1"].fillna(-1).idxmax()]
        worst = table.loc[table["f1"].fillna(2).idxmin()]
        alt = (
            f"Highest F1 for {best['emotion']} ({percent(best['f1'])}), "
            f"lowest for {worst['emotion']} ({percent(worst['f1'])})."
        )
        note = "Lines: 95 % intervals. Numbers below: faces with that label. A dash: cannot be had."
        return chart.finish("Each emotion on its own", alt, note)


def reliability_chart(calibration: Calibration, theme: str = "light") -> Chart:
    """Draw how often the classifier is right against how sure it is.

    Parameters
    ----------
    calibration : Calibration
        Of `fer_xai.evaluation.calibration.measure_calibration`.
    theme : {"light", "dark"}
    """
    curve = calibration.curve[calibration.curve["n"] > 0]
    error = calibration.error
    with style(theme):
        chart = Chart(4.4, 4.6, theme)
        above, below = chart.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        above.plot(
            [0, 1], [0, 1], color=chart.ink["soft"], linewidth=0.9, linestyle=(0, (3, 2)), label="as sure as right"
        )
        above.vlines(curve["confidence"], curve["low"], curve["high"], color=chart.ink["one"], linewidth=1.4)
        above.plot(curve["confidence"], curve["accuracy"], "o-", color=chart.ink["one"], markersize=4.5, linewidth=1)
        ticks = np.linspace(0, 1, 6)
        above.set_yticks(ticks, [percent(tick) for tick in ticks])
        above.set(xlim=(0, 1), ylim=(0, 1), ylabel="right")
        above.grid(color=chart.ink["line"], linewidth=0.6)
        above.legend(loc="upper left")
        whole = calibration.curve
        below.bar(
            whole["from"], whole["n"], whole["to"] - whole["from"], align="edge", color=chart.ink["four"], linewidth=0
        )
        below.set_xticks(ticks, [percent(tick) for tick in ticks])
        below.set(xlabel="sure (probability of the predicted emotion)", ylabel="faces")
        told = f"{percent(calibration.confidence)} sure on average, {percent(calibration.accuracy)} right"
        note = (
            f"Calibration error (ECE) {error.value:.3f}; a perfectly calibrated classifier that is as sure scores "
            f"{error.chance:.3f} by luck (95 % below {error.chance_high:.3f}). Lines: 95 % intervals."
        )
        return chart.finish(f"Can its confidence be relied on? {told}", f"Reliability curve: {told}. {note}", note)


def _ink_on(colour: Sequence[float]) -> str:
    from fer_xai.charts.colours import hexed, ink_on

    red, green, blue = (round(255 * part) for part in colour[:3])
    return hexed(ink_on((red, green, blue)))
