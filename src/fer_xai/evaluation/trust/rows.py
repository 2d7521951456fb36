"""The rows of trust measurements: one per face, method, metric, variant and fill, beside the chance level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

#: The columns of a measurement on one face.
COLUMNS = ("row", "method", "metric", "variant", "fill", "value", "chance")
#: Those of them that say what was measured.
KEYS = ("method", "metric", "variant", "fill")

#: Which end of a metric is the good one; a metric that is not here has none.
BETTER: dict[str, str] = {
    "deletion": "lower",
    "insertion": "higher",
    "faithfulness": "higher",
    "faithfulness_beside": "higher",
    "faithfulness_correlation": "higher",
    "region_agreement": "higher",
    "truth_mass": "higher",
    "truth_rank": "higher",
    "stability": "higher",
    "sanity": "lower",
    "sanity_size": "lower",
}


class Measured(NamedTuple):
    """One figure per face, (N,), and what a null map has on the same face, (N,); NaN where there is none."""

    value: np.ndarray
    chance: np.ndarray

    @classmethod
    def of(cls, figures: np.ndarray) -> Measured:
        """Figures of each face's own map and then of its null maps, (N, 1 + D); nulls without a figure are left out."""
        nulls = figures[:, 1:]
        known = np.isfinite(nulls)
        counts = known.sum(axis=1)
        chance = np.where(known, nulls, 0.0).sum(axis=1) / np.maximum(counts, 1)
        return cls(figures[:, 0], np.where(counts > 0, chance, np.nan))


def trust_rows(found: Mapping[str, Measured], metric: str, variant: str = "", fill: str = "") -> pd.DataFrame:
    """Tabulate one metric of all methods.

    Parameters
    ----------
    found : mapping of str to Measured
        By method.
    metric, variant, fill : str
        What was measured, on what, and what hidden parts showed; empty where there is none.

    Returns
    -------
    DataFrame
        row (the face's place), method, metric, variant, fill, value, chance: methods in their order, faces in theirs.
    """
    tables = [
        pd.DataFrame(
            {
                "row": np.arange(len(value)),
                "method": method,
                "metric": metric,
                "variant": variant,
                "fill": fill,
                "value": np.asarray(value, np.float64),
                "chance": np.asarray(chance, np.float64),
            }
        )
        for method, (value, chance) in found.items()
    ]
    return joined(tables)


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Trust rows under each other; without any, an empty table of the same columns."""
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
