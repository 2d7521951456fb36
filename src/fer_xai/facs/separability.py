"""Separability: can the emotion be told from where the attribution lies, as the codebooks say or not?"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.facs.masks import FaceMasks
from fer_xai.facs.moments import MANY
from fer_xai.facs.profiles import NamedProfile, RegionProfile, profiles_of, region_profile
from fer_xai.facs.resampling import bca_interval, units_of
from fer_xai.few import FEWEST_OF_EMOTION

if TYPE_CHECKING:
    from fer_xai.faces.landmarks import Landmarks

FOLDS = 5
SHUFFLED = 2_500  # faces, of very many, that are shuffled
BATCH_NUMBERS = 4_000_000  # of profiles shuffled at a time: 32 MB


@dataclass(frozen=True)
class Separability:
    """How well profiles tell the emotion.

    Attributes
    ----------
    value : float
        Balanced accuracy, 0…1: mean over emotions of the share of its faces that are told right by a linear
        discriminant analysis which never saw them. NaN with fewer than two emotions of five faces.
    low, high : float
        95 % BCa bootstrap interval over the faces (people) told, with the folds as they are, made wider by as much as
        the value varies more over shuffled profiles than such a bootstrap knows: other faces would have trained other
        analyses. ``benchmarks/facs_intervals.py`` measures what it covers.
    chance : float
        1 ÷ number of emotions: what profiles that know nothing of emotions have.
    p : float
        Probability of such a value or a larger one if profiles are shuffled over the faces.
    n : int
        Faces used: with landmarks, positive mass and an emotion.
    emotions, left_out : tuple of str
        Emotions used; those that were not, with fewer than five faces. Values over different emotions must not be
        compared.
    matrix : DataFrame
        Share of each emotion's faces (rows) told as each emotion (columns), 0…1.
    """

    value: float
    low: float
    high: float
    chance: float
    p: float
    n: int
    emotions: tuple[str, ...]
    left_out: tuple[str, ...]
    matrix: pd.DataFrame


def separability(
    faces: Any,
    attributions: Any,
    emotions: Sequence[str | None],
    landmarks: Landmarks | None = None,
    seed: int = 0,
    resamples: int = 999,
    *,
    masks: FaceMasks | None = None,
    people: Sequence[Any] | None = None,
) -> Separability:
    """Measure how well the emotion can be told from the 25-region profile of maps.

    Faces themselves differ between emotions, so a map that only traces the face is separable too: read the value beside
    that of `baseline_attributions` on the same faces, not beside chance alone.

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
    seed, resamples : int
        Of folds, bootstrap and shuffling. The order of the faces does not matter.
    masks : FaceMasks, optional
        Painted from the same faces.
    people : sequence, optional
        Who each face shows: then nobody is told by an analysis that saw them on another face.

    Returns
    -------
    Separability

    Raises
    ------
    InputError
        If shapes or counts disagree, or an emotion is unknown.

    References
    ----------
    Ledoit & Wolf 2004 for the shrinkage; Ojala & Garriga 2010 for the permutation test.
    """
    profile = region_profile(faces, attributions, emotions, landmarks, masks=masks, people=people)
    return separability_from_profile(profile, seed, resamples)


def separability_from_profile(profile: RegionProfile, seed: int = 0, resamples: int = 999) -> Separability:
    """Measure separability from profiles; see `separability`."""
    names, rows, codes = profile.grouped(least=FEWEST_OF_EMOTION)
    order = fixed_order(profile.area[rows], profile.log2()[rows], codes)
    rows, codes = rows[order], codes[order]
    values = profile.log2()[rows]
    people = None if profile.people is None else [profile.people[i] for i in rows]
    told = np.zeros(len(codes), int)
    value = low = high = p = np.nan
    if len(names) >= 2:
        folds = folds_of(codes, people, seed)
        features, shrinkage = features_of(values)
        told = tell(features[None], codes, folds, shrinkage)[0]
        value = float(balanced((told == codes)[None], codes)[0])
        p, wider = _shuffled(features, codes, folds, shrinkage, value, seed, resamples)
        low, high = _interval(told == codes, codes, people, seed, resamples)
        low, high = max(0.0, value - wider * (value - low)), min(1.0, value + wider * (high - value))
    counts = [np.bincount(told[codes == e], minlength=len(names)) / (codes == e).sum() for e in range(len(names))]
    return Separability(
        value=value,
        low=low,
        high=high,
        chance=1 / len(names) if names else np.nan,
        p=p,
        n=len(rows),
        emotions=names,
        left_out=profile.left_out(names),
        matrix=pd.DataFrame(counts, list(names), list(names)),
    )


def separability_table(
    rows: pd.DataFrame, seed: int = 0, resamples: int = 999, people: Mapping[str, Hashable] | None = None
) -> pd.DataFrame:
    """Separability of each method of a study.

    Parameters
    ----------
    rows : DataFrame
        The table ``regions``: see `count_regions`, with ``label`` or ``predicted``, and ``method`` (``model``).
    seed, resamples : int
        As in `separability`.
    people : mapping, optional
        Who each face shows, by the face's name.

    Returns
    -------
    DataFrame
        One row for each model and method: value, low, high, chance, p, n, emotions, left_out.
    """
    return separability_of(profiles_of(rows, people), seed, resamples)


def separability_of(profiles: Iterable[NamedProfile], seed: int = 0, resamples: int = 999) -> pd.DataFrame:
    """The rows of `separability_table`, from profiles over the fine regions."""
    found = []
    for known, profile in profiles:
        measured = separability_from_profile(profile, seed, resamples)
        numbers = {name: getattr(measured, name) for name in ("value", "low", "high", "chance", "p", "n")}
        names = {"emotions": " ".join(measured.emotions), "left_out": " ".join(measured.left_out)}
        found.append(known | numbers | names)
    return pd.DataFrame(found)


def fixed_order(areas: np.ndarray, values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Order of faces by their emotion and content, so that folds do not depend on the order they came in.

    Areas come first: they are the faces', not the maps', so all methods are told on the same folds.
    """
    return np.lexsort((*values.T, *areas.T, codes))


