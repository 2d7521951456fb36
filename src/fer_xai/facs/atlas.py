"""The atlas: which mesh vertices outline which part of the face, and how parts merge into regions.

The face is painted once, in *parts* (``brow_inner_R``, ``forehead_mid``, …, plus ``background``). Every other mask is a
sum of parts: the 25 fine regions, the 8 coarse ones, and the union of an emotion's action units.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from fer_xai.errors import InputError

BACKGROUND = "background"
LEVELS = ("coarse", "fine")
EYES = ((33, 133), (362, 263))  # the corners of the subject's right and left eye


@cache
def atlas() -> dict[str, Any]:
    """Read ``regions.json``: polygons, painting order, levels."""
    content: dict[str, Any] = json.loads(files(__package__).joinpath("data/regions.json").read_text("utf-8"))
    return content


@cache
def part_names() -> tuple[str, ...]:
    """Parts in the order of their labels: background is 0, then the order of painting."""
    return (BACKGROUND, *atlas()["paint_order"])


@cache
def region_names(level: str) -> tuple[str, ...]:
    """Regions of a level, background first.

    Raises
    ------
    InputError
        If the level is neither ``coarse`` nor ``fine``.

    Examples
    --------
    >>> region_names("coarse")
    ('background', 'forehead', 'brow', 'eye', 'nose', 'cheek', 'mouth', 'chin_jaw')
    """
    if level not in LEVELS:
        raise InputError(f"received level {level!r}: give {' or '.join(LEVELS)}")
    coarse: dict[str, list[str]] = atlas()["coarse_regions"]
    return tuple(coarse) if level == "coarse" else tuple(fine for members in coarse.values() for fine in members)


@cache
def level_merge(level: str) -> np.ndarray:
    """Which parts (columns) make up which region (rows) of a level: 0 or 1, float32 (R, P)."""
    fine_of = atlas()["fine_region_of"]
    coarse_of = {fine: coarse for coarse, members in atlas()["coarse_regions"].items() for fine in members}
    region_of = [fine_of[part] if level == "fine" else coarse_of[fine_of[part]] for part in part_names()]
    return np.array([[of == region for of in region_of] for region in region_names(level)], np.float32)


def parts_of(region: str) -> tuple[str, ...]:
    """Parts of a fine region."""
    return tuple(part for part in part_names() if atlas()["fine_region_of"][part] == region)


def ring(outline: str) -> tuple[tuple[int, ...], ...]:
    """Vertex rings of an outline that is not a part: ``face``, ``lips`` (their outer contour) or ``eyes``."""
    polygons = atlas()["polygons"]
    if outline == "face":
        return (tuple(atlas()["oval"]),)
    if outline == "eyes":
        return tuple(polygons["eye_R"]), tuple(polygons["eye_L"])
    if outline == "lips":
        upper, lower = polygons["upper_lip"], polygons["lower_lip"]
        corner = upper.index(
            291
        )  # both polygons run from the right corner, 61, along the outer contour to the left one
        return ((*upper[: corner + 1], *lower[corner - 1 : 0 : -1]),)
    raise InputError(f"received outline {outline!r}: give face, lips or eyes")
