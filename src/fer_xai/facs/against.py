"""What spoke against: the negative attribution's regions, told apart from what spoke for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

import numpy as np
import pandas as pd

from fer_xai.facs.profiles import NamedProfile, profiles_of
from fer_xai.facs.significance import significance
from fer_xai.few import FEWEST


def against_table(
    rows: pd.DataFrame, seed: int = 0, resamples: int = 999, people: Mapping[str, Hashable] | None = None
) -> pd.DataFrame:
    """Test for each method which regions spoke against the target.

    Parameters
    ----------
    rows : DataFrame
        The table ``regions``: see `count_regions`, with ``label`` or ``predicted``, and ``method`` (``model``).
    seed, resamples, people
        As in `significance`; people by the face's name.

    Returns
    -------
    DataFrame
        The rows of `significance`, of the maps' negative mass instead of their positive one, with model and method, and

        share, area
            Mean share of the negative mass in the region, and the region's mean share of the crop, its chance level,
            0…1, over the same faces.

        ``n`` counts the faces whose map has negative values: methods that keep only what speaks for the target
        (Grad-CAM, saliency) have no rows.
    """
    return against_of(profiles_of(rows, people, "negative_share"), seed, resamples)


def against_of(profiles: Iterable[NamedProfile], seed: int = 0, resamples: int = 999) -> pd.DataFrame:
    """The rows of `against_table`, from profiles of the negative mass over the fine regions."""
    tables = []
    for known, profile in profiles:
        names, kept, codes = profile.grouped(least=FEWEST)
        table = significance(profile, seed, resamples).assign(**known)
        for place, (column, values) in enumerate((("share", profile.mass[kept]), ("area", profile.area[kept]))):
            means = [values[codes == e].mean(axis=0) for e in range(len(names))]
            table.insert(3 + place, column, np.array(means, np.float64).ravel())
        tables.append(table)
    found = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    first = [name for name in ("model", "method") if name in found]
    return found[[*first, *(name for name in found if name not in first)]]
