"""Which action units a drawn face shows, and how strongly: the only thing that an expression is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

#: The action units that can be drawn.
UNITS = (1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 20, 22, 23, 24, 25, 26, 27)


class Recipe(NamedTuple):
    """The units that always make an emotion, and those that may come with them."""

    core: tuple[int, ...]
    optional: tuple[int, ...]


#: The codebook facs2002, told again here because a room knows no room above it; a test holds the two together.
EMOTION_UNITS: Mapping[str, Recipe] = {
    "angry": Recipe((4, 5, 7, 23), (10, 17, 22, 24, 25, 26)),
    "disgust": Recipe((9, 10), (15, 16, 17, 25, 26)),
    "fear": Recipe((1, 2, 4, 5, 20), (25, 26, 27)),
    "happy": Recipe((6, 12), (25,)),
    "sad": Recipe((1, 4, 15), (6, 11, 17, 25, 26)),
    "surprise": Recipe((1, 2, 5, 26), (25, 27)),
    "neutral": Recipe((), ()),
    "contempt": Recipe((14,), (12,)),
}

CORE = (0.6, 1.0)  # least and largest intensity of a core unit
OPTIONAL = (0.3, 0.9)
OPTIONAL_SHARE = 0.3  # how often an optional unit comes along
STRAY = (0.05, 0.2)
STRAY_SHARE = 0.06  # how often a unit shows that has nothing to do with the emotion


def draw_intensities(emotions: Sequence[str], uniforms: np.ndarray) -> np.ndarray:
    """Turn random numbers into intensities of `UNITS`.

    Parameters
    ----------
    emotions : sequence of str
        What each of N faces expresses.
    uniforms : ndarray (N, 2, U)
        Numbers in [0, 1): whether each unit comes along, and how strongly.

    Returns
    -------
    ndarray (N, U) float32
        0 where a unit is at rest, at most 1.
    """
    core, optional = membership(emotions)
    shown, strength = uniforms[:, 0], uniforms[:, 1]
    intensities = np.where(shown < STRAY_SHARE, _between(STRAY, strength), 0)
    intensities = np.where(optional, np.where(shown < OPTIONAL_SHARE, _between(OPTIONAL, strength), 0), intensities)
    return np.where(core, _between(CORE, strength), intensities).astype(np.float32)


def membership(emotions: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Which of `UNITS` are core, and which optional, to each emotion: two bool arrays (N, U)."""
    core = np.array([[unit in EMOTION_UNITS[emotion].core for unit in UNITS] for emotion in emotions], bool)
    optional = np.array([[unit in EMOTION_UNITS[emotion].optional for unit in UNITS] for emotion in emotions], bool)
    return core.reshape(-1, len(UNITS)), optional.reshape(-1, len(UNITS))


def intensity_table(intensities: np.ndarray, faces: Sequence[str]) -> pd.DataFrame:
    """Intensities as a table: a row for each face, columns ``AU1``, ``AU2``, …"""
    return pd.DataFrame(intensities, index=pd.Index(faces, name="face"), columns=[f"AU{unit}" for unit in UNITS])


def _between(limits: tuple[float, float], uniforms: np.ndarray) -> np.ndarray:
    return limits[0] + (limits[1] - limits[0]) * uniforms
