"""Agreement with the action units as a forest plot: every emotion and method beside its chance levels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.charts.forest import ROW, Panel, draw_panels, legend
from fer_xai.charts.selecting import emotions_of, select
from fer_xai.charts.style import Chart, style
from fer_xai.charts.words import codebook_name, counted, in_method_order, listing, method_name
from fer_xai.errors import InputError
from fer_xai.facs import mean_agreement

_COLUMNS = 3


def agreement_forest(
    agreement: pd.DataFrame,
    codebook: str = "facs2002",
    emotions: Sequence[str] | None = None,
    methods: Sequence[str] | None = None,
    theme: str = "light",
) -> Chart:
    """Draw which share of what speaks for an emotion lies on its action units, method by method.

    Parameters
    ----------
    agreement : DataFrame
        The table ``agreement`` of a study, or `fer_xai.facs.agreement` with a column ``method``: a row per face, with
        mass_accuracy, area and mass_accuracy_blob in [0, 1]. Or their means, a study's table ``agreement_means``.
    codebook : str
        Whose action units.
    emotions : sequence of str, optional
        Panels; all the table's, in the customary order.
    methods : sequence of str, optional
        The rows; all the table's, causal ones first.
    theme : {"light", "dark"}

    Returns
    -------
    Chart
        A panel per emotion, a row per method: the mean over faces with its 95 % interval (Student's), on a band
        between two chance levels, the units' area and a blob in the middle of the picture. Filled marks have
        intervals that leave the band out.

    Raises
    ------
    InputError
        If the table has no such rows.
    """
    rows = select(agreement, codebook=codebook).dropna(subset=["mass_accuracy"])
    if rows.empty:
        raise InputError(f"no face has both a map and an emotion with action units in {codebook}")
    shown, methods = emotions_of(rows, emotions), list(methods or in_method_order(rows["method"]))
    given = {"low", "high", "n"} <= set(rows)
    means = rows.set_index(["method", "codebook", "emotion"]) if given else mean_agreement(rows)
    panels = [_panel(means, emotion, methods) for emotion in shown]
    with style(theme):
        lines = -(-len(panels) // _COLUMNS)
        chart = Chart(9.2, 1.35 + lines * (0.65 + ROW * len(methods)), theme)
        draw_panels(chart, panels, [method_name(m) for m in methods], _COLUMNS, "share on the units, in %", zero=False)
        legend(chart, "mean and 95 % interval", "chance: from area to blob")
        return chart.finish(
            f"How much of what speaks for an emotion lies on its action units ({codebook_name(codebook)}), "
            "beside what chance gives",
            _alt(panels, shown, methods, codebook),
        )


def _panel(means: pd.DataFrame, emotion: str, methods: Sequence[str]) -> Panel:
    own = means.xs(emotion, level="emotion").reset_index("codebook").reindex(methods)
    value, low, high = (100 * own[name].to_numpy(float) for name in ("mass_accuracy", "low", "high"))
    chance = 100 * own[["area", "mass_accuracy_blob"]].to_numpy(float)
    return Panel(f"{emotion}, n = {int(own['n'].max())}", value, low, high, chance)


def _alt(panels: Sequence[Panel], emotions: Sequence[str], methods: Sequence[str], codebook: str) -> str:
    lead = method_name(methods[0])
    above = [e for e, panel in zip(emotions, panels, strict=True) if panel.low[0] > np.nanmax(panel.chance[0])]
    found = f"clear of both chance levels for {listing(above)}" if above else "clear of both chance levels for none"
    return (
        f"Forest plot of agreement with {codebook_name(codebook)} for {counted(len(emotions), 'emotion')} and "
        f"{counted(len(methods), 'method')}, with chance bands; by {lead} it is {found}."
    )
