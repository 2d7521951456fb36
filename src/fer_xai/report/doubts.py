"""Doubtful labels, as a list with pictures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_xai.charts.words import counted, listing, percent, span
from fer_xai.evaluation.intervals import share as interval_of
from fer_xai.report import cautions
from fer_xai.report.cards import Picture
from fer_xai.report.figures import Figures
from fer_xai.report.pixels import data_uri, face_picture
from fer_xai.study.study import Study

_PICTURES = 18
_LISTED = 100
_NO_WITNESS = (
    "No list: on these faces the model is not clearly right more often than always giving the commonest label is, "
    "so where it contradicts a label it is no witness. label_doubts.parquet has its contradictions all the same."
)


_SURE = "is as sure of another emotion as it is, on average, on faces labelled with that one"


@dataclass(frozen=True)
class Doubts:
    """What is said of the labels, the most doubtful faces as pictures, and more of them as lines."""

    sentence: str
    caution: str
    pictures: list[Picture]
    lines: list[tuple[str, ...]]
    more: int
    votes: bool


def doubts(study: Study, figures: Figures) -> Doubts | None:
    """The section's list; `None` where no label is doubted."""
    rows = figures.tables["label_doubts"]
    if rows.empty or cautions.hardly_any(figures):
        return None
    votes = bool((rows["evidence"] == "votes").all())
    shown = rows.head(_PICTURES)
    places = pd.Index(figures.predictions["face"]).get_indexer(shown["face"])
    pixels = study.faces_of(np.sort(places)).pixels()[np.argsort(np.argsort(places))]
    pictures = [_picture(row, face) for (_, row), face in zip(shown.iterrows(), pixels, strict=True)]
    lines = [
        (
            *(str(row[name]) for name in ("face", "label", "suggested")),
            *(percent(row[name]) for name in ("p_suggested", "p_label")),
            _voted(row),
        )
        for _, row in rows.head(_LISTED).iterrows()
    ]
    sentence, caution = _said(rows, int(figures.labelled.sum()), votes)
    if not votes and not _is_witness(figures):
        return Doubts(_NO_WITNESS, "", [], [], 0, votes)
    return Doubts(sentence, caution, pictures, lines, max(0, len(rows) - _LISTED), votes)


def _is_witness(figures: Figures) -> bool:
    """Whether the model is right more often than the commonest label alone would be, beyond chance."""
    labels = figures.label[figures.labelled]
    commonest = Counter(labels).most_common(1)[0][1] / len(labels)
    return figures.accuracy.low > commonest


def _said(rows: pd.DataFrame, labelled: int, votes: bool) -> tuple[str, str]:
    share, often = percent(len(rows) / labelled), _most_frequent(rows)
    if votes:
        alone = int(rows["alone"].iloc[0])
        confirmed = interval_of(len(rows), alone)
        return (
            f"Doubtful: {counted(len(rows), 'label')} of {labelled:,} ({share}). The model "
            f"{_SURE}, and more people voted for that one than for the label.{often}",
            f"Alone, the model would doubt {alone:,}; people confirm {percent(confirmed.value)} of these "
            f"(95 % interval {span(confirmed.low, confirmed.high)}), where emotions suggested at random "
            f"would have {percent(rows['chance'].iloc[0])}.",
        )
    return (
        f"Perhaps doubtful: {counted(len(rows), 'label')} of {labelled:,} ({share}). The model {_SURE}.{often}",
        "It is the only witness, and may simply be wrong: look before you change a label. The first are those where "
        "the emotion it suggests is furthest ahead of the label. With people's votes (FER+) only those that people "
        "doubt too would be listed.",
    )


def _most_frequent(rows: pd.DataFrame) -> str:
    """The commonest change."""
    pairs = rows.groupby(["label", "suggested"]).size().sort_values(ascending=False, kind="stable")
    n = int(pairs.iloc[0])
    most = listing([f"labelled {label} seems {suggested}" for (label, suggested), count in pairs.items() if count == n])
    return f" Most often ({n} times{' each' if (pairs == n).sum() > 1 else ''}) a face {most}." if n > 1 else ""


def _picture(row: pd.Series, face: np.ndarray) -> Picture:
    said = f"labelled {row['label']}; suggested: {row['suggested']} {percent(row['p_suggested'])}"
    return Picture(said, data_uri(face_picture(face)), f"Face {row['face']}, {said}", _voted(row))


def _voted(row: pd.Series) -> str:
    """The votes for the suggested emotion and for the label."""
    if not np.isfinite(row["votes_suggested"]):
        return ""
    return f"votes {row['votes_suggested']:.0f} : {row['votes_label']:.0f}"
