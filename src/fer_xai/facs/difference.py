"""Differences: of the specificity of two classifiers or methods, and of what maps tell beyond the face itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_xai.errors import InputError
from fer_xai.facs.codebooks import Codebook, load_codebook
from fer_xai.facs.profiles import RegionProfile
from fer_xai.facs.resampling import Units, bca_interval
from fer_xai.facs.separability import balanced, features_of, fixed_order, folds_of, tell
from fer_xai.facs.specificity import log2_enrichment, score
from fer_xai.few import FEWEST_OF_EMOTION

BATCH_NUMBERS = 4_000_000  # of profiles shuffled at a time: 32 MB


@dataclass(frozen=True)
class Difference:
    """A difference with its uncertainty.

    Attributes
    ----------
    value : float
        The first less the second.
    low, high : float
        95 % BCa bootstrap interval over faces (people).
    p : float
        Of so large a difference, if there were none: either way for two specificities, upwards for a gain.
    first, second : float
        What the difference is of.
    n : int
        Faces used; of an unpaired difference, of both.
    """

    value: float
    low: float
    high: float
    p: float
    first: float
    second: float
    n: int


def _unknown(count: int) -> Difference:
    return Difference(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, count)


def specificity_difference(
    first: RegionProfile,
    second: RegionProfile,
    codebook: str | Codebook = "facs2002",
    seed: int = 0,
    resamples: int = 999,
) -> Difference:
    """Compare the specificity S of two sets of maps: of two classifiers, or two methods.

    Where both are of the same faces (the same names and emotions, in one order) they are compared face by face: faces
    are drawn together, and p comes from exchanging the two maps of a face at random. Else they are drawn apart, and p
    is that of a normal difference of so large a bootstrap error.

    Parameters
    ----------
    first, second : RegionProfile
        Over parts of the face: ``part_profiles(…)["measured"]``.
    codebook : str, path or Codebook
        See `load_codebook`. Emotions of which either has fewer than five faces are left out of both.
    seed, resamples : int

    Returns
    -------
    Difference
    """
    book = load_codebook(codebook)
    both = [profile.merged(book.merge, book.emotions) for profile in (first, second)]
    paired = first.faces == second.faces and first.emotions == second.emotions
    used = [profile.used & np.isin([e or "" for e in profile.emotions], book.emotions) for profile in both]
    if paired:
        used = [used[0] & used[1]] * 2
    faces = [Counter(np.array(profile.emotions)[rows]) for profile, rows in zip(both, used, strict=True)]
    names = [e for e in book.emotions if min(count[e] for count in faces) >= FEWEST_OF_EMOTION]
    places = [book.emotions.index(e) for e in names]
    parts = [_rows(profile, rows, names, places) for profile, rows in zip(both, used, strict=True)]
    people = [_people(profile, rows, names) for profile, rows in zip(both, used, strict=True)]

    def s(sums: np.ndarray) -> np.ndarray:
        return score(log2_enrichment(sums))

    units = [Units.of(values, codes, len(names), who) for (values, codes), who in zip(parts, people, strict=True)]
    if len(names) < 2 or not all(unit.enough for unit in units):
        return _unknown(sum(len(codes) for _, codes in parts))
    values = [float(s(unit.sums)) for unit in units]
    if paired:
        joined = Units.of(np.hstack([parts[0][0], parts[1][0]]), parts[0][1], len(names), people[0])
        low, high, p = _paired(joined, s, values[0] - values[1], seed, resamples)
    else:
        low, high, p = _apart(units, s, values[0] - values[1], seed, resamples)
    count = len(parts[0][1]) + (0 if paired else len(parts[1][1]))
    return Difference(values[0] - values[1], low, high, p, values[0], values[1], count)


def _rows(
    profile: RegionProfile, used: np.ndarray, names: Sequence[str], places: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    rows = _kept(profile, used, names)
    values = np.hstack([profile.mass[rows][:, places], profile.area[rows][:, places]])
    return values, np.array([names.index(str(profile.emotions[i])) for i in rows], int)


def _kept(profile: RegionProfile, used: np.ndarray, names: Sequence[str]) -> list[int]:
    return [int(i) for i in np.flatnonzero(used) if profile.emotions[i] in names]


def _people(profile: RegionProfile, used: np.ndarray, names: Sequence[str]) -> list[Any] | None:
    return None if profile.people is None else [profile.people[i] for i in _kept(profile, used, names)]


def _paired(units: Units, s: Any, value: float, seed: int, resamples: int) -> tuple[float, float, float]:
    half = units.values.shape[1] // 2

    def difference(sums: np.ndarray) -> np.ndarray:
        return np.asarray(s(sums[..., :half]) - s(sums[..., half:]))

    low, high = bca_interval(units, difference, seed, resamples)
    rng, reached = np.random.default_rng(seed), 0
    ours, theirs = units.values[:, :half], units.values[:, half:]
    hot = (units.codes == np.arange(units.emotions)[:, None]).astype(np.float64)
    mean, apart = hot @ (ours + theirs) / 2, (ours - theirs) / 2
    step = max(1, BATCH_NUMBERS // units.values.size)
    for start in range(0, resamples, step):
        signs = rng.choice([-1.0, 1.0], size=(min(step, resamples - start), 1, len(ours)))
        moved = (hot * signs) @ apart
        drawn = s(mean + moved) - s(mean - moved)
        reached += int((np.abs(drawn) >= abs(value) - 1e-9).sum())
    return float(low), float(high), (reached + 1) / (resamples + 1)


def _apart(units: Sequence[Units], s: Any, value: float, seed: int, resamples: int) -> tuple[float, float, float]:
    from scipy.stats import norm

    drawn = [
        np.concatenate([s(sums) for sums in unit.resampled(seed + number, resamples)])
        for number, unit in enumerate(units)
    ]
    moved = drawn[0] - drawn[1]
    low, high = np.nanquantile(moved, [0.025, 0.975])
    return float(low), float(high), float(2 * norm.sf(abs(value) / np.nanstd(moved, ddof=1)))


def separability_gain(
    profile: RegionProfile, baselines: Sequence[RegionProfile], seed: int = 0, resamples: int = 999
) -> Difference:
    """Measure how much better the emotion is told by maps *and* baselines than by the baselines alone.

    Faces of different emotions differ, and a map that only traces the face (a blob in the middle, edges) is separable
    by that. What maps add to it cannot come from the face's geometry and edges.

    Parameters
    ----------
    profile : RegionProfile
        Of the measured maps, over the fine regions.
    baselines : sequence of RegionProfile
        Of baselines on the same faces, usually the blob's and the edges'.
    seed, resamples : int
        Of folds, bootstrap and exchanges.

    Returns
    -------
    Difference
        In balanced accuracy, 0…1: with the maps, less without. p is the probability of such a gain or a larger one if
        the two answers on each face are exchanged at random (McNemar's test). Shuffling the maps' profiles instead
        would reward maps that only repeat the baselines, because shuffled ones disturb.

    Raises
    ------
    InputError
        If there are no baselines, or they are of other faces.
    """
    if not baselines or any(other.faces != profile.faces for other in baselines):
        raise InputError("received no baselines of the same faces: give those of part_profiles, merged alike")
    names, rows, codes = profile.grouped(least=FEWEST_OF_EMOTION)
    if len(names) < 2:
        return _unknown(len(rows))
    known, own = np.hstack([other.log2()[rows] for other in baselines]), profile.log2()[rows]
    order = fixed_order(np.hstack([profile.area[rows], known]), own, codes)
    rows, codes, known, own = rows[order], codes[order], known[order], own[order]
    people = None if profile.people is None else [profile.people[int(i)] for i in rows]
    folds = folds_of(codes, people, seed)
    without_features, shrinkage = features_of(known)
    without = tell(without_features[None], codes, folds, shrinkage)[0] == codes
    own_features = features_of(own)[0]
    together = np.hstack([without_features, own_features])
    shrinkage = features_of(together)[1]
    right = tell(together[None], codes, folds, shrinkage)[0] == codes
    values = [float(balanced(part[None], codes)[0]) for part in (right, without)]
    gained = right.astype(np.float64) - without
    units = Units.of(np.column_stack([gained, np.ones(len(codes))]), codes, len(names), people)
    low = high = np.nan
    if units.enough:
        low, high = map(float, bca_interval(units, _mean_over_emotions, seed, resamples))
    p = _flipped(gained, codes, values[0] - values[1], seed, resamples)
    return Difference(values[0] - values[1], low, high, p, values[0], values[1], len(rows))


def _flipped(gained: np.ndarray, codes: np.ndarray, value: float, seed: int, resamples: int) -> float:
    """Share of exchanges of the two answers on each face at random that gain as much: McNemar's test, balanced."""
    weights = gained / np.bincount(codes)[codes] / (codes.max() + 1)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(resamples, len(codes)))
    return float((1 + (signs @ weights >= value - 1e-12).sum()) / (resamples + 1))


def _mean_over_emotions(sums: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((sums[..., 0] / sums[..., 1]).mean(axis=-1))
