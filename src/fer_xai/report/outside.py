"""How much of what speaks for the answers lies outside the face: a model that cheats looks there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fer_xai.charts.words import is_causal, method_name, percent, span
from fer_xai.report.figures import Figures


@dataclass(frozen=True)
class Outside:
    """One method's share of positive attribution outside the face oval.

    Attributes
    ----------
    share, low, high : float
        Mean over faces with its 95 % t interval, 0…1.
    area : float
        Mean share of the picture outside the oval: what a map that knows nothing has.
    beyond : bool
        Whether share − area is above zero beyond chance (its 95 % t interval).
    less : bool
        Whether it is below zero so.
    """

    method: str
    share: float
    low: float
    high: float
    area: float
    beyond: bool
    less: bool


def outside(figures: Figures, method: str) -> Outside | None:
    """Measure one method; `None` with fewer than three faces with landmarks and positive attribution."""
    from scipy.stats import sem, t

    rows = figures.tables["regions"]
    rows = rows[(rows["method"] == method) & (rows["level"] == "coarse") & (rows["region"] == "background")]
    rows = rows[rows["share"].notna()]
    if len(rows) < 3:
        return None
    share, area = rows["share"].to_numpy(float), rows["area"].to_numpy(float)
    at = float(t.ppf(0.975, len(rows) - 1))
    mean, more = float(share.mean()), share - area
    reach = at * float(sem(share))
    over, far = float(more.mean()), at * float(sem(more))
    interval = max(mean - reach, 0.0), min(mean + reach, 1.0)
    return Outside(method, mean, *interval, float(np.mean(area)), over - far > 0, over + far < 0)


def sentences(figures: Figures) -> list[str]:
    """What the causal methods say of the background; only they can tell a look there from no look at all."""
    found = [o for m in figures.methods if is_causal(m) and (o := outside(figures, m))]
    if not found:
        return []
    caught = [o for o in found if o.beyond]
    first = caught[0] if caught else found[0]
    said = (
        f"{percent(first.share)} of positive attribution lies outside the face ({method_name(first.method)}; 95 % "
        f"interval {span(first.low, first.high)}), where {percent(first.area)} of the picture is"
    )
    if not caught:
        beside = "less than" if first.less else "no clear difference from"
        return [f"{said}: {beside} what a map would have that knows nothing of faces."]
    return [
        f"Warning: this model looks at the background. {said}: more, beyond chance, than a map would have that "
        "knows nothing of faces. "
        "Something outside the face may give the label away."
    ]
