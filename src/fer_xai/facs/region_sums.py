"""From one row for each face to sums over faces: how much of the maps lies in each region, all emotions together."""

from __future__ import annotations

import pandas as pd

from fer_xai.faces.landmarks import OWN
from fer_xai.facs.enrichment import with_squares

_KEYS = ["method", "level", "region", "own"]


def sums_of_regions(rows: pd.DataFrame) -> pd.DataFrame:
    """Add up the counter's rows, of some faces or of all: the sums of two parts of the faces may be added.

    Parameters
    ----------
    rows : DataFrame
        Of `count_regions`, with a column ``method``.

    Returns
    -------
    DataFrame
        A row for each method, level, region and ``own`` (whether the faces have landmarks of their own):

        n, area
            Faces, and the sum of the region's areas on them.
        known, share, known_area
            Faces on whose maps anything speaks for the target, with the sums of the region's shares and areas on them.
        squares, products, area_squares
            Sums, over the known faces, of share², share · area and area².
    """
    known = rows["share"].notna()
    area = rows["area"].where(known)
    own = rows["landmarks"].isin(OWN)
    rows = with_squares(rows[["method", "level", "region", "share", "area"]].assign(own=own, known_area=area))
    grouped = rows.groupby(_KEYS, sort=False, observed=True)
    numbers = ["area", "share", "known_area", "squares", "products", "area_squares"]
    sums = grouped[numbers].sum().join(grouped["share"].agg(n="size", known="count"))
    return sums.reset_index()[[*_KEYS, "n", "area", "known", "share", *numbers[2:]]]


def add_sums(sums: pd.DataFrame) -> pd.DataFrame:
    """One row for each method, level, region and ``own`` from those of several parts of the faces."""
    return sums.groupby(_KEYS, sort=False, as_index=False).sum()
