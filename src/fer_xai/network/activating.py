"""The faces of a data set that a channel answers to most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.engine.activations import Activations
from fer_xai.errors import InputError
from fer_xai.faces import Faces

_CHUNK = 256


@dataclass(frozen=True)
class Activating:
    """The faces with the highest peak of each channel of one layer.

    Attributes
    ----------
    rows : ndarray (K, T) int
        Places of the faces in the data set, strongest first; of equal peaks the earlier face comes first.
    peaks : ndarray (K, T) float32
        The channel's highest value over each of these faces.
    """

    rows: np.ndarray
    peaks: np.ndarray


def most_activating(
    classifier: Classifier | Activations,
    faces: Faces,
    top: int = 5,
    chunk: int = _CHUNK,
    track: Callable[[int, int], None] | None = None,
) -> dict[str, Activating]:
    """Find, for every channel of every convolution, the faces that drive it highest.

    Faces are read and forgotten chunk by chunk; what is kept is K × T numbers per layer.

    Parameters
    ----------
    classifier : Classifier or Activations
    faces : Faces
    top : int
        T, faces kept per channel; fewer where there are fewer faces.
    chunk : int
        Faces read at a time. The answer does not depend on it.
    track : callable, optional
        Told (faces done, faces in all) after each chunk.

    Returns
    -------
    dict of str to Activating
        By the layer's path, in order of execution.

    Raises
    ------
    InputError
        If `top` is below 1 or the classifier is a black box.
    """
    if top < 1:
        raise InputError(f"top={top}: keep at least one face per channel")
    activations = classifier if isinstance(classifier, Activations) else Activations(classifier)
    best: dict[str, Activating] = {}
    for start in range(0, len(faces), chunk):
        part = faces[start : start + chunk]
        for path, peaks in activations.peaks(part.images()).items():
            rows = np.broadcast_to(np.arange(start, start + len(part)), peaks.T.shape)
            best[path] = _best(best.get(path), Activating(rows, peaks.T), top)
        if track is not None:
            track(min(start + chunk, len(faces)), len(faces))
    return best


def _best(before: Activating | None, new: Activating, top: int) -> Activating:
    rows, peaks = new.rows, new.peaks
    if before is not None:
        rows, peaks = np.hstack([before.rows, rows]), np.hstack([before.peaks, peaks])
    # Earlier faces stand to the left and the sort is stable: ties are decided by place, not by chance.
    order = np.argsort(-peaks, axis=1, kind="stable")[:, :top]
    return Activating(np.take_along_axis(rows, order, 1), np.take_along_axis(peaks, order, 1))
