"""Specificity S: do maps of an emotion prefer its own action units to those of the other emotions?

S needs of each face only how much mass and area each mask has: its profile, a dozen numbers. Profiles can be stored and
joined, so that S over any number of faces never needs their masks at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fer_xai.emotions import CANONICAL, canonical
from fer_xai.errors import InputError
from fer_xai.facs.agreement import face_emotions
from fer_xai.facs.codebooks import Codebook, load_codebook
from fer_xai.facs.maps import inside, log2_ratio, shares
from fer_xai.facs.masks import FaceMasks, painted
from fer_xai.facs.moments import Moments
from fer_xai.facs.resampling import Units, bca_interval, check_people, shuffled_p, units_of
from fer_xai.few import FEWEST_OF_EMOTION

if TYPE_CHECKING:
    from fer_xai.faces.landmarks import Landmarks


@dataclass(frozen=True)
class Specificity:
    """S with its uncertainty.

    Attributes
    ----------
    value : float
        Mean over emotions e of log2 E(e, own mask) − mean over other masks f of log2 E(e, f), where E(e, f) is the mean
        mass of e's faces inside f's mask ÷ that mask's mean area on those faces. 0 is what a map that knows nothing of
        emotions has. NaN with fewer than two emotions, or where a mask never receives any mass.
    low, high : float
        95 % BCa bootstrap interval over faces, drawn within emotions; over people, drawn with all their faces, where
        people are given.
    p : float
        Probability of such an S or a larger one if the emotions are shuffled: over faces, or over each person's faces
        of one emotion, which stay together. Interval and p are NaN where the value is, or where an emotion has fewer
        than three people (blocks).
    n : int
        Faces used: with landmarks, positive mass and an emotion of the codebook.
    emotions, left_out : tuple of str
        Emotions used; emotions of the codebook or of the faces that were not: without core units, or with fewer than
        five faces. S over different emotions must not be compared.
    matrix : DataFrame
        log2 E, an emotion's faces in each row, an emotion's mask in each column.
    """

    value: float
    low: float
    high: float
    p: float
    n: int
    emotions: tuple[str, ...]
    left_out: tuple[str, ...]
    matrix: pd.DataFrame


def specificity(
    faces: Any,
    attributions: Any,
    emotions: Sequence[str | None],
    codebook: str | Codebook = "facs2002",
    landmarks: Landmarks | None = None,
    seed: int = 0,
    resamples: int = 999,
    *,
    masks: FaceMasks | None = None,
    people: Sequence[Any] | None = None,
) -> Specificity:
    """Measure how specific maps are to the action units of their emotion.

    Parameters
    ----------
    faces : Faces or array (N, H, W) or (N, H, W, C)
        The faces, any size.
    attributions : array (N, H, W)
        Signed; only the positive part is measured.
    emotions : sequence of str or None
        The emotion of each face.
    codebook : str, path or Codebook
        See `load_codebook`.
    landmarks : Landmarks, optional
        Of the same faces; found here where neither they nor masks are given.
    seed, resamples : int
        Of the bootstrap and of the label permutation. The order of the faces does not matter.
    masks : FaceMasks, optional
        Painted from the same faces.
    people : sequence, optional
        Who each face shows, where that is known: faces of one person are not independent.

    Returns
    -------
    Specificity

    Raises
    ------
    InputError
        If shapes or counts disagree, or an emotion or codebook is unknown.

    Examples
    --------
    >>> from fer_xai.faces.drawn import draw
    >>> drawing = draw(42)
    >>> truth = specificity(drawing.faces, drawing.truth, drawing.faces.labels, resamples=99)
    >>> bool(truth.value > 0.5)
    True
    """
    book, named = load_codebook(codebook), face_emotions(faces, emotions)
    profiles = [
        mask_profile(maps, chunk.action_units(book))
        for _, maps, chunk in painted(faces, attributions, landmarks, masks)
    ]
    mass, area = (np.concatenate([profile[i] for profile in profiles]) for i in (0, 1))
    return specificity_from_profile(mass, area, named, book.emotions, seed, resamples, people)


def mask_profile(attributions: np.ndarray, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measure mass and area of each mask on each face: all that specificity needs.

    Parameters
    ----------
    attributions : ndarray (N, H, W)
        Signed; only the positive part is measured.
    masks : ndarray (N, M, H, W)
        In [0, 1]: of action units, regions or parts (whose profile gives that of any codebook by ``@ merge.T``).

    Returns
    -------
    mass : ndarray of float64, shape (N, M)
        Share of the positive mass inside the mask, 0…1; NaN where a map has none.
    area : ndarray of float64, shape (N, M)
        Share of the crop that the mask covers, 0…1. Both are NaN where all masks of a face are empty (no landmarks).
    """
    area = masks.mean(axis=(2, 3), dtype=np.float64)
    empty = ~(area > 0).any(axis=1)
    mass = inside(masks, shares(np.asarray(attributions)))
    mass[empty] = area[empty] = np.nan
    return mass, area