def folds_of(codes: np.ndarray, people: Sequence[Any] | None, seed: int) -> np.ndarray:
    """The fold of each face, stratified by emotion; all faces of a person in one fold."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    count = min(FOLDS, int(np.bincount(codes).min()))
    if people is None:
        splits = StratifiedKFold(count, shuffle=True, random_state=seed).split(codes, codes)
    else:
        groups = np.unique([str(person) for person in people], return_inverse=True)[1]
        count = min(count, len(np.unique(groups)))
        if count < 2:
            raise InputError("received faces of a single person: separability needs two people, or none named")
        splits = StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(codes, codes, groups)
    folds = np.zeros(len(codes), int)
    for number, (_, test) in enumerate(splits):
        folds[test] = number
    return folds


def features_of(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Standardised columns that vary, and Ledoit and Wolf's shrinkage of their covariance; both ignore the emotions."""
    from sklearn.covariance import ledoit_wolf_shrinkage

    centred = values - values.mean(axis=0)
    spread = centred.std(axis=0)
    features = centred[:, spread > 0] / spread[spread > 0]
    return features, float(ledoit_wolf_shrinkage(features)) if features.size else 0.0


def tell(features: np.ndarray, codes: np.ndarray, folds: np.ndarray, shrinkage: float) -> np.ndarray:
    """Tell the emotion of each face from the other folds: (B, N, D) gives (B, N).

    scikit-learn's linear discriminant analysis (``lsqr``, equal priors) for a batch of shuffled profiles at once: its
    fits, one by one, would take minutes for each method.
    """
    order = np.argsort(folds, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(folds[order])) + 1)
    hot = (codes == np.arange(codes.max() + 1)[:, None]).astype(np.float64)
    tests = [features[:, part] for part in parts]
    # What the other folds sum to is what all sum to less this one: each face enters the sums once, not four times.
    sums = [hot[:, part] @ test for part, test in zip(parts, tests, strict=True)]
    squares = [test.transpose(0, 2, 1) @ test for test in tests]
    all_sums, all_squares, all_counts = np.sum(sums, axis=0), np.sum(squares, axis=0), hot.sum(axis=1)
    told = np.zeros(features.shape[:2], int)
    for part, test, own_sums, own_squares in zip(parts, tests, sums, squares, strict=True):
        counts = all_counts - hot[:, part].sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = (all_sums - own_sums) / counts[:, None]
        missing = counts == 0
        means[:, missing] = 0
        scatter = all_squares - own_squares - (means * counts[:, None]).transpose(0, 2, 1) @ means
        covariance = scatter / (len(codes) - len(part))
        size = covariance.shape[-1]
        # Faces whose profiles are all alike within their emotions have no spread: then only the means tell.
        spread = np.maximum(np.trace(covariance, axis1=1, axis2=2)[:, None, None] / max(size, 1), 1e-9)
        shrunk = (1 - shrinkage) * covariance + max(shrinkage, 1e-6) * spread * np.eye(size)
        slopes = np.linalg.solve(shrunk, means.transpose(0, 2, 1))
        offsets = -0.5 * np.einsum("bed,bde->be", means, slopes)
        offsets[:, missing] = -np.inf
        told[:, part] = (test @ slopes + offsets[:, None]).argmax(axis=2)
    return told


