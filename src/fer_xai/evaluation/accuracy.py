"""How often a classifier is right: accuracy, top two, the mean of the confusion's diagonal, per-output accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from fer_xai.evaluation.intervals import Estimate, resampled, share
from fer_xai.few import FEWEST

# Share of right predictions with its 95 % Wilson interval, over `n` labelled faces.
Accuracy = Estimate


def measure_accuracy(labels: Sequence[str | None], predicted: Sequence[str]) -> Accuracy | None:
    """Accuracy over the labelled faces; `None` where no face is labelled.

    Examples
    --------
    >>> found = measure_accuracy(["happy", "sad", "sad"], ["happy", "sad", "fear"])
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.67, 0.21, 0.94)
    """
    right = [label == guess for label, guess in zip(labels, predicted, strict=True) if isinstance(label, str)]
    if not right:
        return None
    return share(sum(right), len(right))


def confusion_matrix(labels: Sequence[str | None], predicted: Sequence[str], emotions: Sequence[str]) -> pd.DataFrame:
    """Counts with labels in rows and predictions in columns.

    Labels the classifier does not know get rows of their own, after its emotions.
    """
    known = [(label, guess) for label, guess in zip(labels, predicted, strict=True) if isinstance(label, str)]
    rows = [*emotions, *sorted({label for label, _ in known} - set(emotions))]
    counts = np.zeros((len(rows), len(emotions)), np.int64)
    place = {name: number for number, name in enumerate(rows)}
    if known:
        cells = np.array([(place[label], place[guess]) for label, guess in known])
        np.add.at(counts, (cells[:, 0], cells[:, 1]), 1)
    return pd.DataFrame(
        counts, index=pd.Index(rows, name="label"), columns=pd.Index(list(emotions), name="predicted", dtype=object)
    )


def mean_diagonal(confusion: pd.DataFrame) -> float:
    """Mean of the per-class recalls, over the classes that have faces; NaN where there are none."""
    return float(_mean_recall(_squared(confusion)))


def measure_mean_diagonal(confusion: pd.DataFrame, seed: int = 0) -> Estimate:
    """Mean of the per-class recalls, also called balanced accuracy, with its bootstrap interval over faces.

    The ends are NaN where a class has one or two faces. Samples that lose a class measure another mean: they do not
    count.
    """
    counts = _squared(confusion)
    sizes = counts.sum(axis=1)
    there = sizes > 0

    def of_the_same(some: np.ndarray) -> np.ndarray:
        return np.where((some.sum(axis=-1) > 0)[..., there].all(axis=-1), _mean_recall(some), np.nan)

    found = resampled(counts, of_the_same, seed)
    return found if not there.any() or sizes[there].min() >= FEWEST else replace(found, low=np.nan, high=np.nan)


def _squared(confusion: pd.DataFrame) -> np.ndarray:
    """Counts (L, L): labels that are never predicted get a column of zeros, so that the diagonal is the right ones."""
    return confusion.reindex(columns=confusion.index, fill_value=0).to_numpy()


def _mean_recall(counts: np.ndarray) -> np.ndarray:
    sizes, right = counts.sum(axis=-1), np.diagonal(counts, axis1=-2, axis2=-1)
    filled = (sizes > 0).sum(axis=-1)
    recalls = (right / np.maximum(sizes, 1)).sum(axis=-1)
    return np.where(filled > 0, recalls / np.maximum(filled, 1), np.nan)


def measure_top(labels: np.ndarray, probabilities: np.ndarray, k: int = 2) -> Estimate:
    """Expected share of faces whose label is among the `k` likeliest emotions, with its Wilson interval.

    Ties are shared out: a label that ties for the last of the `k` places counts with the chance of getting it. So a
    classifier that gives every emotion the same probability scores k / E, in whatever order its emotions stand.

    Parameters
    ----------
    labels : ndarray (N,) of int
        The output that stands for each face's label.
    probabilities : ndarray (N, E)
    """
    own = probabilities[np.arange(len(labels)), labels][:, None]
    above, level = (probabilities > own).sum(axis=1), (probabilities == own).sum(axis=1)
    credit = np.clip((k - above) / level, 0.0, 1.0)
    return share(float(np.sort(credit).sum()), len(labels))


def measure_binary_accuracy(labels: np.ndarray, probabilities: np.ndarray) -> tuple[float, float]:
    """Share of single outputs on the right side of ½, and what a classifier that never says yes scores: 1 − 1/E.

    Keras calls this ``binary_accuracy``, and it is what a model compiled with a binary loss reports as accuracy. Of
    seven outputs six are zero for every face, so it lies near .9 for classifiers that are right on every second face.

    Parameters
    ----------
    labels : ndarray (N,) of int
    probabilities : ndarray (N, E)
    """
    wanted = np.arange(probabilities.shape[1]) == labels[:, None]
    return float(((probabilities > 0.5) == wanted).mean()), 1 - 1 / probabilities.shape[1]
