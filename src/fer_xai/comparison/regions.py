"""Region profiles side by side: of what speaks for the emotion, how much lies where in each of two models."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_xai.comparison.matched import Matched
from fer_xai.comparison.paired import corrected, paired
from fer_xai.comparison.parts import Profiles
from fer_xai.emotions import CANONICAL
from fer_xai.facs import region_names
from fer_xai.facs.atlas import LEVELS

ALL = "all"
LEAST = 5  # faces of an emotion: intervals of fewer mean little

_COLUMNS = ["model", "other", "method", "level", "emotion", "region", "n", "share", "other_share", "area"]
_COLUMNS += ["log2_enrichment", "other_log2_enrichment", "difference", "low", "high", "p", "p_holm", "significant"]


def region_differences(matched: Matched, profiles: Profiles) -> pd.DataFrame:
    """Compare the share of positive attribution that lies in each region, face by face.

    Returns
    -------
    DataFrame
        One row per pair of models, method, level, emotion (``all`` first; those with five faces) and region: n (faces
        with landmarks and positive attribution in both), share and other_share (means, 0…1), area, the log2 enrichment
        of either mean, and the mean difference with interval and p of `fer_xai.comparison.paired.paired`. Holm's
        correction is over the regions of all faces, and over the regions of all emotions, of a pair, method and level.
    """
    tables = []
    for model, other in matched.pairs:
        for method in matched.methods:
            for level in LEVELS:
                rows = _level(profiles, model, other, method, level, matched.seed)
                families = (rows[rows["emotion"] == ALL], rows[rows["emotion"] != ALL])
                tables += [corrected(family) for family in families if len(family)]
    found = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=_COLUMNS)
    return found[_COLUMNS]


def _level(profiles: Profiles, model: str, other: str, method: str, level: str, seed: int) -> pd.DataFrame:
    one, two = (profiles.level(name, method, level) for name in (model, other))
    used = one.used & two.used
    emotions = np.array(one.emotions, object)
    groups = {ALL: used} | {e: used & (emotions == e) for e in CANONICAL if (used & (emotions == e)).sum() >= LEAST}
    tables = []
    for emotion, rows in groups.items():
        found = paired(one.mass[rows] - two.mass[rows], seed)
        share, others, area = (_means(values[rows]) for values in (one.mass, two.mass, one.area))
        with np.errstate(divide="ignore", invalid="ignore"):
            enrichment = {"log2_enrichment": np.log2(share / area), "other_log2_enrichment": np.log2(others / area)}
        tables.append(
            pd.DataFrame(
                {
                    **{"model": model, "other": other, "method": method, "level": level, "emotion": emotion},
                    **{"region": list(region_names(level)), "n": found.n},
                    **{"share": share, "other_share": others, "area": area},
                    **{name: np.where(np.isfinite(values), values, np.nan) for name, values in enrichment.items()},
                    **{"difference": found.value, "low": found.low, "high": found.high, "p": found.p},
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _means(values: np.ndarray) -> np.ndarray:
    # Sorted, so that rounding does not depend on the order of faces.
    return np.sort(values, axis=0).mean(axis=0) if len(values) else np.full(values.shape[1], np.nan)
