"""How much of a map lies in the masks of each face's own emotion, beside maps that know nothing of the classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from fer_xai.emotions import CANONICAL
from fer_xai.facs.maps import log2_ratio
from fer_xai.facs.resampling import bca_interval, units_of
from fer_xai.few import FEWEST_OF_EMOTION

MEASURES = ("mass_accuracy", "log2_enrichment")


def beside_table(
    own_mass: Mapping[str, np.ndarray],
    area: np.ndarray,
    emotions: Sequence[str | None],
    seed: int = 0,
    resamples: int = 999,
) -> pd.DataFrame:
    """Compare a map with baselines on the same faces, face by face.

    Parameters
    ----------
    own_mass : mapping of str to ndarray (N,)
        The share of each face's positive mass inside the mask of its emotion, 0…1, NaN where there is none: first the
        measured map's, then the baselines'. A baseline without any is left out.
    area : ndarray (N,)
        Share of the crop that the mask covers, 0…1.
    emotions : sequence of str or None
        The emotion of each face; those with fewer than five faces are left out.
    seed, resamples : int
        Of the bootstrap. The order of the faces does not matter.

    Returns
    -------
    DataFrame
        A row for each map and measure:

        map
            Its name.
        measure
            ``mass_accuracy``: mean over the faces of the share of mass inside the own mask; ``log2_enrichment``: mean
            over emotions of log2(mean mass ÷ mean area).
        n
            Faces with landmarks, an own mask, and positive mass in all maps.
        value, low, high
            With its 95 % BCa interval over faces.
        chance
            What a flat map has: the mean area, and 0.
        beyond, beyond_low, beyond_high
            By how much the measured map exceeds this one, compared face by face; NaN for the measured map itself.
    """
    maps = {
        name: np.asarray(mass, np.float64)
        for i, (name, mass) in enumerate(own_mass.items())
        if i == 0 or np.isfinite(mass).any()
    }
    values = np.column_stack([*maps.values(), np.asarray(area, np.float64), np.ones(len(area))])
    kept, codes, count = _used(values, emotions)
    units = units_of(values[kept], codes, count)
    value = low = high = np.full((2, 2, len(maps)), np.nan)
    chance = (np.nan, 0.0)
    if count:
        value, chance = _statistic(units.sums), (float(values[kept, -2].mean()), 0.0)
        low, high = bca_interval(units, _statistic, seed, resamples)
    rows = [
        {"map": name, "measure": measure, "n": len(kept), "chance": chance[j]}
        | _numbers("", [table[0, j, i] for table in (value, low, high)])
        | _numbers("beyond", [table[1, j, i] if i else np.nan for table in (value, low, high)])
        for i, name in enumerate(maps)
        for j, measure in enumerate(MEASURES)
    ]
    columns = ["map", "measure", "n", "value", "low", "high", "chance", "beyond", "beyond_low", "beyond_high"]
    return pd.DataFrame(rows, columns=columns)


def _numbers(name: str, numbers: Sequence[float]) -> dict[str, float]:
    keys = (name, f"{name}_low", f"{name}_high") if name else ("value", "low", "high")
    return dict(zip(keys, map(float, numbers), strict=True))


def _used(values: np.ndarray, emotions: Sequence[str | None]) -> tuple[np.ndarray, np.ndarray, int]:
    """Rows of the faces used, their emotions as numbers, and how many emotions there are."""
    named = np.array([emotion or "" for emotion in emotions], object)
    named[~np.isfinite(values).all(axis=1)] = ""
    names = [emotion for emotion in CANONICAL if (named == emotion).sum() >= FEWEST_OF_EMOTION]
    kept = np.flatnonzero(np.isin(named, names)) if names else np.zeros(0, int)
    return kept, np.array([names.index(name) for name in named[kept]], int), len(names)


def _statistic(sums: np.ndarray) -> np.ndarray:
    """Both measures of each map, and of the first less each, (…, 2, measure, map), from sums (…, E, maps + 2)."""
    inside, area = sums[..., :-2], sums[..., -2:-1]
    total = sums.sum(axis=-2)
    accuracy = total[..., :-2] / total[..., -1:]
    enrichment = log2_ratio(inside, area).mean(axis=-2)
    both = np.stack([accuracy, enrichment], axis=-2)
    return np.stack([both, both[..., :1] - both], axis=-3)
