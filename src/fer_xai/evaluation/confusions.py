"""Which regions pulled a wrong answer there: the contrast of what was said with what was right, region by region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.evaluation.intervals import mean

LEAST = 5  # faces of a confusion whose regions are tested


def pull_table(rows: pd.DataFrame, least: int = LEAST) -> pd.DataFrame:
    """Tell for each confusion which regions pulled the answer away from the label.

    Parameters
    ----------
    rows : DataFrame
        One row per wrong face and region: face, label, predicted, region, area (share of the crop) and value: what the
        region adds to p(predicted) − p(label), such as its Shapley value for the contrast of the two.
    least : int
        Confusions of fewer faces have no rows.

    Returns
    -------
    DataFrame
        One row per confusion and region, the most frequent confusion first: label, predicted, region, faces, and over
        these faces

        value, low, high, p
            The mean pull, its 95 % Student interval and the t-test against 0, two-sided, uncorrected.
        expected
            What a pull without a place has: the face's whole pull, dealt out by area. The chance level.
        beyond, beyond_low, beyond_high, p_beyond
            value − expected, paired by face.

        A region that is not on a face pulls nothing there.
    """
    found: list[dict[str, Any]] = []
    sizes = (
        rows.groupby(["label", "predicted"], sort=True)["face"].nunique().sort_values(ascending=False, kind="stable")
    )
    regions = list(dict.fromkeys(rows["region"]))
    for label, predicted in sizes.index[sizes >= least]:
        part = rows[(rows["label"] == label) & (rows["predicted"] == predicted)]
        values, area = (region_matrix(part, regions, column) for column in ("value", "area"))
        expected = values.sum(axis=1, keepdims=True) * area / area.sum(axis=1, keepdims=True)
        for place, region in enumerate(regions):
            found.append(
                {"label": label, "predicted": predicted, "region": region, "faces": len(values)}
                | _tested("value", "low", "high", "p", values[:, place])
                | {"expected": float(expected[:, place].mean())}
                | _tested("beyond", "beyond_low", "beyond_high", "p_beyond", values[:, place] - expected[:, place])
            )
    columns = ["label", "predicted", "region", "faces", "value", "low", "high", "p", "expected"]
    return pd.DataFrame(found, columns=[*columns, "beyond", "beyond_low", "beyond_high", "p_beyond"])


def region_matrix(rows: pd.DataFrame, regions: Sequence[str], column: str) -> np.ndarray:
    """A column of figures laid out by face (in order of first rows) and region, (N, R); 0 where there is no row."""
    number, faces = pd.factorize(rows["face"])
    table = np.zeros((len(faces), len(regions)))
    table[number, pd.Index(regions).get_indexer(rows["region"])] = rows[column].to_numpy(np.float64)
    return table


def _tested(value: str, low: str, high: str, p: str, figures: np.ndarray) -> dict[str, float]:
    from scipy.stats import ttest_1samp

    found = mean(figures)
    varied = len(figures) > 1 and float(np.ptp(figures)) > 1e-12
    chance = float(ttest_1samp(np.sort(figures), 0.0).pvalue) if varied else 1.0
    return {value: found.value, low: found.low, high: found.high, p: chance}
