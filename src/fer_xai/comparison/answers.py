"""How often each model is right, where the models' answers differ, and how well their probabilities are calibrated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from fer_xai.comparison.matched import Matched
from fer_xai.comparison.paired import corrected
from fer_xai.evaluation.calibration import measure_calibration, sums_to_one
from fer_xai.evaluation.intervals import difference, mean, share

_ACCURACY = ["model", "n", "accuracy", "low", "high", "chance"]
_DIFFERENCES = ["model", "other", "n", "accuracy", "other_accuracy", "difference", "low", "high"]
_DIFFERENCES += ["only_model", "only_other", "p", "p_holm", "significant"]
_CONFUSIONS = ["model", "other", "label", "predicted", "n", "share", "other_share", "difference", "low", "high"]
_CONFUSIONS += ["p", "p_holm", "significant"]
_CALIBRATION = ["model", "n", "confidence", "accuracy", "error", "chance", "chance_high", "p"]
_CALIBRATION += ["brier", "brier_low", "brier_high"]
_BRIER = ["model", "other", "n", "brier", "other_brier", "difference", "low", "high", "p", "p_holm", "significant"]


def mcnemar(one: np.ndarray, other: np.ndarray) -> float:
    """Exact two-sided McNemar test that two yes-or-no figures (N,) of the same faces are equally often yes.

    References
    ----------
    McNemar 1947, "Note on the sampling error of the difference between correlated proportions or percentages".
    """
    from scipy.stats import binomtest

    wins, losses = int((one & ~other).sum()), int((other & ~one).sum())
    return float(binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0


def accuracy_table(matched: Matched) -> pd.DataFrame:
    """Accuracy of each model on the labelled faces: model, n, accuracy, low, high (Wilson), chance.

    ``chance`` is the share of the commonest label: what always answering it would reach. No rows without labels.
    """
    labelled = matched.labels != None  # noqa: E711  (elementwise)
    n = int(labelled.sum())
    if not n:
        return pd.DataFrame(columns=_ACCURACY)
    chance = pd.Series(matched.labels[labelled]).value_counts().iloc[0] / n
    found = {model: share(int(matched.right(model).sum()), n) for model in matched.models}
    rows = [(model, n, rate.value, rate.low, rate.high, chance) for model, rate in found.items()]
    return pd.DataFrame(rows, columns=_ACCURACY)


def accuracy_differences(matched: Matched) -> pd.DataFrame:
    """Accuracy of every two models: the difference (Agresti & Min's interval) and McNemar's exact test.

    ``only_model`` and ``only_other`` count the faces that one of them alone is right on; p is corrected by Holm over
    the pairs.
    """
    labelled = matched.labels != None  # noqa: E711  (elementwise)
    rows: list[dict[str, Any]] = []
    for model, other in matched.pairs if labelled.any() else []:
        one, two = matched.right(model)[labelled], matched.right(other)[labelled]
        found = difference(one, two)
        rows.append(
            {
                **{"model": model, "other": other, "n": found.n},
                **{"accuracy": one.mean(), "other_accuracy": two.mean()},
                **{"difference": found.value, "low": found.low, "high": found.high},
                **{"only_model": int((one & ~two).sum()), "only_other": int((two & ~one).sum())},
                "p": mcnemar(one, two),
            }
        )
    return corrected(pd.DataFrame(rows, columns=_DIFFERENCES[:-2]))[_DIFFERENCES]


def confusion_differences(matched: Matched) -> pd.DataFrame:
    """Each cell of the confusion matrix, as a share of its row, in every two models.

    n is the label's faces, share and other_share how many of them the two models call ``predicted``; difference, test
    and correction as in `accuracy_differences`, over all cells of a pair.
    """
    labels, tables = matched.labels, []
    for model, other in matched.pairs:
        emotions = list(dict.fromkeys([*matched.emotions(model), *matched.emotions(other)]))
        rows = []
        for label in dict.fromkeys([*emotions, *sorted({name for name in labels if name})]):
            own = labels == label
            for predicted in emotions if own.any() else []:
                one, two = (matched.answers(name)[own] == predicted for name in (model, other))
                found = difference(one, two)
                figures = (found.n, one.mean(), two.mean(), found.value, found.low, found.high, mcnemar(one, two))
                rows.append((model, other, label, predicted, *figures))
        tables.append(corrected(pd.DataFrame(rows, columns=_CONFUSIONS[:-2])))
    return pd.concat(tables, ignore_index=True)[_CONFUSIONS]


def calibration_table(matched: Matched) -> pd.DataFrame:
    """Calibration error (ECE) of each model beside its chance level, and its Brier score.

    See `fer_xai.evaluation.calibration`. No rows for models whose outputs do not sum to one.
    """
    rows = []
    for model in matched.models:
        known = np.isin(matched.labels, np.array(matched.emotions(model), object))
        probabilities = matched.probabilities(model)[known]
        if not known.any() or not sums_to_one(probabilities):
            continue
        found = measure_calibration(_codes(matched, model)[known], probabilities, matched.emotions(model))
        error, brier = found.error, found.brier
        figures = (found.confidence, found.accuracy, error.value, error.chance, error.chance_high, error.p)
        rows.append((model, found.n, *figures, brier.value, brier.low, brier.high))
    return pd.DataFrame(rows, columns=_CALIBRATION)


def brier_differences(matched: Matched) -> pd.DataFrame:
    """Brier scores of every two models on the same faces: the mean difference and its t-test; lower is better."""
    from scipy.stats import ttest_1samp

    rows = []
    for model, other in matched.pairs:
        known = np.ones(len(matched.labels), bool)
        for name in (model, other):
            known &= np.isin(matched.labels, np.array(matched.emotions(name), object))
        if known.sum() < 2 or not all(sums_to_one(matched.probabilities(name)[known]) for name in (model, other)):
            continue
        one, two = (_brier(matched, name)[known] for name in (model, other))
        apart = mean(one - two)
        p = float(ttest_1samp(one - two, 0.0).pvalue) if np.ptp(one - two) > 1e-12 else 1.0
        rows.append((model, other, apart.n, one.mean(), two.mean(), apart.value, apart.low, apart.high, p))
    return corrected(pd.DataFrame(rows, columns=_BRIER[:-2]))[_BRIER]


def _codes(matched: Matched, model: str) -> np.ndarray:
    place = {emotion: number for number, emotion in enumerate(matched.emotions(model))}
    return np.array([place.get(label, -1) for label in matched.labels])


def _brier(matched: Matched, model: str) -> np.ndarray:
    rows, codes = matched.probabilities(model), _codes(matched, model)
    hot = codes[:, None] == np.arange(rows.shape[1])
    squares: np.ndarray = ((rows / rows.sum(axis=1, keepdims=True) - hot) ** 2).sum(axis=1)
    return squares
