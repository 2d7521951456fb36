"""`evaluate`: everything that labels and probabilities say about how good a classifier is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.evaluation.accuracy import (
    confusion_matrix,
    measure_accuracy,
    measure_binary_accuracy,
    measure_mean_diagonal,
    measure_top,
)
from fer_xai.evaluation.calibration import Calibration, CalibrationError, measure_calibration, sums_to_one
from fer_xai.evaluation.chances import Chance, chances, vote_chances
from fer_xai.evaluation.intervals import Estimate, share
from fer_xai.evaluation.loss import losses, measure_loss, measure_votes
from fer_xai.evaluation.per_class import averages, confusions, per_class


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How good a classifier is on labelled faces.

    Attributes
    ----------
    emotions : tuple of str
        That it could choose among.
    predictions : DataFrame
        One row per face that was given, those left out included: face, label, predicted, ``correct``, ``counted``,
        confidence, loss, p_<emotion>…, and ``copy`` where training faces were given.
    left_out : DataFrame
        One row per reason why faces do not count: ``reason``, n.
    figures : dict of str to Estimate
        accuracy, accuracy_of_all_labels (labels that the classifier does not know count as wrong), mean_diagonal,
        loss, top_2, macro_… and weighted_… averages; where known, accuracy_without_copies, accuracy_of_copies, and
        the agreement with votes.
    binary_accuracy, binary_accuracy_of_never : float
        See `fer_xai.evaluation.accuracy.measure_binary_accuracy`.
    chance : dict of str to Chance
        What each figure would be without looking at the faces, where that can be said: `fer_xai.evaluation.chances`.
    most_frequent : tuple of str and float
        The commonest label and its share: what a classifier scores that always says it.
    confusion : DataFrame
        Counts, labels in rows.
    confusions, per_class : DataFrame
        See `fer_xai.evaluation.per_class`.
    calibration : Calibration or None
    remarks : tuple of str
        What cannot be had, and what to bear in mind.
    """

    emotions: tuple[str, ...]
    predictions: pd.DataFrame
    left_out: pd.DataFrame
    figures: dict[str, Estimate]
    binary_accuracy: float
    binary_accuracy_of_never: float
    chance: dict[str, Chance]
    most_frequent: tuple[str, float]
    confusion: pd.DataFrame
    confusions: pd.DataFrame
    per_class: pd.DataFrame
    calibration: Calibration | None
    remarks: tuple[str, ...]

    def summary(self) -> dict[str, Any]:
        """Every figure as plain values."""
        return {
            "n": self.figures["accuracy"].n,
            "left_out": dict(zip(self.left_out["reason"], self.left_out["n"].tolist(), strict=True)),
            **{name: asdict(figure) for name, figure in self.figures.items()},
            "chance": {name: level._asdict() for name, level in self.chance.items()},
            "binary_accuracy": {"value": self.binary_accuracy, "chance": self.binary_accuracy_of_never},
            "most_frequent": {"emotion": self.most_frequent[0], "share": self.most_frequent[1]},
            "confusion": {
                "emotions": list(self.confusion.columns),
                "labels": list(self.confusion.index),
                "counts": self.confusion.to_numpy().tolist(),
            },
            "per_class": self.per_class.to_dict("records"),
            "top_confusions": self.top_confusions().to_dict("records"),
            "calibration": _calibration_told(self.calibration),
            "remarks": list(self.remarks),
        }

    def top_confusions(self, most: int = 5) -> pd.DataFrame:
        """The most frequent errors."""
        wrong = self.confusions[self.confusions["share_of_errors"] > 0]
        return wrong.head(most).reset_index(drop=True)


