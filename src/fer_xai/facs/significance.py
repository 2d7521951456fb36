"""Significance: which regions does an emotion's attribution prefer, told from chance and from the other emotions?"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.facs.profiles import NamedProfile, RegionProfile, profiles_of
from fer_xai.facs.resampling import bca_interval, units_of
from fer_xai.few import FEWEST
from fer_xai.holm import holm

LEVEL = 0.05
EXACT = 8  # faces up to which scipy's rank-sum test is exact
FLIPPED = 13  # faces up to which scipy's signed-rank test goes through all signs of tied values


def significance(profile: RegionProfile, seed: int = 0, resamples: int = 999) -> pd.DataFrame:
    """Test the regions of each emotion.

    Parameters
    ----------
    profile : RegionProfile
        Of `region_profile`.
    seed, resamples : int
        Of the bootstrap. The order of the faces does not matter.

    Returns
    -------
    DataFrame
        A row for each emotion with three faces or more, and region:

        emotion, region, n
            Names, and the emotion's faces with landmarks and positive mass.
        log2_enrichment, low, high
            Mean over the faces of their log2(share ÷ area), both smoothed by a thousandth of the crop so that empty
            regions count, with its 95 % BCa bootstrap interval over faces (people); 0 is what a flat map has.
        p, p_holm, significant
            Wilcoxon's signed-rank test of the faces against 0, two-sided; corrected by Holm over all the table's
            regions and emotions; whether that is below .05.
        difference
            log2_enrichment less its mean over the other emotions.
        p_others, p_others_holm, stands_out
            Rank-sum test (Mann & Whitney) of the emotion's faces against all others', two-sided; corrected alike;
            whether that is below .05 *and* the difference above 0.

    Notes
    -----
    Tests take faces as independent. Where people are known, the intervals know it, but the tests do not.

    References
    ----------
    Wilcoxon 1945; Mann & Whitney 1947; Holm 1979.
    """
    names, rows, codes = profile.grouped(least=FEWEST)
    values = profile.log2()[rows]
    people = None if profile.people is None else [profile.people[int(i)] for i in rows]
    means = np.array([values[codes == e].mean(axis=0) for e in range(len(names))]).reshape(len(names), values.shape[1])
    low, high = _intervals(values, codes, len(names), people, seed, resamples)
    against_zero, against_others = signed_ranks(values, codes, len(names)), rank_sums(values, codes, len(names))
    others = (means.sum(axis=0) - means) / max(1, len(names) - 1)
    difference = means - others if len(names) > 1 else np.full(means.shape, np.nan)
    table = pd.DataFrame(
        {
            "emotion": np.repeat(np.array(names, object), len(profile.regions)),
            "region": np.tile(np.array(profile.regions, object), len(names)),
            "n": np.repeat(np.bincount(codes, minlength=len(names)), len(profile.regions)),
            "log2_enrichment": means.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "p": against_zero.ravel(),
            "p_holm": holm(against_zero).ravel(),
            "difference": difference.ravel(),
            "p_others": against_others.ravel(),
            "p_others_holm": holm(against_others).ravel(),
        }
    )
    table.insert(table.columns.get_loc("difference"), "significant", table["p_holm"] < LEVEL)
    table["stands_out"] = (table["p_others_holm"] < LEVEL) & (table["difference"] > 0)
    return table


def significance_table(
    rows: pd.DataFrame,
    cells: Mapping[str, float] | None = None,
    size: tuple[int, int] = (48, 48),
    seed: int = 0,
    resamples: int = 999,
    people: Mapping[str, Hashable] | None = None,
) -> pd.DataFrame:
    """Test the regions of each method of a study: on all faces, and apart on those told right and wrong.

    Parameters
    ----------
    rows : DataFrame
        The table ``regions``: see `count_regions`, with ``label`` or ``predicted`` (both for the split), and
        ``method`` (``model``).
    cells : mapping of str to float, optional
        Pixels of the face in one cell of a method, by its name: the smallest thing that it can tell apart.
    size : (int, int)
        Height and width of the faces in pixels.
    seed, resamples, people
        As in `significance`; people by the face's name.

    Returns
    -------
    DataFrame
        The rows of `significance` with model and method, and

        split
            ``all``, ``right`` or ``wrong``: the faces whose prediction is (is not) their label. Holm's correction
            is over each split's own regions and emotions.
        pixels
            Median size of the region over the faces, in pixels.
        resolved
            False for a region smaller than the method's cell: its numbers are its surroundings'. Missing where the
            cell is unknown.
    """
    return significance_of(profiles_of(rows, people), cells, size, seed, resamples)


def significance_of(
    profiles: Iterable[NamedProfile],
    cells: Mapping[str, float] | None = None,
    size: tuple[int, int] = (48, 48),
    seed: int = 0,
    resamples: int = 999,
) -> pd.DataFrame:
    """The rows of `significance_table`, from profiles over the fine regions."""
    tables = []
    for known, whole in profiles:
        for split, profile in _splits(whole):
            table = significance(profile, seed, resamples).assign(**known, split=split)
            pixels = np.nanmedian(profile.area[profile.used], axis=0) if profile.used.any() else np.nan
            pixels = np.broadcast_to(pixels * size[0] * size[1], len(profile.regions))
            table["pixels"] = table["region"].map(dict(zip(profile.regions, pixels, strict=True))).astype(float)
            cell = (cells or {}).get(known.get("method", ""))
            table["resolved"] = pd.array(
                [None if cell is None else bool(x >= cell) for x in table["pixels"]], "boolean"
            )
            tables.append(table)
    found = pd.concat(tables, ignore_index=True)
    first = [name for name in ("model", "method", "split") if name in found]
    return found[[*first, *(name for name in found if name not in first)]]


def _splits(profile: RegionProfile) -> list[tuple[str, RegionProfile]]:
    """All faces, and apart those told right and wrong, where there are such."""
    if profile.right is None:
        return [("all", profile)]
    apart = {"right": profile.right == 1, "wrong": profile.right == 0}
    return [("all", profile), *((split, profile.only(rows)) for split, rows in apart.items() if rows.any())]


def _intervals(
    values: np.ndarray, codes: np.ndarray, emotions: int, people: list[Any] | None, seed: int, resamples: int
) -> tuple[np.ndarray, np.ndarray]:
    """Bootstrap intervals of the mean of each region over each emotion's faces, (E, R) each."""
    units = units_of(np.column_stack([values, np.ones(len(values))]), codes, emotions, people)
    if not emotions or not units.enough:
        return (np.full((emotions, values.shape[1]), np.nan),) * 2
    return bca_interval(units, mean_of_sums, seed, resamples)


