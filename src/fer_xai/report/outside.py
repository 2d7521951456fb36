"""How much of what speaks for the answers lies outside the face: a model that cheats looks there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fer_xai.charts.words import is_causal, method_name, percent, span
from fer_xai.report import cautions
from fer_xai.report.figures import Figures

_SUMS = ("known", "share", "known_area", "squares", "products", "area_squares")


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
    from scipy.stats import t

    sums = figures.region_sums(method, "coarse")
    if "background" not in sums.index or sums.loc["background", "known"] < 3:
        return None
    n, share, area, squares, products, area_squares = sums.loc["background", list(_SUMS)]
    at, mean, over = float(t.ppf(0.975, n - 1)), share / n, (share - area) / n
    reach = at * _standard_error(n, share, squares)
    far = at * _standard_error(n, share - area, squares - 2 * products + area_squares)
    interval = max(mean - reach, 0.0), min(mean + reach, 1.0)
    return Outside(method, mean, *interval, area / n, over - far > 0, over + far < 0)


def _standard_error(n: float, total: float, squares: float) -> float:
    """Of a mean, from the sum of the numbers and that of their squares."""
    return float(np.sqrt(max(squares - total**2 / n, 0.0) / (n - 1) / n))


def sentences(figures: Figures) -> list[str]:
    """What the causal methods say of the background; only they can tell a look there from no look at all."""
    found = [o for m in figures.methods if is_causal(m) and (o := outside(figures, m))]
    if not found:
        return []
    caught = [o for o in found if o.beyond]
    first = caught[0] if caught else found[0]
    aims = "its answers" if figures.aim == "the answer" else figures.aim
    said = (
        f"{percent(first.share)} of what speaks for {aims} lies outside the face ({method_name(first.method)}; "
        f"95 % interval {span(first.low, first.high)}), where {percent(first.area)} of the picture is"
    )
    if not caught:
        beside = "less than" if first.less else "no clear difference from"
        return [f"{said}: {beside} what a flat map would have."]
    why = "" if cautions.one_answer(figures) else " Something outside the face may give the label away."
    return [
        f"Warning: this model looks at the background. {said}: more, beyond chance, than a flat map would have.{why}"
    ]
