"""Region profiles: how much of a face's attribution lies in each fine region, and how large that region is.

Two dozen numbers for each face, from which separability, the own codebook and the significance of regions follow. They
are measured from maps, or read from the counter's rows, which a study stores.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fer_xai.emotions import CANONICAL, canonical
from fer_xai.errors import InputError
from fer_xai.facs.atlas import region_names
from fer_xai.facs.masks import FaceMasks, painted
from fer_xai.facs.resampling import check_people
from fer_xai.facs.specificity import mask_profile
from fer_xai.facs.summary import RUNS, face_emotion

if TYPE_CHECKING:
    from fer_xai.faces.landmarks import Landmarks

SMOOTHING = 1e-3  # share of the crop: 2.3 pixels of 48×48, so that empty and tiny regions have a finite logarithm
FLAT = 3  # decimals of a log2 enrichment: what a flat map has in float32 differs from 0 below them


@dataclass(frozen=True)
class RegionProfile:
    """How the attributions of N faces lie in R regions.

    Attributes
    ----------
    mass, area : ndarray of float64, shape (N, R)
        Share of the positive mass in each region and the region's share of the crop, 0…1; NaN on faces without
        landmarks, and mass is NaN where a map has no positive value.
    emotions : tuple of str or None
        The emotion of each face.
    regions : tuple of str
        Names of the regions: the 25 fine ones, background first.
    faces : tuple of str
        The faces' names.
    people : tuple, optional
        Who each face shows.
    right : ndarray of float, shape (N,), optional
        1 where the prediction is the label, 0 where it is not, NaN on unlabelled faces.
    """

    mass: np.ndarray
    area: np.ndarray
    emotions: tuple[str | None, ...]
    regions: tuple[str, ...]
    faces: tuple[str, ...]
    people: tuple[Any, ...] | None = None
    right: np.ndarray | None = None

    def __post_init__(self) -> None:
        shape = (len(self.emotions), len(self.regions))
        if np.shape(self.mass) != shape or np.shape(self.area) != shape:
            raise InputError(
                f"received profiles of shape {np.shape(self.mass)} and {np.shape(self.area)} for {shape[0]} faces and "
                f"{shape[1]} regions: give mass and area of each region on each face"
            )
        check_people(self.people, shape[0])

    @property
    def used(self) -> np.ndarray:
        """Faces with landmarks, positive mass and an emotion, bool (N,)."""
        known = np.array([emotion is not None for emotion in self.emotions], bool)
        return known & np.isfinite(self.mass).all(axis=1) & np.isfinite(self.area).all(axis=1)

    def log2(self, regions: Sequence[int] | slice = slice(None)) -> np.ndarray:
        """log2 enrichment of the regions on each face, (N, R): finite also for empty regions, 0 for a flat map."""
        ratio = (self.mass[:, regions] + SMOOTHING) / (self.area[:, regions] + SMOOTHING)
        return np.round(np.log2(ratio), FLAT) + 0.0

    def only(self, rows: np.ndarray) -> RegionProfile:
        """Those of the faces, bool (N,)."""
        kept = np.flatnonzero(rows)
        return RegionProfile(
            self.mass[kept],
            self.area[kept],
            tuple(self.emotions[i] for i in kept),
            self.regions,
            tuple(self.faces[i] for i in kept),
            None if self.people is None else tuple(self.people[i] for i in kept),
            None if self.right is None else self.right[kept],
        )

    def merged(self, membership: np.ndarray, regions: Sequence[str]) -> RegionProfile:
        """Sum regions into others, by a table of 0 and 1 (R', R): `fer_xai.facs.atlas.level_merge`, a codebook's."""
        table = np.asarray(membership, np.float64).T
        return replace(self, mass=self.mass @ table, area=self.area @ table, regions=tuple(regions))

    def grouped(self, least: int = 1) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
        """Emotions with at least so many faces, the rows of their faces, and those faces' emotions as numbers."""
        rows = np.flatnonzero(self.used)
        named = np.array([self.emotions[i] for i in rows], object)
        names = tuple(e for e in CANONICAL if (named == e).sum() >= least)
        rows, named = rows[np.isin(named, names)], named[np.isin(named, names)]
        return names, rows, np.array([names.index(name) for name in named], int)

    def left_out(self, names: Sequence[str]) -> tuple[str, ...]:
        """Emotions of the faces that are not among `names`."""
        return tuple(e for e in CANONICAL if e in self.emotions and e not in names)


def region_profile(
    faces: Any,
    attributions: Any,
    emotions: Sequence[str | None],
    landmarks: Landmarks | None = None,
    *,
    masks: FaceMasks | None = None,
    people: Sequence[Any] | None = None,
) -> RegionProfile:
    """Measure the profile of attribution maps over the 25 fine regions.

    Parameters
    ----------
    faces : Faces or array (N, H, W) or (N, H, W, C)
        The faces, any size.
    attributions : array (N, H, W)
        Signed; only the positive part is measured.
    emotions : sequence of str or None
        The emotion of each face.
    landmarks : Landmarks, optional
        Of the same faces; found here where neither they nor masks are given.
    masks : FaceMasks, optional
        Painted from the same faces.
    people : sequence, optional
        Who each face shows.

    Returns
    -------
    RegionProfile

    Raises
    ------
    InputError
        If shapes or counts disagree, or an emotion is unknown.
    """
    from fer_xai.facs.agreement import face_emotions

    named, parts = face_emotions(faces, emotions), []
    ids: list[str] = []
    for _, maps, chunk in painted(faces, attributions, landmarks, masks):
        parts.append(mask_profile(maps, chunk.level("fine")))
        ids += chunk.ids
    mass, area = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return RegionProfile(mass, area, named, region_names("fine"), tuple(ids), None if people is None else tuple(people))


#: What a profile is of (model, method), and the profile.
NamedProfile = tuple[dict[str, str], RegionProfile]


def profiles_of(
    rows: pd.DataFrame, people: Mapping[str, Hashable] | None = None, value: str = "share"
) -> Iterator[NamedProfile]:
    """Read profiles from the counter's rows: one for each model and method, with what they are called.

    Parameters
    ----------
    rows : DataFrame
        Of `count_regions`, fine level, with ``label`` or ``predicted`` (or both) added, and ``method`` or ``model``
        where there are several. Faces are grouped by label, by prediction where unlabelled.
    people : mapping, optional
        Who each face shows, by the face's name.
    value : str
        The column that holds the mass: ``share`` or ``negative_share``.
    """
    names = list(region_names("fine"))
    fine = rows[rows["level"] == "fine"]
    fine = fine.assign(emotion=face_emotion(fine))
    keys = [run for run in RUNS if run in fine]
    for known, part in fine.groupby(keys, sort=False) if keys else [((), fine)]:
        faces, mass, area = by_face(part, "region", names, (value, "area"))
        each = part.drop_duplicates("face")
        emotions = tuple(canonical(e) if isinstance(e, str) else None for e in each["emotion"])
        who = None if people is None else tuple(people[face] for face in faces)
        profile = RegionProfile(mass, area, emotions, tuple(names), tuple(map(str, faces)), who, _right(each))
        yield dict(zip(keys, known, strict=True)), profile


def _right(faces: pd.DataFrame) -> np.ndarray | None:
    if "label" not in faces or "predicted" not in faces:
        return None
    same = (faces["label"] == faces["predicted"]).fillna(False).to_numpy(np.float64)
    return np.where(faces["label"].notna(), same, np.nan)


def by_face(
    rows: pd.DataFrame, column: str, names: Sequence[str], values: tuple[str, str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay rows of one face and one name (region, mask) each out as tables: what a pivot does, at a fifth of its time.

    Parameters
    ----------
    rows : DataFrame
        With ``face``, a column of names, and two of numbers.
    column : str
        Holds the names.
    names : sequence of str
        Columns of the tables; rows of other names are left out.
    values : (str, str)
        Columns of numbers.

    Returns
    -------
    faces : ndarray of object (N,)
        In the order of their first rows.
    first, second : ndarray of float64 (N, names)
        NaN where there is no row.
    """
    number, faces = pd.factorize(rows["face"])
    place = pd.Index(names).get_indexer(rows[column])
    kept, tables = place >= 0, []
    for value in values:
        table = np.full((len(faces), len(names)), np.nan)
        table[number[kept], place[kept]] = rows[value].to_numpy(np.float64)[kept]
        tables.append(table)
    return np.asarray(faces, object), tables[0], tables[1]
