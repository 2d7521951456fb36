"""Specificity S as a forest plot: every method on every codebook, beside maps that know nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.charts.forest import ROW, Panel, draw_panels, legend
from fer_xai.charts.style import Chart, style
from fer_xai.charts.words import codebook_name, in_method_order, listing, method_name, signed
from fer_xai.errors import InputError

_COLUMNS = 3


def specificity_forest(
    specificity: pd.DataFrame,
    specificity_blind: pd.DataFrame | None = None,
    methods: Sequence[str] | None = None,
    theme: str = "light",
) -> Chart:
    """Draw S of each method and codebook with its interval.

    Parameters
    ----------
    specificity : DataFrame
        The table ``specificity`` of a study: method, codebook, value, low, high, n.
    specificity_blind : DataFrame, optional
        The table ``specificity_blind``: the same of maps that know nothing of emotions, on the same faces.
    methods : sequence of str, optional
        The rows; all the table's, causal ones first.
    theme : {"light", "dark"}

    Returns
    -------
    Chart
        A panel per codebook, a row per method: S with its 95 % interval, on a band that holds 0, the chance level,
        and the S of the blind maps. Filled marks have intervals that leave the band out.

    Raises
    ------
    InputError
        If no S is known.
    """
    rows = specificity.dropna(subset=["value"]) if "value" in specificity else specificity
    if rows.empty:
        raise InputError("received no S: it takes faces of at least two emotions with action units")
    books, methods = list(dict.fromkeys(rows["codebook"])), list(methods or in_method_order(rows["method"]))
    panels = [_panel(rows, specificity_blind, book, methods) for book in books]
    with style(theme):
        lines = -(-len(panels) // _COLUMNS)
        chart = Chart(9.2, 1.35 + lines * (0.65 + ROW * len(methods)), theme)
        draw_panels(chart, panels, [method_name(m) for m in methods], _COLUMNS, "S, in powers of two", zero=True)
        sure = bool(rows["low"].notna().any())
        legend(chart, "S and 95 % interval" if sure else "S", "chance: 0 and the blind maps", sure)
        return chart.finish(
            "Specificity S: does an emotion's evidence prefer its own action units to other emotions’?",
            _alt(rows, methods),
        )


def _panel(rows: pd.DataFrame, blind: pd.DataFrame | None, book: str, methods: list[str]) -> Panel:
    own = rows[rows["codebook"] == book].set_index("method").reindex(methods)
    n = own["n"].max()
    chance = [0.0]
    if blind is not None and len(blind):
        chance += [float(value) for value in blind.loc[blind["codebook"] == book, "value"].dropna()]
    value, low, high = (own[column].to_numpy(float) for column in ("value", "low", "high"))
    return Panel(f"{codebook_name(book)}, n = {n:.0f}", value, low, high, np.tile(chance, (len(methods), 1)))


def _alt(rows: pd.DataFrame, methods: list[str]) -> str:
    lead = rows[rows["method"] == methods[0]]
    told = [
        f"{signed(row.value)} ({signed(row.low)} to {signed(row.high)}) on {codebook_name(row.codebook)}"
        for row in lead.itertuples()
    ]
    return (
        f"Forest plot of specificity S for {len(methods)} methods on {rows['codebook'].nunique()} codebooks, chance 0; "
        f"by {method_name(methods[0])} it is {listing(told)}."
    )
