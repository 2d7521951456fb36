"""How each model's maps lie on the parts of the same faces: all that regions, focus and S are compared by."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fer_xai.comparison.matched import Matched
from fer_xai.facs import FaceMasks, RegionProfile, mask_profile, region_names
from fer_xai.facs.atlas import level_merge, part_names

_CHUNK = 64


@dataclass(frozen=True)
class Profiles:
    """Profiles over the parts of the face by (model, method), faces in the studies' order.

    Attributes
    ----------
    parts : dict of (str, str) to RegionProfile
        Faces count for `Matched.grouped`.
    spread : dict of (str, str) to ndarray (N,)
        Effective area of each map's positive part, as a share of the picture: 2^entropy ÷ pixels. 1 for a flat map, NaN
        where a map has no positive value.
    """

    parts: dict[tuple[str, str], RegionProfile]
    spread: dict[tuple[str, str], np.ndarray]

    @classmethod
    def measure(cls, matched: Matched) -> Profiles:
        """Measure all maps; each face is painted once."""
        keys = [(model, method) for method in matched.methods for model in matched.models]
        maps = {(model, method): matched.studies[model].maps(method)[0] for model, method in keys}
        mass: dict[tuple[str, str], list[np.ndarray]] = {key: [] for key in keys}
        area: list[np.ndarray] = []
        faces, landmarks = matched.reference.faces, matched.reference.landmarks
        for start in range(0, len(faces), _CHUNK):
            some = slice(start, start + _CHUNK)
            painted = FaceMasks.paint(faces[some], landmarks[some]).own_parts
            for key in keys:
                inside, areas = mask_profile(maps[key][some], painted)
                mass[key].append(inside)
            area.append(areas)
        base = RegionProfile(
            np.concatenate(mass[keys[0]]),
            np.concatenate(area),
            tuple(matched.grouped),
            part_names(),
            matched.faces,
        )
        parts = {key: replace(base, mass=np.concatenate(mass[key])) for key in keys}
        return cls(parts, {key: effective_area(maps[key]) for key in keys})

    def level(self, model: str, method: str, level: str) -> RegionProfile:
        """Over the regions of a level, ``coarse`` or ``fine``."""
        return self.parts[model, method].merged(level_merge(level), region_names(level))


def effective_area(maps: np.ndarray) -> np.ndarray:
    """Share of the picture (N,) that a map's positive part would cover, were it spread evenly: 2^entropy ÷ pixels."""
    flat = np.clip(maps.reshape(len(maps), -1).astype(np.float64), 0, None)
    total = flat.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = flat / total
        entropy = -np.where(part > 0, part * np.log2(part), 0.0).sum(axis=1)
    return np.where(total[:, 0] > 0, 2**entropy / flat.shape[1], np.nan)
