"""What answers that do not look at the face would score: the level that a figure of a classifier is read against."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd


class Chance(NamedTuple):
    """A figure's level by chance, and whose it is."""

    value: float
    whose: str


def chances(confusion: pd.DataFrame) -> dict[str, Chance]:
    """What each figure of `fer_xai.evaluation.evaluate.Evaluation` would be without looking at the faces.

    Parameters
    ----------
    confusion : DataFrame (E, E)
        Counts, labels in rows; only how many faces each emotion has is used.

    Returns
    -------
    dict of str to Chance
        By the name of the figure; also ``brier``. Shares 0…1, ``loss`` in nats, ``brier`` 0…2. Of figures that have no
        such level there is none.
    """
    sizes = confusion.sum(axis=1)
    parts = (sizes / sizes.sum()).to_numpy(np.float64)
    shown = parts[parts > 0]
    drawn, always = "guessed as often as labelled", f"always {sizes.idxmax()}"
    fixed = "the labels' shares for every face"
    return {
        "accuracy": Chance(float(parts.max()), always),
        "mean_diagonal": Chance(1 / len(shown), "any one answer"),
        "top_2": Chance(min(1.0, 2 / len(parts)), "any two emotions"),
        "macro_precision": Chance(1 / len(shown), drawn),
        "macro_f1": Chance(1 / len(shown), drawn),
        "weighted_f1": Chance(float((parts**2).sum()), drawn),
        "loss": Chance(float(-(shown * np.log(shown)).sum()), fixed),
        "brier": Chance(float(1 - (parts**2).sum()), fixed),
    }


def vote_chances(votes: np.ndarray, emotions: tuple[str, ...]) -> dict[str, Chance]:
    """The same for agreement with how several people voted.

    Parameters
    ----------
    votes : ndarray (N, E)
        Number of votes of each emotion; each row has at least one.
    emotions : tuple of str
    """
    if not len(votes):
        return {}
    mean = (votes / votes.sum(axis=1, keepdims=True)).mean(axis=0)
    shown = mean[mean > 0]
    return {
        "vote_agreement": Chance(float(mean.max()), f"always {emotions[int(mean.argmax())]}"),
        "vote_loss": Chance(float(-(shown * np.log(shown)).sum()), "the mean votes for every face"),
    }
