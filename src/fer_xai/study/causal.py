"""The study's causal tables: what hiding a region costs, and what each region is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from fer_xai.classifier import Classifier
from fer_xai.evaluation.ablation import ablate_regions, summarise_ablation
from fer_xai.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.facs import FaceMasks
from fer_xai.facs.atlas import region_names
from fer_xai.study import chunks
from fer_xai.study.files import write_table

_LEVEL = "coarse"
_VALUES = ["face", "label", "predicted", "target", "method", "region", "value", "standard_error"]


def write_ablation(out: Path, start: int, classifier: Classifier, faces: Faces, masks: FaceMasks, seed: int) -> None:
    """Hide each coarse region on a chunk's faces; faces without landmarks of their own have no rows."""
    path = chunks.table(out, "ablation", start)
    if not path.exists():
        own = masks.level(_LEVEL) * masks.found[:, None, None, None]
        write_table(path, ablate_regions(classifier, faces, own, region_names(_LEVEL), seed=seed))


def write_region_values(out: Path, start: int, explanation: Explanation) -> None:
    """Write the values of a method that gives each facial region one; other methods give no rows."""
    names = explanation.details.get("names")
    if names is None:
        return
    found = explanation.landmarks.found if explanation.landmarks is not None else [True] * len(explanation)
    rows = [
        (face, region, value, error)
        for face, own, regions, values, errors in zip(
            explanation.faces.ids,
            found,
            names,
            explanation.details["values"],
            explanation.details["standard_error"],
            strict=True,
        )
        if own
        for region, value, error in zip(regions, values, errors, strict=False)
    ]
    table = explanation.identify(pd.DataFrame(rows, columns=["face", "region", "value", "standard_error"]))
    write_table(chunks.table(out, "region_values", start), table[_VALUES])


def finish_causal(out: Path, starts: Sequence[int], seed: int) -> None:
    """Merge the chunks and write their summaries per emotion: tables ablation, region_values and shapley."""
    rows = chunks.gather(out, ["ablation"], starts)
    if len(rows):
        write_table(out / "ablation.parquet", summarise_ablation(rows))
    valued = [start for start in starts if chunks.table(out, "region_values", start).exists()]
    if valued:
        values = chunks.merge(out, "region_values", ["region_values"], valued)
        write_table(out / "shapley.parquet", summarise_values(values, seed))


def summarise_values(values: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Mean value of each region for each emotion, ``all`` first, with BCa 95 % intervals over faces.

    Faces are grouped by label, by prediction where they have none.

    Returns
    -------
    DataFrame
        emotion, method, region, n, value, low, high; the interval is NaN with fewer than three faces.
    """
    grouped = pd.concat(
        [values.assign(emotion="all"), values.assign(emotion=values["label"].fillna(values["predicted"]))]
    )
    keys = ["emotion", "method", "region"]
    rows = [
        {**dict(zip(keys, key, strict=True)), "n": len(part), **_mean(part["value"].to_numpy(), seed)}
        for key, part in grouped.groupby(keys, sort=False)
    ]
    return pd.DataFrame(rows, columns=[*keys, "n", "value", "low", "high"])


def _mean(values: np.ndarray, seed: int) -> dict[str, float]:
    from scipy.stats import bootstrap

    mean = float(values.mean())
    if len(values) < 3 or np.ptp(values) == 0:
        return {"value": mean, "low": np.nan, "high": np.nan}
    found = bootstrap((values,), np.mean, n_resamples=999, rng=np.random.default_rng(seed)).confidence_interval
    return {"value": mean, "low": float(found.low), "high": float(found.high)}