def mean_of_sums(sums: np.ndarray) -> np.ndarray:
    """Means from sums whose last column is the count: (…, R + 1) gives (…, R)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[..., :-1] / sums[..., -1:]


def signed_ranks(values: np.ndarray, codes: np.ndarray, emotions: int) -> np.ndarray:
    """p-values of Wilcoxon's signed-rank test of each emotion's faces (N, R) against 0, two-sided, (E, R)."""
    from scipy.stats import wilcoxon

    def test(columns: np.ndarray) -> np.ndarray:
        if len(columns) <= FLIPPED and _tied(np.abs(columns)):
            return _sign_flips(columns)
        # Half of the zeros count on each side, so a map that is flat on most faces is not tested on the few others.
        p: np.ndarray = wilcoxon(columns, zero_method="zsplit", axis=0).pvalue
        return p

    groups = [values[codes == emotion] for emotion in range(emotions)]
    return np.array([_where_varied(own, own != 0, test) for own in groups]).reshape(emotions, values.shape[1])


def _tied(sizes: np.ndarray) -> bool:
    """Whether any column has zeros or equal sizes, which the exact distribution of the signed ranks does not know."""
    ordered = np.sort(sizes, axis=0)
    return bool((ordered[0] == 0).any() or (ordered[1:] == ordered[:-1]).any())


def _sign_flips(columns: np.ndarray) -> np.ndarray:
    """p-values of the signed ranks (n, R) over all 2ⁿ signs, two-sided, (R,).

    What `scipy.stats.wilcoxon` does with few tied values. It ranks each flipped sample anew, which the flips leave as
    they are: that took nine tenths of a table's time.
    """
    from scipy.stats import rankdata

    ranks = rankdata(np.abs(columns), axis=0) * (columns != 0)
    flips = (np.arange(2 ** len(columns))[:, None] >> np.arange(len(columns))) & 1
    drawn, own = flips @ ranks, (ranks * (columns > 0)).sum(axis=0)
    p: np.ndarray = np.minimum(1, 2 * np.minimum((drawn <= own).mean(axis=0), (drawn >= own).mean(axis=0)))
    return p


def rank_sums(values: np.ndarray, codes: np.ndarray, emotions: int) -> np.ndarray:
    """p-values of the rank-sum test of each emotion's faces (N, R) against all others', two-sided, (E, R)."""
    from scipy.stats import mannwhitneyu

    found = np.full((emotions, values.shape[1]), np.nan)
    counts = np.bincount(codes, minlength=emotions)
    if emotions > 1 and min(counts.min(), len(codes) - counts.max()) > EXACT:
        found[:] = _where_varied(
            values, values != values[:1], lambda columns: _normal_rank_sums(columns, codes, counts)
        )
        return found
    for emotion in range(emotions if emotions > 1 else 0):
        own = codes == emotion

        def test(columns: np.ndarray, own: np.ndarray = own) -> np.ndarray:
            p: np.ndarray = mannwhitneyu(columns[own], columns[~own], axis=0).pvalue
            return p

        found[emotion] = _where_varied(values, values != values[:1], test)
    return found


def _normal_rank_sums(columns: np.ndarray, codes: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """p-values of `scipy.stats.mannwhitneyu` for each emotion and column (E, R), by its normal approximation.

    All emotions share one ranking, which is nearly all the work.
    """
    from scipy.stats import norm, rankdata

    total = len(columns)
    ranks = rankdata(columns, axis=0)
    hot = (codes == np.arange(len(counts))[:, None]).astype(np.float64)
    own = counts[:, None].astype(np.float64)
    larger = hot @ ranks - own * (own + 1) / 2
    middle = own * (total - own) / 2
    ties = np.array([(repeats**3 - repeats).sum() for repeats in map(_repeats, columns.T)], np.float64)
    spread = np.sqrt(middle / 6 * (total + 1 - ties / (total * (total - 1))))
    p: np.ndarray = np.minimum(1, 2 * norm.sf((np.abs(larger - middle) - 0.5) / spread))
    return p


def _repeats(column: np.ndarray) -> np.ndarray:
    """How often each value of a column comes."""
    return np.unique(column, return_counts=True)[1].astype(np.float64)


def _where_varied(values: np.ndarray, varied: np.ndarray, test: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """p-value of each column (…, R); 1 where nothing varies, so that there is nothing to test."""
    some = varied.any(axis=0)
    if not some.any():
        return np.ones(values.shape[1])
    tested = test(values[:, some])
    p = np.ones((*tested.shape[:-1], values.shape[1]))
    p[..., some] = tested
    return p
