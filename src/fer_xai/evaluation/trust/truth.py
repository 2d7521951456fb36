"""Truth: where the pixels that tell the answer are known, as on drawn faces, how much of a map lies on them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.evaluation.trust.nulls import Seeds, beside_shifted, draw_shifts
from fer_xai.evaluation.trust.ranking import top_parts
from fer_xai.evaluation.trust.rows import Measured, joined, trust_rows

DRAWS = 16


def truth_agreement(
    maps: Mapping[str, np.ndarray], truth: np.ndarray, seeds: Seeds, variant: str = "", draws: int = DRAWS
) -> pd.DataFrame:
    """Measure how much of each map lies on the pixels that tell the answer.

    Parameters
    ----------
    maps : mapping of str to ndarray (N, H, W)
        Signed attributions by method; only the positive part counts.
    truth : ndarray (N, H, W) of bool
        The pixels that tell it: ``Drawing.truth`` of `fer_xai.faces.drawn`. A face without any is left out.
    seeds : sequence of sequences of int
        One seed per face, derived from its content.
    variant : str
        What the truth is.
    draws : int
        Shifted copies of each map, for the chance level.

    Returns
    -------
    DataFrame
        Trust rows; NaN for a map without positive values:

        truth_mass
            Share of the positive mass on the truth, 0…1; *relevance mass accuracy* of [1]_.
        truth_rank
            Share of the truth among as many largest pixels, 0…1, tied ones in part; *relevance rank accuracy* of [1]_.

    Raises
    ------
    InputError
        If maps and truth differ in shape.

    References
    ----------
    .. [1] Arras, Osman, Samek 2022, "CLEVR-XAI: A benchmark dataset for the ground truth evaluation of neural network
       explanations".
    """
    found: dict[str, dict[str, Measured]] = {"truth_mass": {}, "truth_rank": {}}
    shifts = draw_shifts(truth.shape[1:], seeds, draws)
    wanted = truth.reshape(len(truth), 1, -1)
    count = wanted.sum(axis=2)
    for method, values in maps.items():
        if values.shape != truth.shape:
            raise InputError(f"{method}: received maps of shape {values.shape} and truth of shape {truth.shape}")
        positive = np.maximum(beside_shifted(values, shifts), 0).astype(np.float64)
        positive = positive.reshape(*positive.shape[:2], -1)
        total = positive.sum(axis=2)
        with np.errstate(invalid="ignore", divide="ignore"):
            mass = (positive * wanted).sum(axis=2) / np.where(count > 0, total, 0)
            tops = top_parts(positive.reshape(-1, wanted.shape[2]), np.repeat(count, positive.shape[1]))
            rank = (tops.reshape(positive.shape) * wanted).sum(axis=2) / count
        rank[~np.isfinite(mass)] = np.nan
        found["truth_mass"][method], found["truth_rank"][method] = Measured.of(mass), Measured.of(rank)
    return joined([trust_rows(measured, metric, variant) for metric, measured in found.items()])
