"""Faces drawn by us, with known expressions; and the same with a mark in a corner that tells the label."""

from __future__ import annotations

from pathlib import Path

from fer_xai.faces.drawn import Drawing, draw
from fer_xai.faces.faces import Faces

WHAT = "drawn or drawn-cheating (drawn faces)"
_FACES = 1400


def reads(source: str | Path) -> bool:
    """Whether these are the drawn faces."""
    return str(source) in ("drawn", "drawn-cheating")


def load(source: str | Path, size: tuple[int, int] | None) -> Faces:
    """200 faces of each of FER2013's emotions, 60 % train, 20 % validation, 20 % test."""
    return drawing(source, size).faces


def drawing(source: str | Path, size: tuple[int, int] | None = None) -> Drawing:
    """The same faces with the truth about them."""
    return draw(_FACES, cheating=str(source) == "drawn-cheating", size=size or (48, 48))