def balanced(right: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Mean over emotions of the share told right: (B, N) gives (B,)."""
    return np.mean([right[:, codes == e].mean(axis=1) for e in range(codes.max() + 1)], axis=0)


def _enough_to_shuffle(codes: np.ndarray) -> np.ndarray:
    """Rows of faces, in order of their emotions: all, or of very many so many that the rarest emotion has ten."""
    if len(codes) < MANY:
        return np.arange(len(codes))
    rarest = 10 * len(codes) / np.bincount(codes).min()
    return np.linspace(0, len(codes) - 1, int(np.clip(rarest, SHUFFLED, MANY))).round().astype(int)


def _shuffled(
    features: np.ndarray,
    codes: np.ndarray,
    folds: np.ndarray,
    shrinkage: float,
    value: float,
    seed: int,
    resamples: int,
) -> tuple[float, float]:
    """Share of shuffles that are told as well: profiles move over faces, emotions and folds stay where they are.

    And how many times more values vary over shuffles than the faces told vary in each: at least 1. Of very many faces
    some are shuffled, and the values' spread is made as small as that of all: it goes with the root of their number.
    """
    every, some = len(codes), _enough_to_shuffle(codes)
    features, codes, folds = features[some], codes[some], folds[some]
    rng, counts = np.random.default_rng(seed), np.bincount(codes)
    step, values, spread = max(1, BATCH_NUMBERS // max(1, features.size)), [], []
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        order = rng.permuted(np.tile(np.arange(len(codes)), (size, 1)), axis=1)
        right = tell(features[order], codes, folds, shrinkage) == codes
        shares = np.stack([right[:, codes == e].mean(axis=1) for e in range(len(counts))])
        values.append(shares.mean(axis=0))
        spread.append((shares * (1 - shares) / np.maximum(counts - 1, 1)[:, None]).sum(axis=0) / len(counts) ** 2)
    drawn, expected = np.concatenate(values), float(np.concatenate(spread).mean())
    wider = float(np.sqrt(max(1.0, drawn.var() / expected))) if expected > 0 else 1.0
    drawn = drawn.mean() + (drawn - drawn.mean()) * np.sqrt(len(codes) / every)
    return (int((drawn >= value - 1e-12).sum()) + 1) / (resamples + 1), wider


def _interval(
    right: np.ndarray, codes: np.ndarray, people: Sequence[Any] | None, seed: int, resamples: int
) -> tuple[float, float]:
    units = units_of(
        np.column_stack([right, np.ones(len(right))]).astype(np.float64), codes, int(codes.max()) + 1, people
    )
    if not units.enough:
        return np.nan, np.nan

    def statistic(sums: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return (sums[..., 0] / sums[..., 1]).mean(axis=-1)

    low, high = bca_interval(units, statistic, seed, resamples)
    return float(low), float(high)
