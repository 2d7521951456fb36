"""Is the classifier as good for every group of faces, and does it look at the same places?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.evaluation.intervals import mean, share
from fer_xai.evaluation.like_for_like import like_for_like
from fer_xai.few import FEWEST

SMALL = 20  # faces under which a group is greyed out
_PARTS = 4  # groups that a column of numbers is cut into
_FEW = 12  # different numbers that are groups as they stand
_MANY = 0.5  # share of groups among the faces from which a column names faces, not groups


def groups_of(column: pd.Series) -> pd.Series | None:
    """The group of each face by one column of the faces' table; `None` where the column tells no groups.

    Parameters
    ----------
    column : Series
        Text or numbers. Numbers, also those written as text, with more than twelve values are cut into quarters of
        the faces. What is missing or empty is in no group.

    Returns
    -------
    Series of object, or None
        Names of groups, in the order in which they should be told as its categories. `None` for a column with fewer
        than two values, or with nearly one for each face: that names faces.
    """
    text = column.map(lambda value: None if _empty(value) else str(value).strip())
    known = text.dropna()
    numbers = pd.to_numeric(known, errors="coerce")
    if len(known) and numbers.notna().all() and np.isfinite(numbers).all():
        return _numbered(text, numbers)
    names = sorted(known.unique())
    if len(names) < 2 or len(names) > _MANY * len(known):
        return None
    return pd.Series(pd.Categorical(text, names), index=column.index)


def _empty(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)) or not str(value).strip()


def _numbered(text: pd.Series, numbers: pd.Series) -> pd.Series | None:
    values = np.sort(numbers.unique())
    if len(values) < 2 or _counts_rows(numbers):
        return None
    if len(values) <= _FEW:
        names = {value: f"{value:g}" for value in values}
    else:
        # Each part is named by what lies in it, so that names say no more than the data.
        cuts = np.unique(np.quantile(numbers, np.linspace(0, 1, _PARTS + 1)[1:-1]))
        part = np.searchsorted(cuts, values, side="left")
        ends = {k: (values[part == k].min(), values[part == k].max()) for k in np.unique(part)}
        names = {value: _span(*ends[k]) for value, k in zip(values, part, strict=True)}
    order = list(dict.fromkeys(names[value] for value in values))
    if len(order) < 2:
        return None
    return pd.Series(pd.Categorical(numbers.map(names).reindex(text.index), order), index=text.index)


def _counts_rows(numbers: pd.Series) -> bool:
    """Whether the numbers only count the rows: whole, each once, rising."""
    return len(numbers) > _FEW and bool((numbers % 1 == 0).all()) and bool((np.diff(numbers) > 0).all())


def _span(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def compare_groups(groups: pd.Series, figures: pd.DataFrame, strata: Sequence[Any]) -> pd.DataFrame:
    """Compare each group with all other faces, like for like.

    Parameters
    ----------
    groups : Series of category (N,)
        Of `groups_of`; faces without a group are left out of all.
    figures : DataFrame (N, R)
        What is compared, a column per figure. Faces with a missing figure are left out. A figure of 0 and 1 has
        Wilson's interval, others Student's.
    strata : sequence (N,)
        Each face's emotion.

    Returns
    -------
    DataFrame
        One row per group and figure: group, figure, n (faces of the group that have it), small (fewer than 20), value
        (their mean) with its 95 % interval ``low`` and ``high``, rest (the mean of the others), and the like-for-like
        ``difference`` with ``difference_low``, ``difference_high``, ``p`` (two-sided, uncorrected) and ``compared``
        (of the n, those with others of their emotion; of fewer than three neither interval nor p); see
        `like_for_like`.
    """
    values, codes = figures.to_numpy(np.float64), groups.cat.codes.to_numpy()
    used = (codes >= 0) & np.isfinite(values).all(axis=1)
    values, codes = values[used], codes[used]
    kinds = np.array([str(name) for name in strata])[used]
    rows: list[dict[str, Any]] = []
    for code, group in enumerate(groups.cat.categories):
        mine = codes == code
        found = like_for_like(values, mine, kinds)
        for place, figure in enumerate(figures):
            own, rest = values[mine, place], values[~mine, place]
            binary = bool(np.isin(values[:, place], (0.0, 1.0)).all())
            estimate, most = share(float(own.sum()), len(own)) if binary else mean(own), 1.0 if binary else np.inf
            rows.append(
                {
                    "group": str(group),
                    "figure": figure,
                    "n": len(own),
                    "small": len(own) < SMALL,
                    "value": estimate.value,
                    "low": estimate.low,
                    "high": estimate.high,
                    "rest": mean(rest).value,
                    "difference": float(found.difference[place]),
                    "difference_low": max(float(found.low[place]), -most) if found.compared >= FEWEST else np.nan,
                    "difference_high": min(float(found.high[place]), most) if found.compared >= FEWEST else np.nan,
                    "p": float(found.p[place]) if found.compared >= FEWEST else np.nan,
                    "compared": found.compared,
                }
            )
    return pd.DataFrame(rows)