def evaluate(
    labels: Sequence[str | None],
    probabilities: np.ndarray,
    emotions: Sequence[str],
    *,
    ids: Sequence[str] | None = None,
    copies: np.ndarray | None = None,
    votes: pd.DataFrame | None = None,
    seed: int = 0,
) -> Evaluation:
    """Measure a classifier by its probabilities on labelled faces.

    Parameters
    ----------
    labels : sequence of str or None
        Each face's emotion; faces without one, or with one that the classifier does not know, do not count and are
        listed in ``left_out``.
    probabilities : ndarray (N, E)
    emotions : sequence of str
        Of the outputs, in order.
    ids : sequence of str, optional
        Names of the faces.
    copies : ndarray (N,) of bool, optional
        Which faces have a copy among the training faces: `fer_xai.evaluation.copies.copies_in`.
    votes : DataFrame, optional
        Number of votes per face, a column for each of the emotions: how several people labelled it.
    seed : int
        Of bootstrap and chance draws.

    Raises
    ------
    InputError
        If numbers of faces or outputs do not fit, a probability is not finite, or no face can be counted.
    """
    emotions = tuple(emotions)
    _refuse_misfits(labels, probabilities, emotions)
    known = np.array([label in emotions for label in labels], bool)
    left_out = _left_out(labels, emotions)
    if not known.any():
        raise InputError("no face can be counted: " + _listed(left_out))
    predicted = np.array(emotions, object)[probabilities.argmax(axis=1)]
    numbers = np.array([emotions.index(label) for label in np.array(labels, object)[known]])
    rows = probabilities[known]
    confusion = confusion_matrix(np.array(labels, object)[known].tolist(), predicted[known].tolist(), emotions)
    remarks = _remarks(confusion, left_out, rows)
    figures, chance = _figures(labels, predicted, numbers, rows, confusion, seed), chances(confusion)
    if copies is not None:
        figures |= _by_copy(predicted[known] == np.array(labels, object)[known], copies[known])
    if votes is not None:
        by_votes, vote_chance = _by_votes(votes[known], rows, emotions)
        figures, chance = figures | by_votes, chance | vote_chance
    binary, never = measure_binary_accuracy(numbers, rows)
    sizes = confusion.sum(axis=1)
    return Evaluation(
        emotions=emotions,
        predictions=_predictions(labels, predicted, probabilities, emotions, known, ids, copies),
        left_out=left_out,
        figures=figures,
        binary_accuracy=binary,
        binary_accuracy_of_never=never,
        chance=chance,
        most_frequent=(str(sizes.idxmax()), float(sizes.max() / sizes.sum())),
        confusion=confusion,
        confusions=confusions(confusion),
        per_class=per_class(confusion),
        calibration=measure_calibration(numbers, rows, emotions, seed=seed) if sums_to_one(rows) else None,
        remarks=remarks,
    )


def _refuse_misfits(labels: Sequence[str | None], probabilities: np.ndarray, emotions: tuple[str, ...]) -> None:
    if probabilities.shape != (len(labels), len(emotions)):
        raise InputError(
            f"probabilities of shape {probabilities.shape} were given for {len(labels)} labels and {len(emotions)} "
            "emotions"
        )
    if not np.isfinite(probabilities).all():
        raise InputError("the classifier gives NaN or infinity on some face: check its weights and scaling")


def _left_out(labels: Sequence[str | None], emotions: tuple[str, ...]) -> pd.DataFrame:
    reasons = [
        "no label" if label is None else f"label {label}, which the classifier does not know"
        for label in labels
        if label not in emotions
    ]
    counted = pd.Series(reasons, dtype=object).value_counts(sort=False).sort_index()
    return pd.DataFrame({"reason": counted.index.astype(object), "n": counted.to_numpy()})


def _listed(left_out: pd.DataFrame) -> str:
    return "; ".join(f"{row.n} with {row.reason}" for row in left_out.itertuples())


