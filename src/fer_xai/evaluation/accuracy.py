"""How often a classifier is right: accuracy, top two, the mean of the confusion's diagonal, per-output accuracy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.evaluation.intervals import Estimate, share

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
    return measure_mean_diagonal(confusion).value


def measure_mean_diagonal(confusion: pd.DataFrame) -> Estimate:
    """Mean of the per-class recalls, also called balanced accuracy, over the classes that have faces.

    Notes
    -----
    The interval is put together from Wilson's intervals of the recalls, so a class of one face makes it wide instead
    of being taken for certain, as drawing that face again and again would.

    References
    ----------
    Zou & Donner 2008, "Construction of confidence limits about effect measures: a general approach" (their method of
    variance estimates recovery, for a mean of independent proportions).
    """
    counts = _squared(confusion)
    recalls = [share(int(row[place]), int(row.sum())) for place, row in enumerate(counts) if row.any()]
    if not recalls:
        return Estimate(np.nan, np.nan, np.nan, 0)
    values, lows, highs = (np.array([getattr(recall, end) for recall in recalls]) for end in ("value", "low", "high"))
    mean, n = float(values.mean()), int(counts.sum())
    below, above = (float(np.sqrt(((values - end) ** 2).sum())) / len(values) for end in (lows, highs))
    return Estimate(mean, mean - below, mean + above, n)


def _squared(confusion: pd.DataFrame) -> np.ndarray:
    """Counts (L, L): labels that are never predicted get a column of zeros, so that the diagonal is the right ones."""
    return confusion.reindex(columns=confusion.index, fill_value=0).to_numpy()


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
