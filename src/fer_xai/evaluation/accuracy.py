"""Accuracy with its interval, the confusion matrix, and the mean of its diagonal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Accuracy:
    """Share of right predictions with its 95 % Wilson interval, over `n` labelled faces."""

    value: float
    low: float
    high: float
    n: int


def measure_accuracy(labels: Sequence[str | None], predicted: Sequence[str]) -> Accuracy | None:
    """Accuracy over the labelled faces; `None` where no face is labelled."""
    from scipy.stats import binomtest

    right = [label == guess for label, guess in zip(labels, predicted, strict=True) if isinstance(label, str)]
    if not right:
        return None
    interval = binomtest(sum(right), len(right)).proportion_ci(method="wilson")
    return Accuracy(float(np.mean(right)), float(interval.low), float(interval.high), len(right))


def confusion_matrix(labels: Sequence[str | None], predicted: Sequence[str], emotions: Sequence[str]) -> pd.DataFrame:
    """Counts with labels in rows and predictions in columns.

    Labels the classifier does not know get rows of their own, after its emotions.
    """
    known = [(label, guess) for label, guess in zip(labels, predicted, strict=True) if isinstance(label, str)]
    rows = [*emotions, *sorted({label for label, _ in known} - set(emotions))]
    counts = pd.DataFrame(0, index=pd.Index(rows, name="label"), columns=pd.Index(emotions, name="predicted"))
    for label, guess in known:
        counts.loc[label, guess] += 1
    return counts


def mean_diagonal(confusion: pd.DataFrame) -> float:
    """Mean of the per-class recalls, over the classes that have faces; NaN where there are none."""
    sizes = confusion.sum(axis=1)
    recalls = [
        confusion.loc[e, e] / sizes[e] if e in confusion.columns else 0.0 for e in confusion.index if sizes[e] > 0
    ]
    return float(np.mean(recalls)) if recalls else float("nan")
