"""Which faces a page shows: few, chosen by rule, never by looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fer_xai.report.figures import Figures

RIGHT, MISSED, ALARMS, UNLABELLED = 6, 4, 2, 8


@dataclass(frozen=True)
class Group:
    """Faces shown under one heading: ``rows`` are places in the predictions table, ``of`` how many there were."""

    title: str
    rule: str
    rows: tuple[int, ...]
    of: int
    empty: str


def choose(figures: Figures, emotion: str) -> list[Group]:
    """The groups of an emotion's page: right, missed and false alarms; for unlabelled faces, those called so.

    Within a group the faces are spread evenly over how sure the model was of its answer, from most to least.
    """
    called = figures.predicted == emotion
    meant = figures.label == emotion
    groups = []
    if figures.labelled.any():
        groups += [
            _group(figures, "Right", f"labelled {emotion}, called {emotion}", called & meant, RIGHT),
            _group(figures, "Missed", f"labelled {emotion}, called something else", meant & ~called, MISSED),
            _group(
                figures,
                "False alarms",
                f"called {emotion}, labelled something else",
                called & figures.labelled & ~meant,
                ALARMS,
            ),
        ]
    if not figures.labelled.all():
        title, rule = f"Called {emotion}", f"unlabelled and called {emotion}"
        groups.append(_group(figures, title, rule, called & ~figures.labelled, UNLABELLED))
    return groups


def _group(figures: Figures, title: str, rule: str, which: np.ndarray, most: int) -> Group:
    rows = np.flatnonzero(which)
    order = rows[np.argsort(-figures.sure[rows], kind="stable")]
    places = np.unique(np.linspace(0, len(order) - 1, min(most, len(order))).round().astype(int))
    return Group(title, rule, tuple(int(row) for row in order[places]), len(rows), f"No face is {rule}.")
