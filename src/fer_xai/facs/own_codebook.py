"""The model's own codebook: which regions, and so which action units, its attributions tie to which emotion.

The table of emotions × regions is *double-centred*: an emotion whose maps are enriched everywhere, and a region that is
enriched for every emotion, say nothing about what tells emotions apart.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fer_xai.facs.atlas import BACKGROUND, level_merge
from fer_xai.facs.codebooks import Codebook, action_units, list_codebooks, load_codebook
from fer_xai.facs.masks import FaceMasks
from fer_xai.facs.moments import Moments
from fer_xai.facs.profiles import NamedProfile, RegionProfile, profiles_of, region_profile
from fer_xai.facs.resampling import Units, bca_interval, shuffled_p, units_of
from fer_xai.facs.significance import LEVEL, mean_of_sums, rank_sums
from fer_xai.few import FEWEST_OF_EMOTION
from fer_xai.holm import holm

if TYPE_CHECKING:
    from fer_xai.faces.landmarks import Landmarks

MOST = 0.5  # a unit is a candidate if more than this part of its regions stands out


@dataclass(frozen=True)
class OwnCodebook:
    """What attributions themselves say about emotions and regions.

    Attributes
    ----------
    regions : DataFrame
        A row for each emotion and region of the face: ``emotion``, ``region``, ``n`` faces; ``value``, the
        double-centred mean log2 enrichment, with its 95 % BCa interval ``low``, ``high`` over faces (people); ``p`` of
        the rank-sum test against the other emotions' faces, ``p_holm`` corrected over all rows; ``stands_out``: that is
        below .05, and the value is above 0.
    units : DataFrame
        Candidate action units, the best supported first: ``emotion``, ``unit``, ``name``, ``muscle``; ``regions`` of
        the unit; ``support``, the part of them that stands out (more than half, up to 1); ``value``, their mean;
        ``same_regions``, other units that show in the same regions and cannot be told from this one.
    correlations : DataFrame
        A row for each published codebook, the closest first: ``codebook``; ``correlation`` of the double-centred table
        with the codebook's own, −1…1, 0 by chance; ``correlation_low``, ``correlation_high``, the slope's interval at
        the correlation's scale: of what tables as noisy as this one correlate; ``ceiling``, the largest correlation
        that the noise of so few faces allows, 0…1 (0: the table is nothing but noise); ``slope``, how much more
        enriched (log2) the codebook's regions are than by emotion and region alone, which noise does not lower, with
        its 95 % BCa interval ``low``, ``high``; ``p`` of so large a one if emotions are shuffled over faces;
        ``closest_share``, in what part of the bootstrap samples this codebook is the closest, 0…1; ``emotions``
        compared.
    closest : str or None
        The codebook with the largest correlation, whether or not it differs from 0: read its ``p`` and
        ``closest_share`` with it.
    n : int
        Faces used.
    emotions : tuple of str
        Emotions used: those with five faces or more.
    """

    regions: pd.DataFrame
    units: pd.DataFrame
    correlations: pd.DataFrame
    closest: str | None
    n: int
    emotions: tuple[str, ...]


def own_codebook(
    faces: Any,
    attributions: Any,
    emotions: Sequence[str | None],
    landmarks: Landmarks | None = None,
    seed: int = 0,
    resamples: int = 999,
    *,
    codebooks: Sequence[str | Codebook] | None = None,
    masks: FaceMasks | None = None,
    people: Sequence[Any] | None = None,
) -> OwnCodebook:
    """Read the codebook that attributions follow.

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
        Of bootstrap and shuffling. The order of the faces does not matter.
    codebooks : sequence of str, path or Codebook, optional
        To correlate with; default all bundled ones.
    masks : FaceMasks, optional
        Painted from the same faces.
    people : sequence, optional
        Who each face shows.

    Returns
    -------
    OwnCodebook

    Raises
    ------
    InputError
        If shapes or counts disagree, or an emotion or codebook is unknown.
    """
    profile = region_profile(faces, attributions, emotions, landmarks, masks=masks, people=people)
    return own_codebook_from_profile(profile, seed, resamples, codebooks)


def own_codebook_from_profile(
    profile: RegionProfile, seed: int = 0, resamples: int = 999, codebooks: Sequence[str | Codebook] | None = None
) -> OwnCodebook:
    """Read the own codebook from profiles; see `own_codebook`."""
    books = [load_codebook(book) for book in (list_codebooks() if codebooks is None else codebooks)]
    names, rows, codes = profile.grouped(least=FEWEST_OF_EMOTION)
    kept = [i for i, region in enumerate(profile.regions) if region != BACKGROUND]
    values = profile.log2(kept)[rows]
    values = values - values.mean(axis=1, keepdims=True)
    people = None if profile.people is None else [profile.people[int(i)] for i in rows]
    units = units_of(np.column_stack([values, np.ones(len(values))]), codes, len(names), people)
    regions = [profile.regions[i] for i in kept]
    table = _regions(values, codes, units, names, regions, seed, resamples)
    correlations = _correlations(units, names, regions, books, seed, resamples)
    known = correlations["correlation"].notna()
    return OwnCodebook(
        regions=table,
        units=_candidates(table),
        correlations=correlations,
        closest=str(correlations["codebook"].iloc[0]) if known.any() else None,
        n=len(rows),
        emotions=names,
    )


def own_codebook_table(
    rows: pd.DataFrame,
    seed: int = 0,
    resamples: int = 999,
    codebooks: Sequence[str | Codebook] | None = None,
    people: Mapping[str, Hashable] | None = None,
) -> dict[str, pd.DataFrame]:
    """The own codebook of each method of a study.

    Parameters
    ----------
    rows : DataFrame
        The table ``regions``: see `count_regions`, with ``label`` or ``predicted``, and ``method`` (``model``).
    seed, resamples, codebooks, people
        As in `own_codebook`; people by the face's name.

    Returns
    -------
    dict of str to DataFrame
        ``own_regions``, ``own_units`` and ``own_correlations``: the tables of `OwnCodebook` with ``model``, ``method``.
    """
    return own_codebooks_of(profiles_of(rows, people), seed, resamples, codebooks)


def own_codebooks_of(
    profiles: Iterable[NamedProfile],
    seed: int = 0,
    resamples: int = 999,
    codebooks: Sequence[str | Codebook] | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables of `own_codebook_table`, from profiles over the fine regions."""
    found: dict[str, list[pd.DataFrame]] = {"regions": [], "units": [], "correlations": []}
    for known, profile in profiles:
        own = own_codebook_from_profile(profile, seed, resamples, codebooks)
        for name, tables in found.items():
            table = getattr(own, name)
            tables.append(pd.concat([pd.DataFrame(known, index=table.index), table], axis=1))
    return {f"own_{name}": _joined(tables) for name, tables in found.items()}


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)


