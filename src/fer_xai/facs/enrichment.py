"""How much more of the maps a region holds than its area would, and how sure that is, from sums over faces."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_xai.facs.maps import log2_ratio
from fer_xai.few import FEWEST

SUMS = ["share", "area", "squares", "products", "area_squares"]


def with_squares(rows: pd.DataFrame) -> pd.DataFrame:
    """Add to rows of a face and region what `enrichment_of_sums` wants summed: share², share · area and area²."""
    share, area = rows["share"], rows["area"].where(rows["share"].notna())
    return rows.assign(squares=share**2, products=share * area, area_squares=area**2)


def enrichment_of_sums(known: pd.Series, sums: pd.DataFrame) -> pd.DataFrame:
    """log2(mean share ÷ mean area) with its 95 % interval, over the faces on whose maps anything speaks for the target.

    Parameters
    ----------
    known : Series of int
        How many such faces each row has.
    sums : DataFrame
        Their sums of ``share``, ``area``, share² (``squares``), share · area (``products``) and area²
        (``area_squares``), row by row.

    Returns
    -------
    DataFrame
        ``log2_enrichment``, NaN without a share; ``low`` and ``high``, by the delta method for a ratio of two means and
        Student's t, faces taken as independent; NaN for fewer than three faces.

    References
    ----------
    Cochran 1977, chapter 6 (ratio estimates).
    """
    from scipy.stats import t

    n = known.to_numpy(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, area, squares, products, area_squares = (sums[name].to_numpy(np.float64) / n for name in SUMS)
        # Of each face's share ÷ mean share less its area ÷ mean area, which is 0 on the mean.
        spread = squares / share**2 - 2 * products / (share * area) + area_squares / area**2
        error = np.sqrt(np.maximum(spread, 0) / np.where(n >= FEWEST, n - 1, np.nan)) / np.log(2)
        value, reach = log2_ratio(share, area), t.ppf(0.975, np.maximum(n - 1, 1)) * error
    return pd.DataFrame({"log2_enrichment": value, "low": value - reach, "high": value + reach}, index=sums.index)
