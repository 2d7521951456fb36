"""How differences between two models are written."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from fer_xai.charts.words import percent, points, signed
from fer_xai.study.blind import chance_of_s


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
    values = chance_of_s(blind, codebook)
    low, high = signed(min(values)), signed(max(values))
    return "0" if low == high else f"{low} to {high}"


class Side(NamedTuple):
    """A difference as the model would tell it that it speaks for: its own value first."""

    value: float
    against: float
    low: float
    high: float


def sided(row: Any, first: bool) -> Side:
    """A row of differences (value, other_value, low, high) for the first model, or turned round for the second."""
    if first:
        return Side(row["value"], row["other_value"], row["low"], row["high"])
    return Side(row["other_value"], row["value"], -row["high"], -row["low"])


def small(p: float) -> str:
    """A p-value, after "p": ``= 0.03``, ``< 0.001``."""
    return "< 0.001" if p < 0.001 else f"= {p:.2g}"