def double_centred(matrix: np.ndarray) -> np.ndarray:
    """Take the row and column effects from (…, E, R): all rows and columns then sum to 0."""
    centred: np.ndarray = matrix - matrix.mean(axis=-1, keepdims=True)
    return centred - centred.mean(axis=-2, keepdims=True)


def codebook_table(book: Codebook, emotions: Sequence[str], regions: Sequence[str]) -> np.ndarray:
    """What part of each region's parts shows an emotion's core units, 0…1, (E, R)."""
    from fer_xai.facs.atlas import region_names

    members = level_merge("fine")[[region_names("fine").index(region) for region in regions]]
    rows = book.merge[[book.emotions.index(emotion) for emotion in emotions]]
    table: np.ndarray = (rows @ members.T / members.sum(axis=1)).astype(np.float64)
    return table


def _regions(
    values: np.ndarray,
    codes: np.ndarray,
    units: Units | Moments,
    names: Sequence[str],
    regions: Sequence[str],
    seed: int,
    resamples: int,
) -> pd.DataFrame:
    shape = (len(names), len(regions))
    value, low, high, p = (np.full(shape, np.nan) for _ in range(4))
    if len(names) > 1:

        def statistic(sums: np.ndarray) -> np.ndarray:
            return double_centred(mean_of_sums(sums))

        value, p = statistic(units.sums), rank_sums(values, codes, len(names))
        if units.enough:
            low, high = bca_interval(units, statistic, seed, resamples)
    table = pd.DataFrame(
        {
            "emotion": np.repeat(np.array(names, object), len(regions)),
            "region": np.tile(np.array(regions, object), len(names)),
            "n": np.repeat(np.bincount(codes, minlength=len(names)), len(regions)),
            "value": value.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "p": p.ravel(),
            "p_holm": holm(p).ravel(),
        }
    )
    return table.assign(stands_out=(table["p_holm"] < LEVEL) & (table["value"] > 0))


