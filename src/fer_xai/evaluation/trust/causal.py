"""Region agreement: do the regions that hold most of a map cost most when they are hidden?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.evaluation.trust.nulls import Seeds, draw_shifts, each_face
from fer_xai.evaluation.trust.ranking import standard_ranks
from fer_xai.evaluation.trust.rows import Measured, joined, trust_rows
from fer_xai.evaluation.trust.units import check_maps
from fer_xai.faces.fills import check_fill, fill_faces

DRAWS = 16
LEAST = 3  # regions that a ranking needs


def region_agreement(
    engine: Engine,
    faces: np.ndarray,
    weights: np.ndarray,
    maps: Mapping[str, np.ndarray],
    seeds: Seeds,
    masks: np.ndarray,
    variant: str = "fine",
    fills: Sequence[str] = ("grey", "blur"),
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Correlate, over the regions of each face, a map's share of each region with what hiding it costs.

    Parameters
    ----------
    engine : Engine
    faces : ndarray (N, H, W, C) float32 in [0, 1]
    weights : ndarray (N, E)
        The target; the score is Σ weights · probabilities.
    maps : mapping of str to ndarray (N, H, W)
        Signed attributions by method; as in the report's region tables, only the positive part is shared out.
    seeds : sequence of sequences of int
        One seed per face, derived from its content.
    masks : ndarray (N, R, H, W) in [0, 1]
        Regions, e.g. of `fer_xai.facs.region_masks`; one that is empty on a face is left out for it.
    variant : str
        What the regions are called: ``coarse``, ``fine``.
    fills : sequence of str
        What a hidden region shows, of `fer_xai.faces.fills`.
    draws : int
        Shifted copies of each map, for the chance level; they cost no passes. Larger regions hold more of any map and
        cost more when hidden, so the chance level is well above zero.

    Returns
    -------
    DataFrame
        Trust rows of the metric ``region_agreement``: Spearman's correlation, −1…1, higher is better; NaN on a face
        with fewer than three regions, or where nothing varies. Costs R passes per face and fill for all methods.

    Raises
    ------
    InputError
        If a fill is unknown, or maps, masks, weights and faces do not fit each other.
    """
    check_maps(maps, faces, weights)
    for fill in fills:
        check_fill("region agreement", fill)
    if masks.ndim != 4 or (len(masks), *masks.shape[2:]) != faces.shape[:3]:
        raise InputError(f"received masks of shape {masks.shape} for faces of shape {faces.shape}: give (N, R, H, W)")
    if not maps:
        return joined([])
    there = masks.max(axis=(2, 3)) > 0
    held = _held(maps, draw_shifts(faces.shape[1:3], seeds, draws), masks)
    tables = []
    for fill in fills:
        # The whole face's score would only shift all drops alike, which is nothing to their ranks.
        drop = -_left(engine, faces, fill_faces(faces, fill), weights, masks)
        figures = np.moveaxis(_agreement(held, drop, there), 1, 0)
        found = {method: Measured.of(own) for method, own in zip(maps, figures, strict=True)}
        tables.append(trust_rows(found, "region_agreement", variant, fill))
    return joined(tables)


def _held(maps: Mapping[str, np.ndarray], shifts: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Positive mass in each region of M maps and their shifted copies, (N, M, 1 + D, R): proportional to the shares."""
    return np.stack(
        [
            np.maximum(planes, 0).reshape(*planes.shape[:2], -1).astype(np.float64) @ own.reshape(len(own), -1).T
            for planes, own in zip(each_face(maps, shifts), masks.astype(np.float64), strict=True)
        ]
    )


def _left(engine: Engine, faces: np.ndarray, fills: np.ndarray, weights: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """The score without each region, (N, R)."""
    probabilities = engine.masked(faces, fills, lambda face, row: 1 - masks[face, row], masks.shape[1])
    return np.einsum("nme,ne->nm", probabilities.astype(np.float64), weights)


def _agreement(held: np.ndarray, drop: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Rank correlation of each map's mass with what the face's own regions cost, (N, M, 1 + D)."""
    found = np.full(held.shape[:3], np.nan)
    # Faces have different regions, so each is ranked over its own.
    for face in np.flatnonzero(there.sum(axis=1) >= LEAST):
        own = there[face]
        found[face] = standard_ranks(held[face][..., own]) @ standard_ranks(drop[face, own])
    return found
