"""Faces of emotions that are to be left out, as the network-surgery document leaves out disgust."""

from __future__ import annotations

from fer_xai.faces.cleaning.request import Finding, Request

TITLE = "faces of an emotion to leave out"
NEEDS = "emotions"
RIGHT = None


def find(request: Request) -> list[Finding]:
    """Every face with one of the named labels: drop."""
    return [
        Finding(index, "emotion left out", "drop", f"label {label}")
        for index, label in enumerate(request.faces.labels)
        if label in request.emotions
    ]