def specificity_from_profile(
    mass: np.ndarray,
    area: np.ndarray,
    emotions: Sequence[str | None],
    masks: Sequence[str],
    seed: int = 0,
    resamples: int = 999,
    people: Sequence[Any] | None = None,
) -> Specificity:
    """Measure specificity from profiles; see `specificity`.

    Parameters
    ----------
    mass, area : ndarray (N, M)
        See `mask_profile`; rows with NaN are not used.
    emotions : sequence of str or None
        The emotion of each face.
    masks : sequence of str
        The emotion of each mask.
    seed, resamples : int
        Of the bootstrap and of the label permutation.
    people : sequence, optional
        Who each face shows.
    """
    profiles = np.stack([np.asarray(mass, np.float64), np.asarray(area, np.float64)], axis=1)
    if profiles.shape != (len(emotions), 2, len(masks)):
        raise InputError(
            f"received profiles of {len(profiles)} faces and {profiles.shape[2]} masks with {len(emotions)} emotions "
            f"and {len(masks)} mask names: give one for each"
        )
    check_people(people, len(emotions))
    named = np.array([canonical(e) if isinstance(e, str) else "" for e in emotions], object)
    named[~np.isfinite(profiles).all(axis=(1, 2))] = ""
    used = [i for i, emotion in enumerate(masks) if (named == emotion).sum() >= FEWEST_OF_EMOTION]
    names = tuple(masks[i] for i in used)
    chosen = np.flatnonzero(np.isin(named, names)) if names else np.zeros(0, int)
    codes = np.array([names.index(name) for name in named[chosen]], int)
    persons = None if people is None else [people[int(i)] for i in chosen]
    values = profiles[chosen][..., used].reshape(len(chosen), 2 * len(used))
    units = units_of(values, codes, len(names), persons)
    matrix = log2_enrichment(units.sums[None])[0]
    low, high, p = _uncertainty(units, seed, resamples)
    seen = {*masks, *(canonical(e) for e in emotions if isinstance(e, str))}
    return Specificity(
        value=float(score(matrix)),
        low=low,
        high=high,
        p=p,
        n=len(chosen),
        emotions=names,
        left_out=tuple(e for e in CANONICAL if e in seen and e not in names),
        matrix=pd.DataFrame(matrix, list(names), list(names)),
    )


def log2_enrichment(sums: np.ndarray) -> np.ndarray:
    """log2 E(e, f) from each emotion's summed mass and area (…, E, 2·F): (…, E, F)."""
    halves = sums.reshape(*sums.shape[:-1], 2, sums.shape[-1] // 2)
    return log2_ratio(halves[..., 0, :], halves[..., 1, :])


def score(matrix: np.ndarray) -> np.ndarray:
    """S from log2 E (…, E, E)."""
    count = matrix.shape[-1]
    if count < 2:
        return np.full(matrix.shape[:-2], np.nan)
    own = np.trace(matrix, axis1=-2, axis2=-1) / count
    others = (matrix.sum(axis=(-2, -1)) - own * count) / (count * (count - 1))
    return own - others


def _uncertainty(units: Units | Moments, seed: int, resamples: int) -> tuple[float, float, float]:
    """Bootstrap interval (faces drawn within emotions, or people) and p-value (emotions shuffled) of S."""

    def statistic(sums: np.ndarray) -> np.ndarray:
        return score(log2_enrichment(sums))

    if not units.enough or not np.isfinite(statistic(units.sums[None])[0]):
        return np.nan, np.nan, np.nan
    low, high = bca_interval(units, statistic, seed, resamples)
    return float(low), float(high), float(shuffled_p(units, statistic, seed, resamples))