def _remarks(confusion: pd.DataFrame, left_out: pd.DataFrame, rows: np.ndarray) -> tuple[str, ...]:
    said = []
    if len(left_out):
        said.append(f"Faces left out: {_listed(left_out)}.")
    sizes, called = confusion.sum(axis=1), confusion.sum(axis=0)
    if (sizes == 0).any():
        never = ", ".join(sizes.index[sizes == 0])
        said.append(f"No face is labelled {never}: recall cannot be had there, and the averages leave it out.")
    if (sizes > 0).sum() == 1:
        said.append("All faces have one label: accuracy is that emotion's recall, and says nothing about the others.")
    silent = called.index[(called == 0) & (sizes > 0)]
    if len(silent):
        said.append(f"Never predicted: {', '.join(silent)}; precision cannot be had there and counts as 0 in averages.")
    if not sums_to_one(rows):
        said.append("The outputs do not sum to one, so calibration and Brier score cannot be had.")
    if len(rows) < 2:
        said.append("One face only: no interval can be had for means.")
    return tuple(said)


def _figures(
    labels: Sequence[str | None],
    predicted: np.ndarray,
    numbers: np.ndarray,
    rows: np.ndarray,
    confusion: pd.DataFrame,
    seed: int,
) -> dict[str, Estimate]:
    all_labels = measure_accuracy(labels, predicted.tolist())
    assert all_labels is not None
    right = int(np.trace(confusion.to_numpy()))
    return {
        "accuracy": share(right, len(numbers)),
        "accuracy_of_all_labels": all_labels,
        "mean_diagonal": measure_mean_diagonal(confusion),
        "loss": measure_loss(numbers, rows),
        "top_2": measure_top(numbers, rows),
        **averages(confusion, seed),
    }


def _by_copy(right: np.ndarray, copies: np.ndarray) -> dict[str, Estimate]:
    return {
        "accuracy_without_copies": share(int(right[~copies].sum()), int((~copies).sum())),
        "accuracy_of_copies": share(int(right[copies].sum()), int(copies.sum())),
    }


def _by_votes(
    votes: pd.DataFrame, rows: np.ndarray, emotions: tuple[str, ...]
) -> tuple[dict[str, Estimate], dict[str, Chance]]:
    counts = votes.reindex(columns=list(emotions), fill_value=0).to_numpy(np.float64)
    voted = counts.sum(axis=1) > 0
    return measure_votes(counts[voted], rows[voted]), vote_chances(counts[voted], emotions)


def _predictions(
    labels: Sequence[str | None],
    predicted: np.ndarray,
    probabilities: np.ndarray,
    emotions: tuple[str, ...],
    known: np.ndarray,
    ids: Sequence[str] | None,
    copies: np.ndarray | None,
) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "face": [f"face-{n}" for n in range(len(labels))] if ids is None else list(ids),
            "label": pd.Series(list(labels), dtype="string"),
            "predicted": predicted,
            "correct": pd.array(
                [None if x is None else x == y for x, y in zip(labels, predicted, strict=True)], dtype="boolean"
            ),
            "counted": known,
            "confidence": probabilities.max(axis=1),
        }
    )
    table["loss"] = np.nan
    numbers = np.array([emotions.index(label) for label in np.array(labels, object)[known]])
    table.loc[known, "loss"] = losses(numbers, probabilities[known])
    for emotion, column in zip(emotions, probabilities.T, strict=True):
        table[f"p_{emotion}"] = column
    if copies is not None:
        table["copy"] = copies
    return table


def _calibration_told(found: Calibration | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "confidence": found.confidence,
        "accuracy": found.accuracy,
        "ece": _error_told(found.error),
        "classwise_ece": _error_told(found.classwise),
        "per_emotion": found.per_emotion.to_dict("records"),
        "brier": {**asdict(found.brier), "chance": found.brier_chance},
        "curve": found.curve.to_dict("records"),
    }


def _error_told(error: CalibrationError) -> dict[str, Any]:
    return {**asdict(error), "beyond_chance": error.beyond_chance, "miscalibrated": error.is_miscalibrated}
