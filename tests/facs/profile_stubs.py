"""Profiles drawn at random, blind or with mass planted on named regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fer_xai.facs import RegionProfile, region_names

SIX = ("angry", "disgust", "fear", "happy", "sad", "surprise")
REGIONS = region_names("fine")


def drawn_profile(
    faces: int,
    seed: int,
    planted: Mapping[str, Sequence[str]] | None = None,
    factor: float = 2.0,
    people: Sequence[str] | None = None,
) -> RegionProfile:
    """Faces of each of six emotions; the mass of an emotion's planted regions is multiplied by a factor."""
    rng = np.random.default_rng(seed)
    emotions = tuple(emotion for emotion in SIX for _ in range(faces))
    area = rng.dirichlet(np.full(len(REGIONS), 60.0), len(emotions))
    mass = area * np.exp(rng.normal(0, 0.4, area.shape))
    for row, emotion in enumerate(emotions):
        for region in (planted or {}).get(emotion, ()):
            mass[row, REGIONS.index(region)] *= factor
    mass /= mass.sum(axis=1, keepdims=True)
    names = tuple(f"face-{i}" for i in range(len(emotions)))
    return RegionProfile(mass, area, emotions, REGIONS, names, None if people is None else tuple(people))
