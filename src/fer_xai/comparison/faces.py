"""Which faces tell two models apart: both right for different reasons, one right and the other not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_xai.charts.words import in_method_order
from fer_xai.comparison.matched import Matched
from fer_xai.comparison.parts import Profiles
from fer_xai.evaluation.trust import method_agreement
from fer_xai.facs import RegionProfile

BOTH, NEITHER, UNLABELLED = "both right", "both wrong", "not labelled"

_FACES = ["model", "other", "face", "label", "predicted", "other_predicted", "kind", "method"]
_FACES += ["apart", "apart_chance", "unrelated", "region", "share", "other_region", "other_share"]


def lead_method(matched: Matched) -> str:
    """The method that speaks for all in sentences and pictures: a causal one where there is one."""
    return in_method_order(matched.methods)[0]


def face_table(matched: Matched, profiles: Profiles) -> pd.DataFrame:
    """Tell every two models apart on each face.

    Returns
    -------
    DataFrame
        model, other, face, label, predicted, other_predicted; kind: ``both right``, ``both wrong``, ``not labelled``,
        or the name of the model that alone is right; method (the lead one); apart: the share of positive attribution
        that would have to move to another of the eight coarse regions to make the two maps alike (total variation,
        0…1); apart_chance: how far apart each model's *own* maps of the face and of other faces that count for the same
        emotion are, the mean of the two models; unrelated: of the other faces of the emotion, on how many (0…1) the
        second model's map is further than that from the first one's map of this face, which is how often maps with
        nothing in common are; and the region that holds most in each map, with its share. Figures of
        maps are NaN without landmarks or positive attribution.
    """
    method, labels, tables = lead_method(matched), matched.labels, []
    for model, other in matched.pairs:
        one, two = (profiles.level(name, method, "coarse") for name in (model, other))
        kind = np.select(
            [
                labels == None,  # noqa: E711  (elementwise)
                matched.right(model) & matched.right(other),
                matched.right(model),
                matched.right(other),
            ],
            [UNLABELLED, BOTH, model, other],
            NEITHER,
        )
        known = one.used & two.used
        own = (_from_others(one, known) + _from_others(two, known)) / 2
        tables.append(
            pd.DataFrame(
                {
                    **{"model": model, "other": other, "face": matched.faces, "label": labels},
                    **{"predicted": matched.answers(model), "other_predicted": matched.answers(other)},
                    **{"kind": kind, "method": method},
                    "apart": np.where(known, _apart(one.mass, two.mass), np.nan),
                    "apart_chance": own,
                    "unrelated": _unrelated(one, two, known, own),
                    **_top("", one.mass, one.regions),
                    **_top("other_", two.mass, two.regions),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)[_FACES]


def map_agreement(matched: Matched) -> pd.DataFrame:
    """Agreement of every two models' maps by each method: `fer_xai.evaluation.trust.method_agreement` between models.

    Returns
    -------
    DataFrame
        model, other, method, n, rank_correlation, low, high, chance_correlation (the same between maps of different
        faces), top_overlap, top_low, top_high, chance_overlap.
    """
    tables = []
    for method in matched.methods:
        maps = {model: study.maps(method)[0] for model, study in matched.studies.items()}
        found = method_agreement(maps).rename(columns={"method": "model"})
        found.insert(2, "method", method)
        tables.append(found)
    return pd.concat(tables, ignore_index=True)


def _apart(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.abs(one - two).sum(axis=-1) / 2
    return found


def _from_others(profile: RegionProfile, known: np.ndarray) -> np.ndarray:
    """How far apart a model's map of each face and its maps of the emotion's other faces are on average, (N,)."""
    found, emotions = np.full(len(known), np.nan), np.array(profile.emotions, object)
    for emotion in {name for name in emotions if name is not None}:
        rows = np.flatnonzero(known & (emotions == emotion))
        if len(rows) > 1:
            found[rows] = [_apart(profile.mass[row], profile.mass[rows]).sum() / (len(rows) - 1) for row in rows]
    return found


def _unrelated(one: RegionProfile, two: RegionProfile, known: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """On how many other faces of the emotion the two models' maps are further apart than the face's limit, (N,)."""
    found, emotions = np.full(len(known), np.nan), np.array(one.emotions, object)
    for emotion in {name for name in emotions if name is not None}:
        rows = np.flatnonzero(known & (emotions == emotion))
        if len(rows) < 2:
            continue
        for row in rows:
            others = rows[rows != row]
            found[row] = (_apart(one.mass[row], two.mass[others]) > limit[row]).mean()
    return found


def _top(prefix: str, mass: np.ndarray, regions: tuple[str, ...]) -> dict[str, np.ndarray]:
    known = np.isfinite(mass).all(axis=1)
    best = np.where(known, np.nan_to_num(mass).argmax(axis=1), 0)
    named = np.array([*regions, None], object)[np.where(known, best, len(regions))]
    return {f"{prefix}region": named, f"{prefix}share": np.where(known, mass[np.arange(len(mass)), best], np.nan)}
