"""Faithfulness correlation: do attributions of hidden places add up to what hiding them costs?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from fer_xai.engine import Engine
from fer_xai.evaluation.trust.nulls import Seeds, draw_shifts, draw_subsets, each_face
from fer_xai.evaluation.trust.ranking import standardised
from fer_xai.evaluation.trust.rows import Measured, joined, trust_rows
from fer_xai.evaluation.trust.units import Units, check_maps
from fer_xai.faces.fills import check_fill, fill_faces

SAMPLES = 100
SHARE = 0.20
DRAWS = 8


def faithfulness_correlation(
    engine: Engine,
    faces: np.ndarray,
    weights: np.ndarray,
    maps: Mapping[str, np.ndarray],
    seeds: Seeds,
    units: Units | None = None,
    fills: Sequence[str] = ("grey", "blur"),
    share: float = SHARE,
    samples: int = SAMPLES,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Hide random sets of units, and correlate the drop of the score with the sum of their attributions.

    Pearson's correlation over the sets, for each face [1]_, as Quantus's ``FaithfulnessCorrelation`` has it with
    ``abs=False``. The sets and their passes are the same for all methods, and for their shifted copies.

    Parameters
    ----------
    engine : Engine
    faces : ndarray (N, H, W, C) float32 in [0, 1]
    weights : ndarray (N, E)
        The target; the score is Σ weights · probabilities.
    maps : mapping of str to ndarray (N, H, W)
        Signed attributions by method.
    seeds : sequence of sequences of int
        One seed per face, derived from its content.
    units : Units, optional
        What is hidden; default pixels. Scattered pixels are a noise that classifiers see less of than of parts of a
        face: cells or regions tell methods better apart.
    fills : sequence of str
        What hidden units show, of `fer_xai.faces.fills`.
    share : float
        Share of the units in a set.
    samples : int
        Sets, and passes per face and fill.
    draws : int
        Shifted copies of each map, for the chance level; they cost no passes.

    Returns
    -------
    DataFrame
        Trust rows of the metric ``faithfulness_correlation``, −1…1, higher is better; NaN where nothing varies.

    Raises
    ------
    InputError
        If a fill is unknown, or maps, weights and faces do not fit each other.

    References
    ----------
    .. [1] Bhatt, Weller, Moura 2020, "Evaluating and aggregating feature-based model explanations", §3.
    """
    check_maps(maps, faces, weights)
    for fill in fills:
        check_fill("faithfulness correlation", fill)
    if not maps:
        return joined([])
    units = units or Units.pixels(len(faces), faces.shape[1:3])
    subsets = draw_subsets(units.counts, share, samples, seeds)
    shifts = draw_shifts(faces.shape[1:3], seeds, draws)
    added = standardised(_added(maps, shifts, units, subsets))
    present = (~subsets).astype(np.uint8)
    tables = []
    for fill in fills:
        probabilities = engine.coalitions(faces, fill_faces(faces, fill), units.labels, present)
        scores = np.einsum("nme,ne->nm", probabilities.astype(np.float64), weights)
        # The whole face's score would only shift all drops alike, which is nothing to a correlation.
        fell = standardised(-scores)
        figures = np.einsum("nmds,ns->mnd", added, fell)
        found = {method: Measured.of(own) for method, own in zip(maps, figures, strict=True)}
        tables.append(trust_rows(found, "faithfulness_correlation", units.name, fill))
    return joined(tables)


def _added(maps: Mapping[str, np.ndarray], shifts: np.ndarray, units: Units, subsets: np.ndarray) -> np.ndarray:
    """What the attributions in each set add up to, for M maps and their shifted copies: (N, M, 1 + D, samples)."""
    found = []
    for face, planes in enumerate(each_face(maps, shifts)):
        sums = units[face : face + 1].sums(planes.reshape(1, -1, *planes.shape[2:]))[0]
        chosen = subsets[face, :, : sums.shape[1]].astype(np.float64)
        found.append((sums @ chosen.T).reshape(*planes.shape[:2], -1))
    return np.stack(found)
