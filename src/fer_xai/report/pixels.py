"""Small pictures for the pages: true to the pixel, at the face's own size, as lossless data URIs.

The pages enlarge them with ``image-rendering: pixelated``, so what is seen is what the classifier was given.
"""

from __future__ import annotations

import base64
from io import BytesIO

import numpy as np
from PIL import Image

from fer_xai.charts.colours import NEGATIVE, POSITIVE

LARGEST = 112  # longest side kept in a page; larger faces are drawn smaller, or a page would weigh tens of megabytes
FULL_COLOUR = 99.0  # the percentile of |attribution| drawn at full colour: one hot pixel must not pale all others
STRONGEST = 0.85  # opacity of a full colour over the face
_TINT = 0.55


def data_uri(picture: np.ndarray) -> str:
    """A lossless WebP of ``picture`` (H, W) or (H, W, 3) uint8, as a data URI: two thirds of the PNG."""
    stream = BytesIO()
    Image.fromarray(picture).save(stream, "WEBP", lossless=True, quality=80, method=4, exact=True)
    return "data:image/webp;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def face_picture(face: np.ndarray, largest: int = LARGEST) -> np.ndarray:
    """A face (H, W, C) uint8 as drawn: grey (H, W) or RGB (H, W, 3), no side above ``largest``."""
    picture = face[..., 0] if face.shape[-1] == 1 else face[..., :3]
    return _reduced(np.ascontiguousarray(picture), Image.Resampling.LANCZOS, largest)


def grey_picture(faces: np.ndarray, largest: int) -> np.ndarray:
    """Faces (N, H, W, C) uint8 as overlays lie on them: grey (N, h, w) uint8, no side above ``largest``."""
    grey = np.rint(faces.astype(np.float32).mean(axis=-1)).astype(np.uint8)
    return np.stack([_reduced(face, Image.Resampling.LANCZOS, largest) for face in grey])


def quantised(attributions: np.ndarray, largest: int) -> tuple[np.ndarray, list[float]]:
    """Maps (N, H, W) as int8 (N, h, w), ±127 at each map's own ``colour_scale``, and those scales."""
    scales = [colour_scale(attribution) for attribution in attributions]
    levels = []
    for attribution, scale in zip(np.nan_to_num(attributions), scales, strict=True):
        signed = np.clip(attribution / scale, -1, 1) if scale else np.zeros_like(attribution)
        levels.append(_reduced((127 * signed).astype(np.float32), Image.Resampling.BOX, largest))
    return np.rint(levels).astype(np.int8), scales


def colour_scale(attribution: np.ndarray) -> float:
    """The absolute attribution drawn at full colour, the same for both signs; 0 for an empty map."""
    strength = np.abs(np.nan_to_num(attribution))
    return float(np.percentile(strength, FULL_COLOUR) or strength.max())


def overlay(face: np.ndarray, attribution: np.ndarray) -> np.ndarray:
    """The attribution (H, W) over the grey face (H, W, C) uint8, as RGB: red for, blue against, stronger where more."""
    scale = colour_scale(attribution)
    signed = np.clip(np.nan_to_num(attribution) / scale, -1, 1) if scale else np.zeros(attribution.shape)
    picture = _tinted(face, np.where(signed > 0, 1, -1), STRONGEST * np.abs(signed))
    return _reduced(picture, Image.Resampling.BOX)


def progressive(face: np.ndarray, attribution: np.ndarray, segments: np.ndarray) -> list[tuple[int | None, np.ndarray]]:
    """The LIME document's row: the most important segment, the 3, 5, 10 most important, and all of them.

    Parameters
    ----------
    face : (H, W, C) uint8
    attribution : (H, W) float
        LIME's map, one value per segment; a segment's importance is its absolute value.
    segments : (H, W) int

    Returns
    -------
    list of (count, RGB picture)
        ``None`` instead of the count for all segments. Counts the face has no segments for are left out.
    """
    labels, first, inverse = np.unique(segments, return_index=True, return_inverse=True)
    weights = np.nan_to_num(attribution).ravel()[first]
    place = np.empty(len(labels), int)
    place[np.argsort(-np.abs(weights), kind="stable")] = np.arange(len(labels))
    sign = np.sign(weights)[inverse].reshape(segments.shape)
    rank = place[inverse].reshape(segments.shape)
    panels: list[tuple[int | None, np.ndarray]] = []
    for count in (*(count for count in (1, 3, 5, 10) if count < len(labels)), None):
        shown = (sign != 0) & (rank < (len(labels) if count is None else count))
        panels.append((count, _reduced(_tinted(face, sign, _TINT * shown), Image.Resampling.NEAREST)))
    return panels


def _tinted(face: np.ndarray, sign: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    # The grey face is lifted off black: a tint shows on a dark cheek as on a bright one.
    grey = 30 + face.astype(np.float32).mean(axis=-1) * (225 / 255)
    ink = np.where(sign[..., None] > 0, np.array(POSITIVE, np.float32), np.array(NEGATIVE, np.float32))
    mixed = grey[..., None] * (1 - alpha[..., None]) + ink * alpha[..., None]
    return np.rint(mixed).astype(np.uint8)


def _reduced(picture: np.ndarray, how: Image.Resampling, largest: int = LARGEST) -> np.ndarray:
    height, width = picture.shape[:2]
    share = largest / max(height, width)
    if share >= 1:
        return picture
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(Image.fromarray(picture).resize(size, how))
