"""Dispersed or focused? How far maps reach beyond the face, how much lies on its centre, how wide they are spread."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_xai.comparison.matched import Matched
from fer_xai.comparison.paired import corrected, paired
from fer_xai.comparison.parts import Profiles
from fer_xai.evaluation.intervals import mean
from fer_xai.facs import RegionProfile
from fer_xai.facs.atlas import BACKGROUND

CENTRAL = ("brow", "eye", "nose", "mouth")
MEASURES = ("outside", "central", "spread")

_FOCUS = ["model", "method", "measure", "n", "value", "low", "high", "chance", "beyond"]
_DIFFERENCES = ["model", "other", "method", "measure", "n", "value", "other_value", "difference", "low", "high"]
_DIFFERENCES += ["p", "p_holm", "significant"]


def focus_table(matched: Matched, profiles: Profiles) -> pd.DataFrame:
    """Each model's focus by each method.

    Returns
    -------
    DataFrame
        model, method, measure, n, value, low, high, chance, beyond. Measures are shares, 0…1: ``outside`` (of positive
        attribution, outside the face oval), ``central`` (on brows, eyes, nose and mouth) and ``spread`` (effective area
        of the map as a share of the picture, 2^entropy ÷ pixels). Value is the mean over faces with its 95 % t
        interval; chance is what a flat map has (the area; 1 for spread); ``beyond`` is 1 or −1 where value − chance is
        above or below zero by its interval, else 0.
    """
    rows = []
    for method in matched.methods:
        for model in matched.models:
            values, chances = faces_focus(profiles, model, method)
            for place, measure in enumerate(MEASURES):
                known = np.isfinite(values[:, place])
                value, apart = mean(values[known, place]), mean(values[known, place] - chances[known, place])
                beyond = 1 if apart.low > 0 else -1 if apart.high < 0 else 0
                chance = float(chances[known, place].mean()) if value.n else np.nan
                rows.append((model, method, measure, value.n, value.value, value.low, value.high, chance, beyond))
    return pd.DataFrame(rows, columns=_FOCUS)


def focus_differences(matched: Matched, profiles: Profiles) -> pd.DataFrame:
    """Compare the focus of every two models, face by face: see `fer_xai.comparison.paired.paired`.

    Holm's correction is over the methods and measures of a pair.
    """
    tables = []
    for model, other in matched.pairs:
        parts = []
        for method in matched.methods:
            one, two = (faces_focus(profiles, name, method)[0] for name in (model, other))
            known = np.isfinite(one).all(axis=1) & np.isfinite(two).all(axis=1)
            found = paired(one[known] - two[known], matched.seed)
            means = [np.sort(values[known], axis=0).mean(axis=0) if found.n else found.value for values in (one, two)]
            parts.append(
                pd.DataFrame(
                    {
                        **{"model": model, "other": other, "method": method, "measure": MEASURES, "n": found.n},
                        **{"value": means[0], "other_value": means[1], "difference": found.value},
                        **{"low": found.low, "high": found.high, "p": found.p},
                    }
                )
            )
        tables.append(corrected(pd.concat(parts, ignore_index=True)))
    return pd.concat(tables, ignore_index=True)[_DIFFERENCES]


def faces_focus(profiles: Profiles, model: str, method: str) -> tuple[np.ndarray, np.ndarray]:
    """The three measures of each face, and what a flat map has, (N, 3) each; NaN where there are no landmarks."""
    coarse = profiles.level(model, method, "coarse")
    spread = np.where(coarse.used, profiles.spread[model, method], np.nan)
    values = np.column_stack([*_shares(coarse, coarse.mass), spread])
    return values, np.column_stack([*_shares(coarse, coarse.area), np.ones(len(spread))])


def _shares(coarse: RegionProfile, table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    central = [coarse.regions.index(region) for region in CENTRAL]
    shown = np.where(coarse.used[:, None], table, np.nan)
    return shown[:, coarse.regions.index(BACKGROUND)], shown[:, central].sum(axis=1)
