"""Faces that the people of FER+ called *not a face* (Barsoum et al. 2016)."""

from __future__ import annotations

from pathlib import Path

from fer_xai.faces.cleaning.request import Finding, Request
from fer_xai.faces.ferplus import votes_of

TITLE = "FER+ votes for not a face"
NEEDS = "votes"
RIGHT = None


def find(request: Request) -> list[Finding]:
    """Any such vote: look; the majority: drop."""
    assert isinstance(request.votes, Path)
    counts = votes_of(request.faces, request.votes)
    against, total = counts["NF"].to_numpy(), counts.sum(axis=1).to_numpy()
    return [
        Finding(
            index,
            "voted not a face",
            "drop" if 2 * against[index] > total[index] else "look",
            f"{against[index]} of {total[index]} votes",
            score=against[index] / total[index],
        )
        for index in range(len(against))
        if against[index]
    ]
