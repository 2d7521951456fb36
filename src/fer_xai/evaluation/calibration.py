"""Does 80 % sure mean right in 80 of 100? Reliability, calibration errors and their chance level, Brier score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.evaluation.intervals import LEVEL, Estimate, mean, share

BINS = 15
_DRAWS = 500
_TOLERANCE = 1e-2


@dataclass(frozen=True)
class CalibrationError:
    """A calibration error beside what a perfectly calibrated classifier with the same probabilities scores.

    Attributes
    ----------
    value : float
        In [0, 1]. It is above zero for every classifier, since bins of a few faces are right more or less often than
        they should by luck alone.
    chance : float
        Its mean when each face's label is drawn from the classifier's own probabilities.
    chance_high : float
        What 95 % of such draws stay below.
    p : float
        Share of such draws that are as large as the value or larger, itself counted as one.
    """

    value: float
    chance: float
    chance_high: float
    p: float

    @property
    def beyond_chance(self) -> float:
        """What is left of the error when luck is taken off; never below zero."""
        return max(0.0, self.value - self.chance)

    @property
    def is_miscalibrated(self) -> bool:
        """Whether the error is larger than luck explains."""
        return self.value > self.chance_high


@dataclass(frozen=True, eq=False)
class Calibration:
    """How well probabilities say how often they are right.

    Attributes
    ----------
    curve : DataFrame
        See `reliability`.
    confidence, accuracy : float
        Means over the faces: the probability of the predicted emotion, and how often it is right.
    error : CalibrationError
        ECE of the predicted emotion.
    classwise : CalibrationError
        Mean over emotions of the ECE of each one's probability.
    per_emotion : DataFrame
        That error for each emotion: emotion, value, chance, chance_high, p.
    brier : Estimate
        Mean over faces of the squared distance between probabilities and label, in [0, 2].
    brier_chance : float
        Its expectation if the probabilities were true.
    n : int
    """

    curve: pd.DataFrame
    confidence: float
    accuracy: float
    error: CalibrationError
    classwise: CalibrationError
    per_emotion: pd.DataFrame
    brier: Estimate
    brier_chance: float
    n: int


def measure_calibration(
    labels: np.ndarray, probabilities: np.ndarray, emotions: tuple[str, ...], bins: int = BINS, seed: int = 0
) -> Calibration:
    """Measure calibration and its chance level.

    Parameters
    ----------
    labels : ndarray (N,) of int
        The output that stands for each face's label.
    probabilities : ndarray (N, E)
        Rows sum to one.
    emotions : tuple of str
    bins : int
        Of equal width in [0, 1].
    seed : int
        Of the draws of labels that give the chance level.

    Raises
    ------
    InputError
        If there are no faces, or rows do not sum to one: then they are no distribution over emotions.

    References
    ----------
    Guo et al. 2017, "On calibration of modern neural networks" (ECE, 15 bins). Kull et al. 2019, "Beyond temperature
    scaling" (classwise ECE). Vaicenavicius et al. 2019, "Evaluating model calibration in classification" (labels drawn
    from the probabilities). Brier 1950, "Verification of forecasts expressed in terms of probability".
    """
    if not len(labels):
        raise InputError("calibration needs labelled faces; there are none")
    if not sums_to_one(probabilities):
        raise InputError("calibration needs probabilities that sum to one; this classifier's outputs do not")
    # In one order, whatever the order of faces: the draws below go by rows.
    order = np.lexsort((labels, *probabilities.T))
    labels, rows = labels[order], probabilities[order].astype(np.float64)
    rows /= rows.sum(axis=1, keepdims=True)
    binned = _Binned(rows, bins)
    top, classwise = binned.errors(labels)
    drawn_top, drawn_classwise = _drawn(binned, rows, seed)
    confidence, right = rows.max(axis=1), rows.argmax(axis=1) == labels
    per_emotion = [
        {"emotion": emotion, **_told(_against(value, drawn))}
        for emotion, value, drawn in zip(emotions, classwise, drawn_classwise.T, strict=True)
    ]
    distance = ((rows - np.eye(rows.shape[1])[labels]) ** 2).sum(axis=1)
    return Calibration(
        curve=reliability(confidence, right, bins),
        confidence=float(confidence.mean()),
        accuracy=float(right.mean()),
        error=_against(top, drawn_top),
        classwise=_against(float(classwise.mean()), drawn_classwise.mean(axis=1)),
        per_emotion=pd.DataFrame(per_emotion),
        brier=mean(distance),
        brier_chance=float((1 - (rows**2).sum(axis=1)).mean()),
        n=len(labels),
    )


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> pd.DataFrame:
    """How often faces are right, by how sure the classifier is.

    Parameters
    ----------
    confidence : ndarray (N,) in [0, 1]
        Probability of the predicted emotion.
    right : ndarray (N,) of bool
    bins : int
        Of equal width.

    Returns
    -------
    DataFrame
        One row per bin: ``from``, ``to``, n, ``confidence`` (its mean), ``accuracy`` with Wilson's ``low`` and
        ``high``; NaN where a bin has no faces. |confidence − accuracy|, weighted by n, is the ECE.
    """
    place = _places(confidence, bins)
    rows = []
    for number in range(bins):
        inside = place == number
        part = share(int(right[inside].sum()), int(inside.sum()))
        middle = float(confidence[inside].mean()) if inside.any() else np.nan
        rows.append((number / bins, (number + 1) / bins, part.n, middle, part.value, part.low, part.high))
    return pd.DataFrame(rows, columns=["from", "to", "n", "confidence", "accuracy", "low", "high"])


def sums_to_one(probabilities: np.ndarray) -> bool:
    """Whether every row (N, E) is a distribution, give or take rounding in half precision."""
    return bool((np.abs(probabilities.astype(np.float64).sum(axis=1) - 1) <= _TOLERANCE).all())


class _Binned:
    """Probabilities (N, E) sorted into bins once, so that many draws of labels are scored cheaply."""

    def __init__(self, rows: np.ndarray, bins: int) -> None:
        self.n, self.emotions = rows.shape
        self.bins = bins
        self.likeliest = rows.argmax(axis=1)
        self.top_bin = _places(rows.max(axis=1), bins)
        self.top_sure = np.bincount(self.top_bin, rows.max(axis=1), minlength=bins)
        # A number for each bin of each emotion.
        self.cell = _places(rows, bins) + np.arange(self.emotions) * bins
        self.sure = np.bincount(self.cell.ravel(), rows.ravel(), minlength=self.emotions * bins)

    def errors(self, labels: np.ndarray) -> tuple[float, np.ndarray]:
        """ECE of the likeliest emotion, and of each emotion (E,)."""
        right = np.bincount(self.top_bin, self.likeliest == labels, minlength=self.bins)
        hits = np.bincount(self.cell[np.arange(self.n), labels], minlength=self.emotions * self.bins)
        each = np.abs(self.sure - hits).reshape(self.emotions, self.bins).sum(axis=1) / self.n
        return float(np.abs(self.top_sure - right).sum() / self.n), each


def _drawn(binned: _Binned, rows: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Both errors for labels drawn from the probabilities: (draws,) and (draws, E)."""
    rng = np.random.default_rng(seed)
    edges = np.cumsum(rows, axis=1)[:, :-1]
    found = [binned.errors((rng.uniform(size=(len(rows), 1)) > edges).sum(axis=1)) for _ in range(_DRAWS)]
    return np.array([top for top, _ in found]), np.array([each for _, each in found])


def _places(values: np.ndarray, bins: int) -> np.ndarray:
    """Bin of each value: ``(from, to]`` as Guo et al. have it, 0 in the first."""
    return np.clip(np.ceil(values * bins).astype(np.int64) - 1, 0, bins - 1)


def _against(value: float, drawn: np.ndarray) -> CalibrationError:
    p = (1 + int((drawn >= value).sum())) / (1 + len(drawn))
    return CalibrationError(float(value), float(drawn.mean()), float(np.quantile(drawn, LEVEL)), p)


def _told(error: CalibrationError) -> dict[str, float]:
    return {"value": error.value, "chance": error.chance, "chance_high": error.chance_high, "p": error.p}
