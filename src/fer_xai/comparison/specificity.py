"""Does one model weigh an emotion's own action units more than the other does? S and its paired difference."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fer_xai.comparison.matched import Matched
from fer_xai.comparison.paired import corrected
from fer_xai.comparison.parts import Profiles
from fer_xai.facs import Codebook, list_codebooks, load_codebook, specificity_difference

_COLUMNS = ["model", "other", "method", "codebook", "n", "value", "other_value", "difference", "low", "high"]
_COLUMNS += ["p", "p_holm", "significant"]


def specificity_differences(matched: Matched, profiles: Profiles) -> pd.DataFrame:
    """S of every two models and its difference, by method and codebook: see `fer_xai.facs.specificity_difference`.

    The studies' own codebook comes first. Holm's correction is over the methods and codebooks of a pair.
    """
    tables = []
    for model, other in matched.pairs:
        rows: list[dict[str, Any]] = []
        for method in matched.methods:
            for book in codebooks(matched):
                one, two = (profiles.parts[name, method] for name in (model, other))
                found = specificity_difference(one, two, book, matched.seed)
                rows.append(
                    {
                        **{"model": model, "other": other, "method": method, "codebook": book.name, "n": found.n},
                        **{"value": found.first, "other_value": found.second, "difference": found.value},
                        **{"low": found.low, "high": found.high, "p": found.p},
                    }
                )
        tables.append(corrected(pd.DataFrame(rows)))
    return pd.concat(tables, ignore_index=True)[_COLUMNS]


def codebooks(matched: Matched) -> tuple[Codebook, ...]:
    """The studies' own codebook, which may be a user's file, then the bundled ones."""
    manifest = matched.reference.manifest
    name = str(manifest["codebook"])
    if name in list_codebooks():
        own = load_codebook(name)
    else:
        own = Codebook(name, {e: tuple(units) for e, units in manifest["action_units"].items()}, {})
    return (own, *(load_codebook(other) for other in list_codebooks() if other != name))
