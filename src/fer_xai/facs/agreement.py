"""Agreement: does an attribution lie where the emotion's action units show? Always beside its chance level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from fer_xai.emotions import canonical
from fer_xai.errors import InputError
from fer_xai.facs.codebooks import Codebook, load_codebook
from fer_xai.facs.maps import highlights, inside, log2_ratio, peaks, shares, top_weights
from fer_xai.facs.masks import FaceMasks, face_ids, painted
from fer_xai.few import FEWEST

if TYPE_CHECKING:
    from fer_xai.faces.landmarks import Landmarks

_MEASURES = ("area", "mass_accuracy", "mass_accuracy_blob", "rank_accuracy", "pointing", "iou", "iou_chance")

BLOB = 0.22  # standard deviation of the emotion-blind centred Gaussian, in widths of the crop


def agreement(
    faces: Any,
    attributions: Any,
    emotions: Sequence[str | None],
    codebook: str | Codebook = "facs2002",
    landmarks: Landmarks | None = None,
    *,
    masks: FaceMasks | None = None,
    top: float = 0.20,
) -> pd.DataFrame:
    """Compare attribution maps with the mask of each face's emotion: the union of its core action units.

    Parameters
    ----------
    faces : Faces or array (N, H, W) or (N, H, W, C)
        The faces, any size.
    attributions : array (N, H, W)
        Signed; only the positive part is compared.
    emotions : sequence of str or None
        The emotion of each face.
    codebook : str, path or Codebook
        See `load_codebook`.
    landmarks : Landmarks, optional
        Of the same faces; found here where neither they nor masks are given.
    masks : FaceMasks, optional
        Painted from the same faces.
    top : float
        Share of the crop that the highlights of ``iou`` may take, ties included.

    Returns
    -------
    DataFrame
        A row for each face with landmarks whose emotion has core units:

        face, codebook, emotion
            Their names.
        area
            The mask's share of the crop, 0…1: the chance level of mass_accuracy, rank_accuracy and pointing.
        mass_accuracy
            Share of the positive mass inside the mask [1]_, 0…1.
        mass_accuracy_blob
            The same for a Gaussian in the middle of the crop, which knows nothing about emotions.
        rank_accuracy
            Share of the mask inside the as many largest pixels [1]_, 0…1; tied pixels count in part.
        pointing
            How much of the largest pixel (mean over tied ones) is mask [2]_, 0…1.
        iou, iou_chance
            Intersection over union of highlights and mask, 0…1, and what highlights of that size have at random.
        log2_enrichment
            log2(mass_accuracy ÷ area); NaN where either is zero.

        Measures are NaN for a map without positive values.

    Raises
    ------
    InputError
        If shapes or counts disagree, or an emotion or codebook is unknown.

    References
    ----------
    .. [1] Arras, Osman, Samek: CLEVR-XAI. Information Fusion 81, 2022.
    .. [2] Zhang et al.: Top-down neural attention by excitation backprop. IJCV 126, 2018.

    Examples
    --------
    >>> from fer_xai.faces.drawn import draw
    >>> drawing = draw(7)
    >>> rows = agreement(drawing.faces, drawing.truth, drawing.faces.labels, codebook="facs2002")
    >>> bool((rows["mass_accuracy"] > rows["mass_accuracy_blob"]).all())  # the truth beats a blob
    True
    """
    book = load_codebook(codebook)
    named = face_emotions(faces, emotions)
    row_of = {emotion: row for row, emotion in enumerate(book.emotions)}
    tables = []
    for part, maps, chunk in painted(faces, attributions, landmarks, masks):
        rows = np.array([row_of.get(emotion or "", -1) for emotion in named[part]])
        chosen = np.flatnonzero((rows >= 0) & chunk.found)
        own = _own_masks(chunk.parts[chosen], book.merge[rows[chosen]])
        names = {
            "face": np.array(chunk.ids, object)[chosen],
            "codebook": book.name,
            "emotion": np.array(book.emotions, object)[rows[chosen]],
        }
        tables.append(pd.DataFrame({**names, **_measure(maps[chosen], own, top)}))
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)


def _own_masks(parts: np.ndarray, merges: np.ndarray) -> np.ndarray:
    """Sum each face's parts (n, P, H, W) by its own row of a merge table (n, P): (n, H, W)."""
    flat = parts.reshape(*parts.shape[:2], math.prod(parts.shape[2:]))
    return np.matmul(merges[:, None], flat).reshape(len(parts), *parts.shape[2:])


