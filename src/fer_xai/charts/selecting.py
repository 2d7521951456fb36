"""The rows of a study's table that a chart is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from fer_xai.emotions import CANONICAL
from fer_xai.errors import InputError


def select(table: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    """Keep the rows whose columns have these values.

    Raises
    ------
    InputError
        If a column is missing, or no row is left.
    """
    rows = table
    for column, value in wanted.items():
        if column not in table:
            raise InputError(f"received a table without the column {column!r}: give a study's own table")
        there = list(dict.fromkeys(rows[column].dropna().astype(str)))
        rows = rows[rows[column] == value]
        if rows.empty:
            raise InputError(f"no row of the table has {column} {value!r}; there are: {', '.join(there) or 'none'}")
    return rows


def emotions_of(table: pd.DataFrame, emotions: Sequence[str] | None = None) -> list[str]:
    """Emotions of a table in the order asked for, or in the customary one; unknown ones after the known.

    Raises
    ------
    InputError
        If one asked for is not in the table, or none is asked for.
    """
    found = list(dict.fromkeys(table["emotion"].dropna().astype(str)))
    if emotions is None:
        return sorted(found, key=lambda name: CANONICAL.index(name) if name in CANONICAL else len(CANONICAL))
    if not len(emotions):
        raise InputError("emotions is empty: name one at least, or leave it out for all")
    missing = [name for name in emotions if name not in found]
    if missing:
        raise InputError(f"no row of the table has emotion {missing[0]!r}; there are: {', '.join(found) or 'none'}")
    return list(emotions)
