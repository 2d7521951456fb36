"""What hiding a region costs, and what a region is worth, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.charts.forest import ROW, Panel, draw_panels, legend
from fer_xai.charts.selecting import emotions_of, select
from fer_xai.charts.style import Chart, style
from fer_xai.charts.words import fill_words, in_region_order, listing, method_name, points, region_name
from fer_xai.few import FEWEST_OF_BOOTSTRAP

_COLUMNS = 4


def hiding_costs(
    ablation: pd.DataFrame, fill: str = "inpaint", emotions: Sequence[str] | None = None, theme: str = "light"
) -> Chart:
    """Draw how much recall each emotion loses when a region is hidden on every face.

    Parameters
    ----------
    ablation : DataFrame
        The table ``ablation`` of a study: emotion, region, fill, n, recall, recall_control, cost, cost_low, cost_high,
        cost_beyond_control_low, cost_beyond_control_high.
    fill : {"inpaint", "grey", "blur"}
        How the regions were hidden.
    emotions : sequence of str, optional
        Panels; all the table's, in the customary order.
    theme : {"light", "dark"}

    Returns
    -------
    Chart
        A panel per emotion, a row per region: points of recall lost with the 95 % interval, on a band from 0 to what
        the same shape costs elsewhere on the picture, the chance level of its size. Filled: clear of 0 and, face by
        face, of the same shape elsewhere, which tells more than the two ends of the band.

    Raises
    ------
    InputError
        If the table has no such rows.
    """
    rows = select(ablation, fill=fill).rename(columns={"cost": "value", "cost_low": "low", "cost_high": "high"})
    beyond = rows["cost_beyond_control_low"], rows["cost_beyond_control_high"]
    more, less = (rows["low"] > 0) & (beyond[0] > 0), (rows["high"] < 0) & (beyond[1] < 0)
    rows = rows.assign(chance=rows["recall"] - rows["recall_control"], clear=more | less)
    found = _told(rows, emotions)
    told = f"What hiding a region costs each emotion (regions {fill_words(fill)})"
    return _draw(
        rows, emotions, theme, told, "recall lost, in points", "chance: 0, and the same shape elsewhere", found
    )


def region_worths(shapley: pd.DataFrame, emotions: Sequence[str] | None = None, theme: str = "light") -> Chart:
    """Draw the mean Shapley value of each region for each emotion.

    Parameters
    ----------
    shapley : DataFrame
        The table ``shapley`` of a study: emotion, method, region, n, value, low, high.
    emotions : sequence of str, optional
        Panels; all the table's, in the customary order.
    theme : {"light", "dark"}

    Returns
    -------
    Chart
        A panel per emotion, a row per region: points of the answer's probability with the 95 % interval; a region that
        the model does not use has 0. Of fewer than ten faces no mark is filled: a bootstrap of so few is too sure.

    Raises
    ------
    InputError
        If the table is empty.
    """
    rows = select(shapley, method=shapley["method"].iloc[0]) if len(shapley) else select(shapley, method="shap:regions")
    found = _told(rows, emotions)
    told = (
        f"What each region is worth to the emotion explained (Shapley values), by {method_name(rows['method'].iloc[0])}"
    )
    return _draw(rows, emotions, theme, told, "points of probability", "", found)


def _draw(
    rows: pd.DataFrame, emotions: Sequence[str] | None, theme: str, title: str, label: str, chance: str, alt: str
) -> Chart:
    shown, regions = _shown(rows, emotions), in_region_order(rows["region"])
    panels = [_panel(select(rows, emotion=emotion), emotion, regions) for emotion in shown]
    with style(theme):
        lines = -(-len(panels) // _COLUMNS)
        chart = Chart(9.2, 1.35 + lines * (0.65 + ROW * len(regions)), theme)
        draw_panels(chart, panels, [region_name(region) for region in regions], _COLUMNS, label, zero=True)
        legend(chart, "mean and 95 % interval", chance)
        return chart.finish(title, f"{title}: {alt}.")


def _shown(rows: pd.DataFrame, emotions: Sequence[str] | None) -> list[str]:
    """The mean over all faces first."""
    found = emotions_of(rows, emotions)
    return sorted(found, key=lambda name: name != "all") if emotions is None else found


def _panel(rows: pd.DataFrame, emotion: str, regions: Sequence[str]) -> Panel:
    n = rows["n"].max()
    table = rows.set_index("region").reindex(regions)
    value, low, high = (100 * table[name].to_numpy(float) for name in ("value", "low", "high"))
    chance, clear = np.zeros((len(regions), 1)), None
    if "chance" in table:
        chance = np.column_stack([chance, 100 * table["chance"].to_numpy(float)])
        clear = table["clear"].eq(True).to_numpy()
    elif n < FEWEST_OF_BOOTSTRAP:
        clear = np.zeros(len(regions), bool)
    return Panel(f"{'all faces' if emotion == 'all' else emotion}, n = {n:.0f}", value, low, high, chance, clear)


def _told(rows: pd.DataFrame, emotions: Sequence[str] | None) -> str:
    told = []
    for emotion in _shown(rows, emotions):
        part = select(rows, emotion=emotion)
        most = part["value"].max()
        first = [region_name(region) for region in in_region_order(part.loc[part["value"] == most, "region"])]
        told.append(f"{emotion} at the {' and the '.join(first)} ({points(most)} points)")
    return f"largest for {listing(told)}"
