"""Whether a map can locate at all: the width of the smallest thing that it shows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fer_xai.evaluation.trust.rows import Measured, joined, trust_rows

GRAIN = "grain"


def grain(maps: Mapping[str, np.ndarray], masks: np.ndarray | None = None) -> pd.DataFrame:
    """How wide the things on each map are, set beside the regions of the face.

    Parameters
    ----------
    maps : mapping of str to ndarray (N, H, W)
        Signed attributions by method.
    masks : ndarray (N, R, H, W) in [0, 1], optional
        The regions of the same faces.

    Returns
    -------
    DataFrame
        Trust rows of the metric ``grain``. Variant ``share of the width``: see `grain_width`, divided by the face's
        width. Variant ``share of a region``, with masks: divided by the width of the face's regions (see
        `region_width`); above 1 a map cannot tell a region from its neighbour. There is no chance level: NaN.
    """
    width = {method: grain_width(values) for method, values in maps.items()}
    blank = {method: np.full(len(values), np.nan) for method, values in width.items()}
    of_face = {method: Measured(one / maps[method].shape[2], blank[method]) for method, one in width.items()}
    tables = [trust_rows(of_face, GRAIN, "share of the width")]
    if masks is not None:
        wide = region_width(masks)
        of_region = {method: Measured(one / wide, blank[method]) for method, one in width.items()}
        tables.append(trust_rows(of_region, GRAIN, "share of a region"))
    return joined(tables)


def grain_width(maps: np.ndarray) -> np.ndarray:
    """Full width at half maximum of each map's autocorrelation, in pixels.

    White noise measures 1, random cells of b × b pixels measure b, noise smoothed by a Gaussian of deviation s measures
    3.33 s (√2 · 2.355 s).

    Parameters
    ----------
    maps : ndarray (N, H, W)

    Returns
    -------
    ndarray (N,)
        Mean of the autocorrelations along rows and columns, of what is left when the map's mean is taken away; at most
        the face's width, which stands for a map that never falls to the half. NaN for a constant map.
    """
    maps = np.asarray(maps, np.float64)
    apart = maps - maps.mean(axis=(1, 2), keepdims=True)
    still = np.abs(apart).max(axis=(1, 2)) <= 1e-12 * np.abs(maps).max(axis=(1, 2))
    lags = min(maps.shape[1:])
    with np.errstate(invalid="ignore", divide="ignore"):
        curve = (_autocorrelation(apart)[:, :lags] + _autocorrelation(apart.swapaxes(1, 2))[:, :lags]) / 2
        width = np.minimum(2 * _first_below(curve, 0.5), maps.shape[2])
    return np.where(still, np.nan, width)


def region_width(masks: np.ndarray) -> np.ndarray:
    """Median width of the regions of each face, in pixels: the side of a square of a region's area.

    Parameters
    ----------
    masks : ndarray (N, R, H, W) in [0, 1]
        A region that is empty on a face is left out for it.

    Returns
    -------
    ndarray (N,)
        NaN for a face without regions.
    """
    area = np.asarray(masks, np.float64).sum(axis=(2, 3))
    known = np.ma.masked_less_equal(area, 0)
    return np.ma.median(np.ma.sqrt(known), axis=1).filled(np.nan)


def _autocorrelation(apart: np.ndarray) -> np.ndarray:
    """Along the last axis by lag, (N, W), 1 at lag 0; each lag the mean over the pairs of pixels that have it."""
    width = apart.shape[2]
    power = np.abs(np.fft.rfft(apart, 2 * width, axis=2)) ** 2
    sums = np.fft.irfft(power.sum(axis=1), 2 * width, axis=1)[:, :width]
    means = sums / (width - np.arange(width))
    return means / means[:, :1]


def _first_below(curves: np.ndarray, level: float) -> np.ndarray:
    """Where each curve (N, K) first crosses the level, between its points too; infinity where it does not."""
    below = curves < level
    place = np.maximum(below.argmax(axis=1), 1)
    each = np.arange(len(curves))
    high, low = curves[each, place - 1], curves[each, place]
    return np.where(below.any(axis=1), place - 1 + (high - level) / (high - low), np.inf)
