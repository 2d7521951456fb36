"""From one row for each face to one for each emotion: how often a region counts, and how sure that is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.faces.landmarks import OWN
from fer_xai.facs.atlas import BACKGROUND
from fer_xai.facs.enrichment import SUMS, enrichment_of_sums, with_squares
from fer_xai.facs.maps import log2_ratio

_MEANS = ("counted_chance", "share", "area")
RUNS = ("model", "method")  # what rows may differ by, beside the faces


def summarise_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Summarise the counter's rows by emotion.

    Parameters
    ----------
    rows : DataFrame
        Of `count_regions`, with ``label`` or ``predicted`` (or both) added, and ``method`` where there are several.

    Returns
    -------
    DataFrame
        A row for each emotion, method, level and region:

        emotion
            The faces' label; their predicted emotion where unlabelled.
        n
            Faces with landmarks of their own; the others, an average face's among them, are not in this table.
        counted, frequency, low, high
            On how many of them the region counts, as a share 0…1, and that share's 95 % Wilson interval.
        chance
            The frequency that shifted maps have (mean of ``counted_chance``).
        share
            Mean share of the positive attribution, 0…1.
        log2_enrichment, log2_enrichment_low, log2_enrichment_high
            log2(mean share ÷ mean area) over the crop, with its 95 % interval by the delta method and Student's t,
            faces taken as independent; NaN for fewer than three faces.
        log2_enrichment_face
            The same within the face alone.

    Raises
    ------
    InputError
        If the rows tell no emotion.
    """
    return summary_of_sums(sums_of_counts(rows))


def sums_of_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """What `summarise_counts` needs to know of rows: sums, which may be added to those of other rows.

    Returns
    -------
    DataFrame
        A row for each emotion, method, level and region: ``n``, and of the faces the sums of ``counted``,
        ``counted_chance``, ``share`` and ``area``, with how many were added (``…_n``) where some may be missing, and
        of share², share · area and area².
    """
    keys = ["emotion", *(run for run in RUNS if run in rows), "level", "region"]
    known = rows.assign(emotion=face_emotion(rows))
    known = known[known["landmarks"].isin(OWN) & known["emotion"].notna()]
    # A map without positive values still counts as a face, but has no shares: its areas must not weigh either.
    known = with_squares(known.assign(area=known["area"].where(known["share"].notna())))
    return known.groupby(keys, sort=False, as_index=False).agg(
        n=("counted", "size"),
        counted=("counted", "sum"),
        **{f"{name}": (name, "sum") for name in _MEANS},
        **{f"{name}_n": (name, "count") for name in _MEANS},
        **{name: (name, "sum") for name in SUMS[2:]},
    )


def summary_of_sums(sums: pd.DataFrame) -> pd.DataFrame:
    """The table of `summarise_counts`, from the rows of `sums_of_counts` of one part of the faces or several."""
    keys = ["emotion", *(run for run in RUNS if run in sums), "level", "region"]
    table = sums.groupby(keys, sort=False, as_index=False).sum()
    enriched = enrichment_of_sums(table["share_n"], table[SUMS])
    for name in _MEANS:
        table[name] = table[name] / table.pop(f"{name}_n").replace(0, np.nan)
    table = table.rename(columns={"counted_chance": "chance"})
    table.insert(table.columns.get_loc("chance"), "frequency", table["counted"] / table["n"])
    intervals = [_wilson(int(k), int(n)) for k, n in zip(table["counted"], table["n"], strict=True)]
    for place, name in ((1, "low"), (2, "high")):
        bounds = [interval[place - 1] for interval in intervals]
        table.insert(int(table.columns.get_loc("frequency")) + place, name, np.array(bounds, float))
    table["log2_enrichment"] = enriched["log2_enrichment"]
    table["log2_enrichment_low"], table["log2_enrichment_high"] = enriched["low"], enriched["high"]
    table["log2_enrichment_face"] = _within_face(table, keys[:-1])
    return table.drop(columns=SUMS[1:])


def face_emotion(rows: pd.DataFrame) -> pd.Series:
    """The emotion by which faces are grouped: their label, their predicted emotion where unlabelled."""
    if "label" not in rows and "predicted" not in rows:
        raise InputError("received region rows without label or predicted: add one, so that they can be grouped")
    if "label" not in rows:
        return rows["predicted"]
    return rows["label"].where(rows["label"].notna(), rows["predicted"]) if "predicted" in rows else rows["label"]


def _within_face(table: pd.DataFrame, group: list[str]) -> np.ndarray:
    """log2 of the share ÷ area that the region has of the face alone, NaN for the background."""
    face = table.assign(
        share=table["share"].where(table["region"] != BACKGROUND, 0.0),
        area=table["area"].where(table["region"] != BACKGROUND, 0.0),
    )
    whole = face.groupby(group, sort=False)[["share", "area"]].transform("sum")
    enrichment = log2_ratio((face["share"] * whole["area"]).to_numpy(), (face["area"] * whole["share"]).to_numpy())
    return np.where(table["region"] == BACKGROUND, np.nan, enrichment)


def _wilson(count: int, total: int) -> tuple[float, float]:
    from scipy.stats import binomtest

    interval = binomtest(count, total).proportion_ci(method="wilson")
    return interval.low, interval.high
