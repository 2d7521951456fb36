"""The spatial null: would the same map, laid elsewhere on the same face, hit the regions as well?

Each map is cut to its face's oval and circularly shifted within the oval's bounding box. A shifted map's overlap with
a mask is their cross-correlation, so one Fourier transform gives all shifts of a face at once; each draw then takes one
shift of each face.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fer_xai.emotions import CANONICAL
from fer_xai.facs.agreement import face_emotions
from fer_xai.facs.atlas import BACKGROUND, region_names
from fer_xai.facs.codebooks import Codebook, load_codebook
from fer_xai.facs.maps import log2_ratio
from fer_xai.facs.masks import FaceMasks, painted
from fer_xai.facs.significance import LEVEL

if TYPE_CHECKING:
    from fer_xai.faces.landmarks import Landmarks


def spatial_null(
    faces: Any,
    attributions: Any,
    emotions: Sequence[str | None],
    codebook: str | Codebook | None = None,
    landmarks: Landmarks | None = None,
    seed: int = 0,
    draws: int = 999,
    *,
    masks: FaceMasks | None = None,
) -> pd.DataFrame:
    """Compare the enrichment of regions within the face with that of maps shifted inside the face oval.

    Parameters
    ----------
    faces : Faces or array (N, H, W) or (N, H, W, C)
        The faces, any size.
    attributions : array (N, H, W)
        Signed; only the positive part inside the face is measured.
    emotions : sequence of str or None
        The emotion of each face.
    codebook : str, path or Codebook, optional
        Measure the masks of its emotions; by default the 24 fine regions of the face.
    landmarks : Landmarks, optional
        Of the same faces; found here where neither they nor masks are given.
    seed, draws : int
        Of the shifts: each draw shifts every face by its own. The order of the faces does not matter.
    masks : FaceMasks, optional
        Painted from the same faces.

    Returns
    -------
    DataFrame
        A row for each emotion of the faces and region (or mask):

        emotion, region, n
            Names, and the emotion's faces with landmarks and positive mass inside the face.
        log2_enrichment_face
            log2(mean share of the face's mass ÷ mean share of the face's area).
        null, null_low, null_high
            Median and central 95 % of the same number over the draws.
        p, p_corrected, significant
            Probability of so large a number under shifts; of so large a deviation (in standard deviations over the
            draws) anywhere in the table, which corrects for all its rows [1]_; whether that is below .05. Holm's
            correction of 168 rows would need more than 3,360 draws before anything could be significant.

    Notes
    -----
    A map that is bright in the middle of every face differs from its shifted self whatever the emotion: this null
    tells place on the face from chance, not emotion from emotion. For that, see `significance` and `specificity`.

    References
    ----------
    .. [1] Westfall & Young 1993, "Resampling-based multiple testing": single-step maxT.
    """
    named = face_emotions(faces, emotions)
    book = None if codebook is None else load_codebook(codebook)
    names = [name for name in region_names("fine") if name != BACKGROUND] if book is None else list(book.emotions)
    held = {e: np.zeros((draws + 1, len(names))) for e in CANONICAL if e in named}
    area = {e: np.zeros(len(names)) for e in held}
    count = dict.fromkeys(held, 0)
    for part, maps, chunk in painted(faces, attributions, landmarks, masks):
        regions = chunk.level("fine")[:, 1:] if book is None else chunk.action_units(book)
        for emotion, face, own, parts in zip(named[part], maps, regions, chunk.parts, strict=True):
            if emotion is None or not (own > 0).any():
                continue
            shares = _shifted(face, own, 1 - parts[0], np.random.default_rng([seed, *_digest(parts)]), draws)
            if shares is None:
                continue
            held[emotion] += shares
            area[emotion] += own.sum(axis=(1, 2)) / (1 - parts[0]).sum(dtype=np.float64)
            count[emotion] += 1
    tables = [_rows(e, names, held[e], area[e], count[e]) for e in held if count[e]]
    columns = ["emotion", "region", "n", "log2_enrichment_face", "null", "null_low", "null_high", "p"]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
    table["p_corrected"] = _corrected([held[e] for e in held if count[e]]) if tables else np.zeros(0)
    return table.assign(significant=table["p_corrected"] < LEVEL)


def _shifted(
    face: np.ndarray, masks: np.ndarray, oval: np.ndarray, rng: np.random.Generator, draws: int
) -> np.ndarray | None:
    """Share of a face's mass in each mask, (draws + 1, M): first as it is, then at random shifts."""
    from scipy.fft import irfft2, rfft2

    rows, columns = (np.flatnonzero((oval > 0).any(axis=axis)) for axis in (1, 0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    mass = (np.maximum(face, 0) * (oval > 0))[box].astype(np.float64)
    if not mass.sum() > 0:
        return None
    both = np.concatenate([masks, oval[None]])[:, *box].astype(np.float64)
    overlap = irfft2(rfft2(both) * np.conj(rfft2(mass / mass.sum())), mass.shape).reshape(len(both), -1)
    # What a shift moves out of the oval, into the corners of its box, is not counted: shares are of what is left.
    # A shift that leaves nothing inside has no shares and is not drawn.
    allowed = np.flatnonzero(overlap[-1] > 1e-6)
    drawn = np.concatenate([[0], rng.choice(allowed, draws)])
    shares: np.ndarray = np.maximum(overlap[:-1, drawn] / overlap[-1, drawn], 0).T
    return shares


def _digest(parts: np.ndarray) -> tuple[int, ...]:
    """Numbers from a face's geometry: its shifts depend neither on its place nor on other faces, nor on the method."""
    import hashlib

    digest = hashlib.blake2b(np.ascontiguousarray(parts, np.float32).tobytes(), digest_size=16).digest()
    return tuple(np.frombuffer(digest, np.uint32).tolist())


def _corrected(held: Sequence[np.ndarray]) -> np.ndarray:
    """p of each row's deviation against the largest one of the whole table in each draw, (emotions · regions,)."""
    table = np.concatenate(held, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = (table - table[1:].mean(axis=0)) / table[1:].std(axis=0)
    # What no shift changes (a flat map, whose rounding is all that varies) deviates from nothing.
    still = table[1:].std(axis=0) < 1e-5 * np.maximum(table[1:].mean(axis=0), 1e-12)
    deviation = np.where(still | ~np.isfinite(deviation), 0.0, deviation)
    largest = deviation[1:].max(axis=1)
    reached = (largest[:, None] >= deviation[0] - 1e-9).sum(axis=0)
    p: np.ndarray = (reached + 1) / (len(largest) + 1)
    return p


def _rows(emotion: str, names: Sequence[str], held: np.ndarray, area: np.ndarray, count: int) -> pd.DataFrame:
    values = log2_ratio(held, area)
    shifted = held[1:]
    reached = (shifted >= held[0] - 1e-9 * count).sum(axis=0)
    p = np.where(np.isfinite(values[0]), (reached + 1) / (len(shifted) + 1), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        quantiles = log2_ratio(np.quantile(shifted, [0.5, 0.025, 0.975], axis=0), area)
    return pd.DataFrame(
        {
            "emotion": emotion,
            "region": list(names),
            "n": count,
            "log2_enrichment_face": values[0],
            "null": quantiles[0],
            "null_low": quantiles[1],
            "null_high": quantiles[2],
            "p": p,
        }
    )