def face_emotions(faces: Any, emotions: Sequence[str | None]) -> tuple[str | None, ...]:
    """Canonical emotion of each face, one for each."""
    count = len(face_ids(faces))
    if isinstance(emotions, str) or len(emotions) != count:
        raise InputError(f"received {emotions!r} as emotions of {count} faces: give one emotion for each face")
    return tuple(canonical(emotion) if isinstance(emotion, str) else None for emotion in emotions)


def _measure(maps: np.ndarray, masks: np.ndarray, top: float) -> dict[str, np.ndarray]:
    """All measures of n maps on n masks, both (n, H, W)."""
    height, width = maps.shape[1:]
    positive = np.maximum(maps, 0)
    empty = ~positive.any(axis=(1, 2))
    pixels = masks.sum(axis=(1, 2), dtype=np.float64)
    area = pixels / (height * width)
    lit = highlights(maps, top).astype(np.float32)
    both, lit_pixels = _within(masks, lit), lit.sum(axis=(1, 2))
    random = lit_pixels * area
    ranked = np.rint(pixels).astype(int)
    mass = _within(masks, shares(maps))
    columns = {
        "mass_accuracy": mass,
        "rank_accuracy": _ratio(_within(masks, top_weights(positive, ranked)), ranked),
        "pointing": _within(masks, peaks(maps)),
        "iou": _ratio(both, lit_pixels + pixels - both),
        "iou_chance": _ratio(random, lit_pixels + pixels - random),
        "log2_enrichment": log2_ratio(mass, area),
    }
    for values in columns.values():
        values[empty] = np.nan
    blob = np.broadcast_to(shares(centred_blob(height, width)[None]), maps.shape)
    return {"area": area, "mass_accuracy_blob": _within(masks, blob), **columns}


def centred_blob(height: int, width: int, deviation: float = BLOB) -> np.ndarray:
    """A Gaussian in the middle of the crop, its standard deviation in widths: the emotion-blind map to beat."""
    y, x = np.ogrid[:height, :width]
    squared = (x - (width - 1) / 2) ** 2 + (y - (height - 1) / 2) ** 2
    return np.exp(-squared / (2 * (deviation * width) ** 2)).astype(np.float32)


def _within(masks: np.ndarray, maps: np.ndarray) -> np.ndarray:
    return inside(masks[:, None], maps)[:, 0]


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def mean_agreement(rows: pd.DataFrame) -> pd.DataFrame:
    """Means over faces of the table that `agreement` gives.

    Parameters
    ----------
    rows : DataFrame
        With a column ``method``.

    Returns
    -------
    DataFrame
        Indexed by method, codebook and emotion: the mean of every measure, ``n`` faces, and ``low`` and ``high``, the
        95 % interval of the mean mass accuracy within 0…1, by Student's t; NaN for fewer than three faces.
    """
    return agreement_of_sums(sums_of_agreement(rows))


def sums_of_agreement(rows: pd.DataFrame) -> pd.DataFrame:
    """What `mean_agreement` needs to know of rows: sums, which may be added to those of other rows.

    Returns
    -------
    DataFrame
        Indexed by method, codebook and emotion: of every measure the sum and the number of faces (``…_n``), and the
        sum of the squared mass accuracies (``squares``).
    """
    measures = [name for name in _MEASURES if name in rows]
    rows = rows.assign(squares=rows["mass_accuracy"] ** 2)
    grouped = rows.groupby(["method", "codebook", "emotion"])
    known = grouped[measures].count().add_suffix("_n")
    return grouped[[*measures, "squares"]].sum().join(known)


def agreement_of_sums(sums: pd.DataFrame) -> pd.DataFrame:
    """The table of `mean_agreement`, from the rows of `sums_of_agreement` of one part of the faces or several."""
    sums = sums.groupby(level=[0, 1, 2]).sum()
    measures = [name for name in _MEASURES if name in sums]
    means = pd.DataFrame({name: sums[name] / sums[f"{name}_n"].replace(0, np.nan) for name in measures})
    n = means["n"] = sums["mass_accuracy_n"]
    variance = (sums["squares"] - n * means["mass_accuracy"] ** 2).clip(lower=0) / (n - 1).where(n >= FEWEST)
    half = stats.t.ppf(0.975, np.maximum(n - 1, 1)) * np.sqrt(variance / n)
    means["low"] = (means["mass_accuracy"] - half).clip(lower=0)
    means["high"] = (means["mass_accuracy"] + half).clip(upper=1)
    return means
