"""Trust tables of made-up figures: each method is good at everything but for what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from fer_xai.evaluation.trust.rows import BETTER

TOLD_APART = 0.05  # smaller differences are within chance
GOOD: Mapping[str, Any] = {
    "score": 0.30,  # insertion less deletion
    "elsewhere": 0.00,
    "grey": 0.30,
    "blur": 0.30,
    "stability": {"mirroring": 0.9, "a shift of 2 px": 0.8, "noise": 0.95},
    "sanity": 0.10,
    "others": 0.05,
    "grain": 0.5,
}
BLIND: Mapping[str, Mapping[str, Any]] = {
    "random": {"score": 0.0},
    "blob": {"score": 0.12, "sanity": 1.0, "others": 1.0},
    "sobel": {"score": 0.10, "sanity": 1.0, "others": 0.2},
}


def made_up(methods: Mapping[str, Mapping[str, Any]], n: int = 48) -> pd.DataFrame:
    """The table ``trust`` of some methods, each with what is not as in `GOOD`; None leaves a figure out."""
    every = {name: GOOD | dict(told) for name, told in {**methods, **BLIND}.items()}
    rows = []
    for method, told in every.items():
        rows += _faithful(method, told, n)
        for other, beside in every.items():
            known = told["score"] is not None and beside["score"] is not None
            if method in methods and other != method and known:
                rows.append(_row(method, "faithfulness_beside", other, "", told["score"], beside["score"], n))
        for variant, value in (told["stability"] or {}).items():
            rows.append(_row(method, "stability", variant, "", value, 0.0, n // 4))
        if told["sanity"] is not None:
            rows.append(_row(method, "sanity", "all layers", "", told["sanity"], told["others"], n // 4))
        if told["grain"] is not None:
            rows.append(_row(method, "grain", "share of a region", "", told["grain"], float("nan"), n))
    return pd.DataFrame(rows)


def _faithful(method: str, told: Mapping[str, Any], n: int) -> list[dict[str, Any]]:
    if told["score"] is None:
        return []
    fills = {"": told["score"], "grey": told["grey"], "blur": told["blur"]}
    return [_row(method, "faithfulness", "", fill, value, told["elsewhere"], n) for fill, value in fills.items()]


def _row(method: str, metric: str, variant: str, fill: str, value: float, chance: float, n: int) -> dict[str, Any]:
    apart = value - chance
    return {
        **{"method": method, "metric": metric, "variant": variant, "fill": fill, "n": n},
        **{"value": value, "low": value - 0.04, "high": value + 0.04, "chance": chance},
        **{"difference": apart, "difference_low": apart - TOLD_APART, "difference_high": apart + TOLD_APART},
        **{"p": 0.001 if abs(apart) > TOLD_APART else 0.4, "better": BETTER.get(metric, "")},
    }
