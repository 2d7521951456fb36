"""One figure for how faithful a map is, so that methods, fills and maps that know nothing can be set side by side."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from fer_xai.evaluation.trust.rows import COLUMNS

FAITHFULNESS = "faithfulness"
BESIDE = "faithfulness_beside"


def faithfulness_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Insertion less deletion of each face and method, in points of the score (a probability).

    Deletion alone favours maps that disturb the picture, insertion alone those that uncover a blurred face early; a map
    that finds what the classifier uses is good at both. Units (pixels, segments, regions) weigh the same, so that
    neither fine nor coarse maps are at an advantage.

    Parameters
    ----------
    rows : DataFrame
        Trust rows: those of the metrics ``deletion`` and ``insertion`` are read.

    Returns
    -------
    DataFrame
        Trust rows of the metric ``faithfulness``: one per face, method and fill, and one with fill ``""``, the mean of
        the fills. The chance level is the same figure of the method's own maps laid elsewhere.
    """
    curves = rows[rows["metric"].isin(["insertion", "deletion"])]
    keys, both = ["row", "method", "fill"], ["value", "chance"]
    means = curves.groupby([*keys, "metric"], sort=False)[both].mean().reset_index()
    means[both] = means[both].mul(means["metric"].map({"insertion": 1, "deletion": -1}), axis=0)
    by_fill = means.groupby(keys, sort=False)[both].sum(min_count=2).reset_index()
    every = by_fill.groupby(["row", "method"], sort=False)[both].mean().reset_index().assign(fill="")
    found = pd.concat([every, by_fill], ignore_index=True).assign(metric=FAITHFULNESS, variant="")
    return found[list(COLUMNS)]


def beside_rows(faithfulness: pd.DataFrame, methods: Iterable[str]) -> pd.DataFrame:
    """Each method's faithfulness with another map's as its chance level, on the same faces.

    Parameters
    ----------
    faithfulness : DataFrame
        Of `faithfulness_rows`, of the methods and of maps that are no explanations (``random``, ``blob``, ``sobel``).
    methods : iterable of str
        The methods; each is set beside all others and beside the maps that are no explanations.

    Returns
    -------
    DataFrame
        Trust rows of the metric ``faithfulness_beside``; ``variant`` names the other map.
    """
    whole = faithfulness[faithfulness["fill"] == ""]
    own = whole[whole["method"].isin(list(methods))].drop(columns="chance")
    other = whole.assign(chance=whole["value"], variant=whole["method"])[["row", "variant", "chance"]]
    pairs = own.drop(columns="variant").merge(other, on="row")
    found = pairs[pairs["method"] != pairs["variant"]].assign(metric=BESIDE, fill="")
    return found.sort_values(["method", "variant", "row"], kind="stable", ignore_index=True)[list(COLUMNS)]
