"""Agreement with the action units as a forest plot: every emotion and method beside its chance levels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.charts.forest import ROW, Panel, draw_panels, legend
from fer_xai.charts.selecting import emotions_of, select
from fer_xai.charts.style import Chart, style
from fer_xai.charts.words import codebook_name, in_method_order, listing, method_name
from fer_xai.errors import InputError
from fer_xai.facs.resampling import Units, bca_interval

_COLUMNS = 3


def agreement_forest(
    agreement: pd.DataFrame,
    codebook: str = "facs2002",
    emotions: Sequence[str] | None = None,
    theme: str = "light",
    seed: int = 0,
    resamples: int = 999,
) -> Chart:
    """Draw which share of what speaks for an emotion lies on its action units, method by method.

    Parameters
    ----------
    agreement : DataFrame
        The table ``agreement`` of a study, or `fer_xai.facs.agreement` with a column ``method``: a row per face, with
        mass_accuracy, area and mass_accuracy_blob in [0, 1].
    codebook : str
        Whose action units.
    emotions : sequence of str, optional
        Panels; all the table's, in the customary order.
    theme : {"light", "dark"}
    seed, resamples : int
        Of the bootstrap.

    Returns
    -------
    Chart
        A panel per emotion, a row per method: the mean over faces with its 95 % BCa bootstrap interval, on a band
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
    shown, methods = emotions_of(rows, emotions), in_method_order(rows["method"])
    panels = [_panel(select(rows, emotion=emotion), emotion, methods, seed, resamples) for emotion in shown]
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


def _panel(rows: pd.DataFrame, emotion: str, methods: Sequence[str], seed: int, resamples: int) -> Panel:
    mass = rows.pivot_table(index="face", columns="method", values="mass_accuracy").reindex(columns=methods)
    chance = rows.groupby("method")[["area", "mass_accuracy_blob"]].mean().reindex(methods).to_numpy(float)
    low, high = _intervals(mass.to_numpy(float), seed, resamples)
    n = int(mass.notna().sum().max())
    value = mass.mean().to_numpy(float)
    return Panel(f"{emotion}, n = {n}", 100 * value, 100 * low, 100 * high, 100 * chance)


def _intervals(mass: np.ndarray, seed: int, resamples: int) -> tuple[np.ndarray, np.ndarray]:
    """BCa intervals of each column's mean over the faces that have one, (M,) each; NaN for a single face."""
    known = np.isfinite(mass)
    units = Units.of(np.column_stack([np.where(known, mass, 0), known]), np.zeros(len(mass), int), 1)
    if not units.enough:
        return (np.full(mass.shape[1], np.nan),) * 2

    def means(sums: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            found: np.ndarray = sums[:, 0, : mass.shape[1]] / sums[:, 0, mass.shape[1] :]
        return found

    return bca_interval(units, means, seed, resamples)


def _alt(panels: Sequence[Panel], emotions: Sequence[str], methods: Sequence[str], codebook: str) -> str:
    lead = method_name(methods[0])
    above = [e for e, panel in zip(emotions, panels, strict=True) if panel.low[0] > np.nanmax(panel.chance[0])]
    found = f"clear of both chance levels for {listing(above)}" if above else "clear of both chance levels for none"
    return (
        f"Forest plot of agreement with {codebook_name(codebook)} for {len(emotions)} emotions and {len(methods)} "
        f"methods, with chance bands; by {lead} it is {found}."
    )
