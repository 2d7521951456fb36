"""How differences between two models are written."""

from __future__ import annotations

import pandas as pd

from fer_xai.charts.words import percent, points, signed


def percents(value: float, against: float) -> str:
    """``66 % against 47 %``."""
    return f"{percent(value)} against {percent(against)}"


def in_points(value: float) -> str:
    """An amount without a sign, in words: ``9 points``, ``1.4 points``; decimals below ten."""
    whole = 100 * abs(value)
    text = f"{whole:.0f}" if whole >= 10 else f"{whole:.1f}".removesuffix(".0")
    return f"{text} point{'' if text == '1' else 's'}"


def points_apart(value: float, low: float, high: float) -> str:
    """``difference +19 points, 95 % interval +13 to +24``."""
    return f"difference {points(value)} points, 95 % interval {points(low)} to {points(high)}"


def of_other(what: str, value: float, against: float) -> str:
    """``a specificity S of +0.16 against −0.07``."""
    return f"{what} {signed(value)} against {signed(against)}"


def signed_apart(low: float, high: float) -> str:
    """``95 % interval of the difference +0.10 to +0.35``."""
    return f"95 % interval of the difference {signed(low)} to {signed(high)}"


def blind_s(blind: pd.DataFrame | None, codebook: str) -> str:
    """The specificity S of maps that know nothing of emotions: ``0``, or with what they have on these very faces."""
    rows = blind[blind["codebook"] == codebook] if blind is not None else pd.DataFrame({"value": []})
    values = [0.0, *rows["value"].dropna()]
    low, high = signed(min(values)), signed(max(values))
    return "0" if low == high else f"{low} to {high}"


def small(p: float) -> str:
    """A p-value, after "p": ``= 0.03``, ``< 0.001``."""
    return "< 0.001" if p < 0.001 else f"= {p:.2g}"
