"""Each emotion's precision, recall and F1, their averages, and which emotions are taken for which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.evaluation.intervals import Estimate, resampled, share


def per_class(confusion: pd.DataFrame) -> pd.DataFrame:
    """Precision, recall and F1 of each emotion with 95 % intervals.

    Parameters
    ----------
    confusion : DataFrame
        Counts of `confusion_matrix`, the same emotions in rows and columns.

    Returns
    -------
    DataFrame
        One row per emotion: emotion, n (faces that are labelled so), predicted (faces that are called so), right, and
        ``precision``, ``recall`` and ``f1``, each with ``_low`` and ``_high``. Precision is NaN for an emotion that is
        never predicted, recall for one without faces, F1 where there is neither.

    Notes
    -----
    Wilson's intervals. F1 = 2J / (1 + J), where J is the share of right ones among the faces that are labelled or
    called so; its interval is J's, brought over by the same rising function (Hand, Christen & Kirielle 2021, "F*: an
    interpretable transformation of the F-measure").
    """
    counts = confusion.to_numpy()
    rows = []
    for place, emotion in enumerate(confusion.index):
        right, n, called = int(counts[place, place]), int(counts[place].sum()), int(counts[:, place].sum())
        overlap = share(right, n + called - right)
        told: dict[str, Any] = {"emotion": emotion, "n": n, "predicted": called, "right": right}
        told |= _named("precision", share(right, called)) | _named("recall", share(right, n))
        rows.append(told | {name: 2 * j / (1 + j) for name, j in _named("f1", overlap).items()})
    return pd.DataFrame(rows)


def averages(confusion: pd.DataFrame, seed: int = 0) -> dict[str, Estimate]:
    """Macro and weighted averages of precision, recall and F1 with bootstrap intervals over faces.

    Parameters
    ----------
    confusion : DataFrame
        Counts, the same emotions in rows and columns.
    seed : int

    Returns
    -------
    dict
        ``macro_precision`` … ``weighted_f1``. The mean is over the emotions that have faces, by their number of faces
        for the weighted ones. What an emotion lacks counts as 0 (its precision where it is never predicted).
    """
    counts = confusion.to_numpy()
    found = {}
    for average in ("macro", "weighted"):
        for name in ("precision", "recall", "f1"):
            found[f"{average}_{name}"] = resampled(counts, _averaging(name, weighted=average == "weighted"), seed)
    return found


def confusions(confusion: pd.DataFrame) -> pd.DataFrame:
    """Which emotions are taken for which.

    Returns
    -------
    DataFrame
        One row per cell of the matrix whose label has faces, the most frequent errors first and the right ones last:
        label, predicted, n, of (faces with that label), ``share`` of them with its Wilson interval ``low`` … ``high``,
        and ``share_of_errors`` (NaN for the right ones).
    """
    errors = int(confusion.to_numpy().sum()) - sum(_cell(confusion, name) for name in confusion.index)
    rows = []
    for label, line in confusion.iterrows():
        for predicted, n in line.items():
            part, wrong = share(int(n), int(line.sum())), label != predicted
            rows.append(
                (
                    label,
                    predicted,
                    int(n),
                    part.n,
                    part.value,
                    part.low,
                    part.high,
                    n / errors if wrong and errors else np.nan,
                )
            )
    columns = ["label", "predicted", "n", "of", "share", "low", "high", "share_of_errors"]
    table = pd.DataFrame(rows, columns=columns)
    order = ["wrong", "n", "share"]
    table = table[table["of"] > 0].assign(wrong=lambda t: t["label"] != t["predicted"])
    return table.sort_values(order, ascending=False, kind="stable").drop(columns="wrong").reset_index(drop=True)


def _cell(confusion: pd.DataFrame, name: Any) -> int:
    return int(confusion.loc[name, name]) if name in confusion.columns else 0


def _named(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _averaging(name: str, weighted: bool) -> Callable[[np.ndarray], np.ndarray]:
    def average(counts: np.ndarray) -> np.ndarray:
        sizes, called = counts.sum(axis=-1), counts.sum(axis=-2)
        right = np.diagonal(counts, axis1=-2, axis2=-1)
        below = {"precision": called, "recall": sizes, "f1": (sizes + called) / 2}[name]
        figures = right / np.maximum(below, 1)
        weights = sizes if weighted else (sizes > 0)
        return (figures * weights).sum(axis=-1) / np.maximum(weights.sum(axis=-1), 1)

    return average
