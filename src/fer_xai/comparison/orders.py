"""Is each model read as it was meant to be? Emotion orders that the labels contradict, and nets that are the same."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_xai.comparison.matched import Matched
from fer_xai.evaluation.emotion_order import choose_order

ENOUGH = 30  # labelled faces: fewer speak for no order
SAME = 1e-3  # of a probability: what the same net may differ by on another machine
SAME_FACES = 0.99

_ORDERS = ["model", "n", "declared", "better", "order", "accuracy", "better_accuracy"]
_TWINS = ["model", "other", "n", "same_answers", "same_numbers", "same_net", "renamed"]


def orders_table(matched: Matched) -> pd.DataFrame:
    """Models whose outputs the labels would name otherwise.

    Returns
    -------
    DataFrame
        One row per model with thirty labelled faces: model, n, declared (its emotions), better (the emotions that
        `fer_xai.evaluation.emotion_order.choose_order` finds for its outputs; None where the declared ones stand),
        order (that order's name), accuracy, and better_accuracy read so.
    """
    rows = []
    for model in matched.models:
        emotions = matched.emotions(model)
        known = np.isin(matched.labels, np.array(emotions, object))
        n = int(known.sum())
        if n < ENOUGH:
            continue
        labels = matched.labels[known].astype(str)
        chosen = choose_order(matched.probabilities(model)[known], labels, emotions, matched.seed).chosen
        accuracy, other = float(matched.right(model)[known].mean()), chosen.emotions != emotions
        better, name = (" ".join(chosen.emotions), chosen.name) if other else (None, None)
        rows.append((model, n, " ".join(emotions), better, name, accuracy, float(chosen.right.mean())))
    return pd.DataFrame(rows, columns=_ORDERS)


def twins_table(matched: Matched) -> pd.DataFrame:
    """How far every two models give the same answers, and the same numbers under any names.

    Returns
    -------
    DataFrame
        model, other, n; same_answers, same_numbers (shares of faces with the same answer; with the same probabilities,
        whatever they are called); same_net (whether the numbers are the same on 99 % of faces); renamed: where it is
        the same net but its outputs are called otherwise, ``angry→sad …`` from model to other, else empty.
    """
    rows = []
    for model, other in matched.pairs:
        one, two = matched.probabilities(model), matched.probabilities(other)
        answers = float((matched.answers(model) == matched.answers(other)).mean())
        numbers, renamed = 0.0, ""
        if one.shape == two.shape:
            place = _match(one, two)
            numbers = float((np.abs(one - two[:, place]).max(axis=1) < SAME).mean())
            names = [matched.emotions(other)[i] for i in place]
            pairs = zip(matched.emotions(model), names, strict=True)
            renamed = " ".join(f"{name}→{called}" for name, called in pairs if name != called)
        same = numbers >= SAME_FACES
        rows.append((model, other, len(one), answers, numbers, same, renamed if same else ""))
    return pd.DataFrame(rows, columns=_TWINS)


def _match(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """The column of `two` (N, E) that is nearest to each column of `one`, each used once."""
    from scipy.optimize import linear_sum_assignment

    apart = np.abs(one[:, :, None] - two[:, None, :]).mean(axis=0)
    # Columns that are equally near keep their own place.
    found: np.ndarray = linear_sum_assignment(apart - 1e-9 * np.eye(len(apart)))[1]
    return found
