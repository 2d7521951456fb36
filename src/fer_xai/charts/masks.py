"""Every emotion's faces on every emotion's action units: the matrix that S is made from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.charts.heat import draw_cells, outline
from fer_xai.charts.selecting import emotions_of, select
from fer_xai.charts.style import Chart, style
from fer_xai.charts.words import codebook_name, method_name, signed

LIMIT = 1.0


def mask_matrix(
    matrix: pd.DataFrame,
    method: str,
    codebook: str = "facs2002",
    specificity: pd.DataFrame | None = None,
    emotions: Sequence[str] | None = None,
    theme: str = "light",
) -> Chart:
    """Draw the log2 enrichment of each emotion's faces on each emotion's mask, the own masks outlined.

    Parameters
    ----------
    matrix : DataFrame
        The table ``matrix`` of a study: method, codebook, emotion, mask, log2_enrichment.
    method, codebook : str
    specificity : DataFrame, optional
        The table ``specificity``, for S and n in the note.
    emotions : sequence of str, optional
        Rows; all the table's, in the customary order.
    theme : {"light", "dark"}

    Returns
    -------
    Chart
        Rows are faces, columns masks; 0, the chance level, is paper.

    Raises
    ------
    InputError
        If the table has no such rows.
    """
    rows = select(matrix, method=method, codebook=codebook)
    shown = emotions_of(rows, emotions)
    masks = [mask for mask in shown if mask in set(rows["mask"])]
    values = rows.pivot_table(index="emotion", columns="mask", values="log2_enrichment", dropna=False)
    cells = values.reindex(index=shown, columns=masks).to_numpy(float)
    with style(theme):
        chart = Chart(2.2 + 0.8 * len(masks), 2.0 + 0.36 * len(shown), theme)
        axis = chart.subplots()
        inks = draw_cells(chart, axis, cells, LIMIT, theme, shown, masks)
        for (i, j), ink in np.ndenumerate(inks):
            own = shown[i] == masks[j]
            axis.text(
                j, i, signed(cells[i, j]), ha="center", va="center", color=ink, weight="bold" if own else "normal"
            )
            if own:
                outline(axis, i, j, inset=0.04, facecolor="none", edgecolor=chart.ink["ink"], linewidth=1.8)
        axis.set_ylabel("faces of")
        axis.set_xlabel("action units of")
        axis.xaxis.set_label_position("top")
        return chart.finish(
            f"Does each emotion's evidence lie on its own action units ({codebook_name(codebook)})? "
            f"By {method_name(method)}",
            _alt(cells, shown, masks, method, codebook),
            "log2(share ÷ area); 0 is the area's share, the chance level of one cell; +1 twice, −1 half. Outlined: the "
            "emotion's own units." + _told(specificity, method, codebook),
        )


def _told(specificity: pd.DataFrame | None, method: str, codebook: str) -> str:
    if specificity is None:
        return ""
    row = select(specificity, method=method, codebook=codebook).iloc[0]
    interval = f" (95 % interval {signed(row['low'])} to {signed(row['high'])})" if np.isfinite(row["low"]) else ""
    return (
        f" S, the mean of the outlined cells less their rows' others, is {signed(row['value'])}{interval}, "
        f"n = {row['n']:.0f}; chance 0."
    )


def _alt(cells: np.ndarray, emotions: Sequence[str], masks: Sequence[str], method: str, codebook: str) -> str:
    best = sum(
        masks[int(np.nanargmax(line))] == emotion
        for emotion, line in zip(emotions, cells, strict=True)
        if np.isfinite(line).any()
    )
    return (
        f"Matrix of log2 enrichment by {method_name(method)}: faces of {len(emotions)} emotions on the units of "
        f"{len(masks)} in {codebook_name(codebook)}; the own units are the row's highest for {best}, by chance for 1."
    )
