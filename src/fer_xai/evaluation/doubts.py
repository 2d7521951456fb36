"""Which labels are doubtful: the classifier is sure of another emotion, and so are people, where they have voted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.errors import InputError

COLUMNS = ("place", "label", "suggested", "p_suggested", "p_label", "threshold", "votes_suggested", "votes_label")


def label_doubts(
    labels: Sequence[str | None],
    probabilities: np.ndarray,
    emotions: Sequence[str],
    votes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the faces whose label is doubtful, the most doubtful first.

    Parameters
    ----------
    labels : sequence of str or None (N,)
    probabilities : ndarray (N, E)
        Of a classifier that was not trained on these faces; on faces that it has learnt by heart it doubts nothing.
    emotions : sequence of str
        The classifier's.
    votes : DataFrame (N, …), optional
        Each face's votes, a column per answer. With it only those faces are listed on which more people voted for what
        the classifier says than for the label: two witnesses. Without, the classifier is the only one.

    Returns
    -------
    DataFrame
        One row per doubtful label: place (in the faces' order), label, suggested (what the classifier is sure of),
        p_suggested, p_label, threshold (how sure it had to be), votes_suggested and votes_label (NaN without votes).
        Ordered by p_suggested − p_label.

    Raises
    ------
    InputError
        If the numbers of faces disagree.

    Notes
    -----
    Confident learning: the classifier is sure of an emotion where it gives it at least the mean probability that it
    gives it on the faces labelled so, and more than it gives the label. Of several such emotions the likeliest counts.
    An emotion without labelled faces has no such mean and is never suggested.

    References
    ----------
    Northcutt, Jiang & Chuang 2021, "Confident learning: estimating uncertainty in dataset labels".
    """
    output = {name: place for place, name in enumerate(emotions)}
    known = np.array([output.get(label or "", -1) for label in labels])
    if len(known) != len(probabilities) or (votes is not None and len(votes) != len(known)):
        raise InputError(
            f"received {len(known)} labels for {len(probabilities)} faces: give as many of each, and votes"
        )
    thresholds = self_confidence(known, probabilities)
    sure = np.where(probabilities >= thresholds, probabilities, -np.inf)
    suggested, each = sure.argmax(axis=1), np.arange(len(known))
    doubted = (known >= 0) & np.isfinite(sure[each, suggested]) & (suggested != known)
    doubted &= probabilities[each, suggested] > probabilities[each, np.maximum(known, 0)]
    names = np.array([*emotions, ""], dtype=object)
    found = pd.DataFrame(
        {
            "place": each,
            "label": names[known],
            "suggested": names[suggested],
            "p_suggested": probabilities[each, suggested],
            "p_label": probabilities[each, np.maximum(known, 0)],
            "threshold": thresholds[suggested],
            "votes_suggested": _votes(votes, names[suggested]),
            "votes_label": _votes(votes, names[known]),
        }
    )
    if votes is not None:
        doubted &= (found["votes_suggested"] > found["votes_label"]).to_numpy()
    order = (found["p_label"] - found["p_suggested"]).to_numpy()
    return found[doubted].iloc[np.argsort(order[doubted], kind="stable")].reset_index(drop=True)[list(COLUMNS)]


def self_confidence(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Mean probability (E,) of each emotion over the faces labelled so; infinite where there are none.

    Parameters
    ----------
    labels : ndarray (N,) of int
        −1 where a face has none of the classifier's.
    probabilities : ndarray (N, E)
    """
    own = [probabilities[labels == e, e] for e in range(probabilities.shape[1])]
    return np.array([np.sort(some).mean() if len(some) else np.inf for some in own])


def _votes(votes: pd.DataFrame | None, names: np.ndarray) -> np.ndarray:
    """How many voted for the named emotion of each face; an answer that could not be given has none."""
    if votes is None:
        return np.full(len(names), np.nan)
    place = pd.Index(votes.columns).get_indexer(pd.Index(names))
    counts = votes.to_numpy(np.float64)[np.arange(len(names)), np.maximum(place, 0)]
    return np.where(place >= 0, counts, 0.0)


def chance_of_votes(labels: Sequence[str | None], votes: pd.DataFrame, emotions: Sequence[str]) -> float:
    """How often people confirm a doubt by chance: more votes for another emotion, drawn at random, than for the label.

    The mean over labelled faces and the classifier's other emotions; NaN without labelled faces.
    """
    named = np.array([label or "" for label in labels], dtype=object)
    own = _votes(votes, named)
    preferred = [_votes(votes, np.full(len(named), emotion, object)) > own for emotion in emotions]
    others = [(named != "") & (named != emotion) for emotion in emotions]
    pairs = np.stack(others)
    return float(np.stack(preferred)[pairs].mean()) if pairs.any() else np.nan
