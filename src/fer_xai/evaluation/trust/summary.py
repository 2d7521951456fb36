"""From rows per face to one row per method and metric: means, intervals, and tests against chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.evaluation.intervals import mean
from fer_xai.evaluation.trust.rows import BETTER, COLUMNS, KEYS
from fer_xai.holm import holm

_DRAWS = 9999
_NUMBERS = 4_000_000  # signs at a time: 32 MB

#: The columns of the table ``trust``.
SUMMARY = (
    *(*KEYS, "n", "value", "low", "high", "chance"),
    *("difference", "difference_low", "difference_high", "p", "better"),
)

#: What values of a metric cannot leave: correlations and shares.
RANGES = dict.fromkeys(
    ("faithfulness_correlation", "region_agreement", "stability", "sanity", "sanity_size"), (-1.0, 1.0)
) | dict.fromkeys(("truth_mass", "truth_rank", "sparseness", "effective_area"), (0.0, 1.0))


def summarise_trust(rows: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Average trust measurements over faces and test them against chance.

    Parameters
    ----------
    rows : DataFrame
        Of this room's metrics, one under the other: row, method, metric, variant, fill, value, chance.
    seed : int
        Of the test. The order of the rows does not matter but for the order of the result.

    Returns
    -------
    DataFrame
        A row for each method, metric, variant and fill, in the order in which they first appear:

        n
            Faces with a value; without one (a blank map, a constant curve) a face is left out.
        value, low, high
            Mean over faces with its 95 % interval (Student's, within `RANGES`).
        chance
            Mean over the same faces of what null maps have; NaN where the metric has no such chance level.
        difference, difference_low, difference_high
            Mean of value − chance, face by face, with its 95 % interval; over the faces that have both.
        p
            Two-sided sign-flip test of that difference [1]_: every face's difference may as well have had the other
            sign. All signs are gone through on up to 13 faces, else 9,999 draws. Corrected by Holm [2]_ over the
            methods of the same metric, variant and fill. 1 where no face differs, NaN with fewer than two faces.
        better
            ``higher`` or ``lower`` where the metric has a good end, else empty.

    Raises
    ------
    InputError
        If a column is missing.

    References
    ----------
    .. [1] Fisher 1935, *The design of experiments*, §21; Good 2005, *Permutation, parametric and bootstrap tests of
       hypotheses*.
    .. [2] Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    missing = [name for name in COLUMNS if name not in rows]
    if missing:
        raise InputError(f"received rows without a column {missing[0]!r}; they need {', '.join(COLUMNS)}")
    if not len(rows):
        return pd.DataFrame(columns=list(SUMMARY))
    parts = list(rows.groupby(list(KEYS), sort=False, dropna=False))
    found = [dict(zip(KEYS, key, strict=True)) | _averages(part) for key, part in parts]
    apart = [_differences(part) for _, part in parts]
    table = pd.DataFrame(found).assign(p=_flipped(apart, seed))
    table["p"] = table.groupby(list(KEYS[1:]), sort=False)["p"].transform(lambda p: holm(p.to_numpy(np.float64)))
    # Student's intervals of few faces reach beyond what can be.
    for metric, (least, most) in RANGES.items():
        own = table["metric"] == metric
        table.loc[own, ["low", "high"]] = table.loc[own, ["low", "high"]].clip(least, most)
    table["better"] = [BETTER.get(metric, "") for metric in table["metric"]]
    return table[list(SUMMARY)]


def _averages(part: pd.DataFrame) -> dict[str, float]:
    known = part[np.isfinite(part["value"])]
    middle, apart = mean(known["value"].to_numpy()), mean(_differences(part))
    chance = np.sort(known["chance"].dropna().to_numpy())
    return {
        "n": middle.n,
        **{"value": middle.value, "low": middle.low, "high": middle.high},
        "chance": float(chance.mean()) if len(chance) else np.nan,
        **{"difference": apart.value, "difference_low": apart.low, "difference_high": apart.high},
    }


def _differences(part: pd.DataFrame) -> np.ndarray:
    """Value − chance of the faces that have both, sorted, so that nothing depends on their order."""
    apart = (part["value"] - part["chance"]).to_numpy(np.float64)
    return np.sort(apart[np.isfinite(apart)])


def _flipped(apart: list[np.ndarray], seed: int) -> np.ndarray:
    """p of each list of differences; lists of one length share their signs, so all of them are one matrix product."""
    p = np.full(len(apart), np.nan)
    counts = np.array([len(one) for one in apart])
    for count in np.unique(counts[counts > 1]):
        places = np.flatnonzero(counts == count)
        values = np.stack([apart[place] for place in places], axis=1)
        reach = np.abs(values.sum(axis=0)) - 1e-9 * np.maximum(np.abs(values).sum(axis=0), 1e-300)
        exact = count <= 13
        signs = _all_signs(int(count)) if exact else _some_signs(int(count), seed)
        step = max(1, _NUMBERS // max(int(count), len(places)))
        reached = sum(
            (np.abs(signs[start : start + step] @ values) >= reach).sum(axis=0) for start in range(0, len(signs), step)
        )
        p[places] = reached / len(signs) if exact else (reached + 1) / (len(signs) + 1)
    return p


def _all_signs(count: int) -> np.ndarray:
    """Every choice of signs, (2^count, count)."""
    return 1.0 - 2 * ((np.arange(2**count)[:, None] >> np.arange(count)) & 1)


def _some_signs(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng([seed, count]).choice([-1.0, 1.0], size=(_DRAWS, count))
