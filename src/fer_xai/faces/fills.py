"""What is shown where a part of the face is hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from scipy import ndimage

from fer_xai.errors import InputError


def _mean(faces: np.ndarray) -> np.ndarray:
    return np.broadcast_to(faces.mean(axis=(1, 2), keepdims=True), faces.shape)


def _blur(faces: np.ndarray) -> np.ndarray:
    sigma = faces.shape[1] / 8
    return ndimage.gaussian_filter(faces, sigma=(0, sigma, sigma, 0), mode="nearest")


def _mean_face(faces: np.ndarray) -> np.ndarray:
    from fer_xai.faces import load_faces

    height, width = faces.shape[1:3]
    mean = load_faces("sample", size=(height, width)).images().mean(axis=(0, 3))
    return np.broadcast_to(mean[None, ..., None], faces.shape)


FILLS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mean": _mean,
    "grey": lambda faces: np.full_like(faces, 0.5),
    "black": np.zeros_like,
    "white": np.ones_like,
    "blur": _blur,
    "mean_face": _mean_face,
}


# A segment can also be hidden under its own mean colour.
SEGMENT_FILLS = ("segment", *FILLS)


def check_fill(method: str, fill: str, known: Iterable[str] = FILLS) -> None:
    """Refuse an unknown fill."""
    if fill not in known:
        raise InputError(f"{method}: unknown fill {fill!r}; known are {', '.join(known)}")


def fill_faces(faces: np.ndarray, fill: str) -> np.ndarray:
    """The hidden look of faces (N, H, W, C).

    ``mean`` (the face's own mean), ``grey`` (0.5), ``black``, ``white``, ``blur`` (Gaussian, deviation an eighth of the
    height), ``mean_face`` (the mean of the bundled faces).
    """
    return np.ascontiguousarray(FILLS[fill](faces), np.float32)


def segment_means(faces: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """Faces (N, H, W, C) with each segment painted in its own mean colour, as the lime package hides segments."""
    count = segments.max() + 1
    flat = (segments + np.arange(len(segments))[:, None, None] * count).ravel()
    sizes = np.maximum(np.bincount(flat, minlength=len(faces) * count), 1)
    means = [
        (np.bincount(flat, faces[..., channel].ravel(), minlength=len(sizes)) / sizes)[flat]
        for channel in range(faces.shape[-1])
    ]
    return np.stack(means, axis=-1).reshape(faces.shape).astype(np.float32)


def hide_segments(faces: np.ndarray, segments: np.ndarray, fill: str) -> np.ndarray:
    """The hidden look of faces cut into segments: ``segment`` (each one's own mean), or a fill of `fill_faces`."""
    return segment_means(faces, segments) if fill == "segment" else fill_faces(faces, fill)