def _candidates(table: pd.DataFrame) -> pd.DataFrame:
    """Action units most of whose regions stand out."""
    known, found = action_units(), []
    for emotion, rows in table.groupby("emotion", sort=False):
        value = dict(zip(rows["region"], rows["value"], strict=True))
        out = set(rows["region"][rows["stands_out"]])
        for unit, rule in known.items():
            regions = rule["regions"]
            support = len(out.intersection(regions)) / len(regions)
            if support <= MOST:
                continue
            twins = [str(other) for other in known if other != unit and set(known[other]["regions"]) == set(regions)]
            found.append(
                {
                    "emotion": emotion,
                    "unit": unit,
                    "name": rule["name"],
                    "muscle": rule["muscle"],
                    "regions": " ".join(regions),
                    "support": support,
                    "value": float(np.mean([value[region] for region in regions])),
                    "same_regions": " ".join(twins),
                }
            )
    columns = ["emotion", "unit", "name", "muscle", "regions", "support", "value", "same_regions"]
    candidates = pd.DataFrame(found, columns=columns)
    candidates = candidates.sort_values(["support", "value"], ascending=False, kind="stable")
    order = {emotion: i for i, emotion in enumerate(table["emotion"].unique())}
    return candidates.sort_values("emotion", key=lambda e: e.map(order), kind="stable").reset_index(drop=True)


def _correlations(
    units: Units | Moments,
    names: Sequence[str],
    regions: Sequence[str],
    books: Sequence[Codebook],
    seed: int,
    resamples: int,
) -> pd.DataFrame:
    chosen = [[e for e in names if e in book.emotions] for book in books]
    value = ceiling = slope = low = high = p = share = ratio = np.full(len(books), np.nan)
    if any(len(own) > 1 for own in chosen):
        places = [[names.index(e) for e in own] for own in chosen]
        theirs = [double_centred(codebook_table(book, own, regions)) for book, own in zip(books, chosen, strict=True)]

        def slopes(sums: np.ndarray) -> np.ndarray:
            means = mean_of_sums(sums)
            found = [_slope(double_centred(means[..., at, :]), t) for at, t in zip(places, theirs, strict=True)]
            return np.stack(found, axis=-1)

        ours = [double_centred(mean_of_sums(units.sums)[at]) for at in places]
        slope = slopes(units.sums)
        ratio = _ratio_of_sizes(theirs, ours)
        value = slope * ratio
        if units.enough:
            low, high = bca_interval(units, slopes, seed, resamples)
            p = shuffled_p(units, slopes, seed, resamples)
            drawn = np.concatenate([mean_of_sums(sums) for sums in units.resampled(seed, resamples)])
            again = [double_centred(drawn[:, at]) for at in places]
            ceiling = np.array([_ceiling(table, noisy) for table, noisy in zip(ours, again, strict=True)])
            lengths = [np.sqrt((t**2).sum()) for t in theirs]
            share = _closest_share(
                np.stack([_slope(noisy, t) * n for noisy, t, n in zip(again, theirs, lengths, strict=True)], axis=-1)
            )
    table = pd.DataFrame(
        {
            "codebook": [book.name for book in books],
            "correlation": value,
            "correlation_low": low * ratio,
            "correlation_high": high * ratio,
            "ceiling": ceiling,
            "slope": slope,
            "low": low,
            "high": high,
            "p": p,
            "closest_share": share,
            "emotions": [" ".join(own) for own in chosen],
        }
    )
    return table.sort_values("correlation", ascending=False, kind="stable", na_position="last").reset_index(drop=True)


def _slope(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Slope of our table on theirs, (…, E, R) and (E, R) give (…)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((ours * theirs).sum(axis=(-2, -1)) / (theirs**2).sum())


def _ratio_of_sizes(theirs: Sequence[np.ndarray], ours: Sequence[np.ndarray]) -> np.ndarray:
    """What turns slopes into correlations; NaN where our table is flat."""
    sizes = np.array([[(table**2).sum() for table in tables] for tables in (theirs, ours)])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sizes[1] > 1e-12, np.sqrt(sizes[0] / sizes[1]), np.nan)


def _ceiling(table: np.ndarray, resampled: np.ndarray) -> float:
    """The largest correlation that a table as noisy as this can have with the truth: the root of its reliability."""
    noise, size = ((resampled - table) ** 2).sum(axis=(-2, -1)).mean(), (table**2).sum()
    return float(np.sqrt(max(0.0, 1 - noise / size))) if size > 1e-12 else np.nan


def _closest_share(drawn: np.ndarray) -> np.ndarray:
    known = np.isfinite(drawn).any(axis=1)
    if not known.any():
        return np.full(drawn.shape[1], np.nan)
    best = np.nanargmax(drawn[known], axis=1)
    return np.bincount(best, minlength=drawn.shape[1]) / known.sum()
