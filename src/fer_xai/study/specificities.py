"""Specificity S of each method and codebook of a study: on all faces, and apart on those told right and wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from fer_xai.facs import Codebook, specificity_from_profile
from fer_xai.few import FEWEST_OF_EMOTION


class MaskProfile(NamedTuple):
    """Mass and area (N, masks) of a method's maps inside a codebook's masks."""

    method: str
    book: Codebook
    mass: np.ndarray
    area: np.ndarray


def specificities(
    profiles: Iterable[MaskProfile], emotions: Sequence[str | None], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """S of each method and codebook, and the emotion × mask matrices.

    Parameters
    ----------
    profiles : iterable of MaskProfile
    emotions : sequence of str or None (N,)
        The emotion of each face; faces without one are left out.
    seed : int
    """
    rows, matrices = [], []
    for method, book, mass, area in profiles:
        measured = specificity_from_profile(mass, area, emotions, masks=book.emotions, seed=seed)
        known: dict[str, Any] = {"method": method, "codebook": book.name}
        rows.append(
            known
            | {key: getattr(measured, key) for key in ("value", "low", "high", "p", "n")}
            | {"emotions": " ".join(measured.emotions), "left_out": " ".join(measured.left_out)}
        )
        long = measured.matrix.rename_axis("emotion").reset_index()
        long = long.melt("emotion", var_name="mask", value_name="log2_enrichment")
        matrices.append(long.assign(**known))
    columns = ["method", "codebook", "emotion", "mask", "log2_enrichment"]
    return pd.DataFrame(rows), pd.concat(matrices, ignore_index=True)[columns]


def split_faces(emotions: np.ndarray, right: np.ndarray, found: np.ndarray) -> dict[str, np.ndarray]:
    """The emotion of each face that is told right, and wrong; the other faces have none.

    Parameters
    ----------
    emotions : ndarray of object (N,)
        The emotion each face counts for.
    right : ndarray of float (N,)
        1 where the answer is the label, 0 where it is not, NaN on unlabelled faces.
    found : ndarray of bool (N,)
        Whether the face has landmarks.

    Returns
    -------
    dict of str to ndarray of object (N,)
        ``right`` and ``wrong``, over the same emotions: those with five such faces in both, so that the two may be
        compared. Empty with fewer than two such emotions.
    """
    sides = {"right": (right == 1) & found, "wrong": (right == 0) & found}
    counts = [pd.Series(emotions[side]).value_counts() for side in sides.values()]
    shared = [e for e in counts[0].index if min(counts[0][e], counts[1].get(e, 0)) >= FEWEST_OF_EMOTION]
    if len(shared) < 2:
        return {}
    return {name: _only(emotions, side & np.isin(emotions, shared)) for name, side in sides.items()}


def _only(emotions: np.ndarray, kept: np.ndarray) -> np.ndarray:
    some = np.full(len(emotions), None, object)
    some[kept] = emotions[kept]
    return some
