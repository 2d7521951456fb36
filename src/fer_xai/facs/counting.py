"""The counter: which facial regions an attribution points at, by the LIME document's rule made a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.facs.atlas import LEVELS, region_names
from fer_xai.facs.maps import highlights, inside, log2_ratio, shares
from fer_xai.facs.masks import FaceMasks, painted

if TYPE_CHECKING:
    from fer_xai.faces.landmarks import Landmarks

ROUNDING = 1e-3  # in pixels: of the Fourier transforms; a mask's own steps are 1/16 pixel


def count_regions(
    faces: Any,
    attributions: Any,
    *,
    levels: Sequence[str] = LEVELS,
    landmarks: Landmarks | None = None,
    masks: FaceMasks | None = None,
    top: float = 0.20,
    coverage: float = 0.50,
    significant: float = 0.10,
) -> pd.DataFrame:
    """Tell attribution maps in facial regions.

    Parameters
    ----------
    faces : Faces or array (N, H, W) or (N, H, W, C)
        The faces, any size.
    attributions : array (N, H, W)
        Signed; positive speaks for the target.
    levels : sequence of str
        ``coarse`` (8 regions), ``fine`` (25), or both.
    landmarks : Landmarks, optional
        Of the same faces; found here where neither they nor masks are given.
    masks : FaceMasks, optional
        Painted from the same faces; for measuring several methods on the same faces.
    top : float
        Highlights are the positive pixels among this share of the crop's largest ones, ties included.
    coverage : float
        A region counts if highlights cover at least this share of it …
    significant : float
        … or if it holds at least this share of the positive attribution.

    Returns
    -------
    DataFrame
        A row for each face, level and region, background included:

        face, level, region
            Their names.
        landmarks
            The rung that the face's landmarks come from (`fer_xai.faces.landmarks.Landmarks`). With ``"none"`` all
            measures are NaN and nothing counts; with ``"atlas"``, an average face, those of the fine level.
        area
            Share of the crop's pixels, 0…1.
        share, negative_share
            Share of the map's positive (negative) mass inside the region, 0…1; NaN where the map has none.
        log2_enrichment
            log2(share ÷ area): 0 is what a flat map has. NaN for a share of zero.
        log2_enrichment_face
            The same within the face alone, background left out; NaN for the background.
        coverage
            Share of the region that highlights cover, 0…1; NaN for a region without pixels.
        counted
            Whether the region counts for this face.
        counted_chance
            Share of all H·W circular shifts of the map at which the region would count, 0…1: what its area and the
            map's own shape give without looking at the face.

    Raises
    ------
    InputError
        If shapes disagree, a map is not finite, or a threshold is outside (0, 1].

    References
    ----------
    "Relevance mass" follows Arras et al., CLEVR-XAI, Information Fusion 2022; definitions in the documentation.

    Examples
    --------
    >>> from fer_xai.faces.drawn import draw
    >>> drawing = draw(7)
    >>> rows = count_regions(drawing.faces, drawing.truth, levels=["coarse"])
    >>> rows.columns[:3].tolist()
    ['face', 'level', 'region']
    >>> len(rows) == 7 * 8
    True
    """
    for name, value in (("top", top), ("coverage", coverage), ("significant", significant)):
        if not 0 < value <= 1:
            raise InputError(f"received {name}={value}: give a share above 0 and up to 1")
    if isinstance(levels, str) or not levels:
        raise InputError(f"received levels={levels!r}: give a list of {' and '.join(LEVELS)}")
    names = [(level, region) for level in levels for region in region_names(level)]
    tables = []
    for _, maps, chunk in painted(faces, attributions, landmarks, masks):
        measured = [_count(level, maps, chunk, top, coverage, significant) for level in levels]
        columns = {name: np.hstack([part[name] for part in measured]).ravel() for name in measured[0]}
        ids = {"face": np.repeat(np.array(chunk.ids, object), len(names))}
        kinds = {name: np.tile([pair[i] for pair in names], len(chunk)) for i, name in enumerate(("level", "region"))}
        source = {"landmarks": np.repeat(np.array(chunk.landmarks.source, object), len(names))}
        tables.append(pd.DataFrame({**ids, **kinds, **source, **columns}))
    return pd.concat(tables, ignore_index=True)


def _count(
    level: str, maps: np.ndarray, masks: FaceMasks, top: float, coverage: float, significant: float
) -> dict[str, np.ndarray]:
    """Measure the regions of one level on one chunk of faces: every measure (n, R)."""
    regions = masks.level(level)
    lit, positive = highlights(maps, top), shares(maps)
    pixels = inside(regions, np.ones_like(maps))
    with np.errstate(invalid="ignore", divide="ignore"):
        covered = inside(regions, lit) / np.where(pixels > 0, pixels, np.nan)
    area, share = pixels / maps[0].size, inside(regions, positive)
    columns = {
        "area": area,
        "share": share,
        "negative_share": inside(regions, shares(-maps)),
        "log2_enrichment": log2_ratio(share, area),
        "log2_enrichment_face": _within_face(share, area),
        "coverage": covered,
        "counted_chance": _chance(masks, level, lit, positive, coverage, significant),
    }
    lost = ~masks.known(level)
    for values in columns.values():
        values[lost] = np.nan
    counted = ((covered >= coverage) | (share >= significant)) & ~lost[:, None]
    return {**columns, "counted": counted}


def _within_face(share: np.ndarray, area: np.ndarray) -> np.ndarray:
    """log2 enrichment with the background, the first region, left out."""
    enrichment = log2_ratio(share * (1 - area[:, :1]), area * (1 - share[:, :1]))
    enrichment[:, 0] = np.nan
    return enrichment


def _chance(
    masks: FaceMasks, level: str, lit: np.ndarray, positive: np.ndarray, coverage: float, significant: float
) -> np.ndarray:
    """Share of all circular shifts of the maps at which each region counts, (N, R).

    A shifted map's overlap with a mask is their cross-correlation: all H·W shifts cost one Fourier transform, need no
    random numbers and have no sampling error.
    """
    from scipy.fft import irfft2, rfft2

    size, spectrum = positive.shape[1:], masks.spectrum(level)
    overlap = irfft2(spectrum * np.conj(rfft2(lit.astype(np.float32)))[:, None], size)
    held = irfft2(spectrum * np.conj(rfft2(np.nan_to_num(positive)))[:, None], size)
    least = coverage * np.maximum(spectrum[:, :, :1, :1].real, ROUNDING)  # a mask's pixels are its zero frequency
    return ((overlap >= least - ROUNDING) | (held >= significant - 1e-6)).mean(axis=(2, 3))
