"""RISE: random soft masks, and how the target's probability changes with what they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.explainers.enlarge import enlarge
from fer_xai.explainers.registry import Attribution, Request, register
from fer_xai.explainers.settled import settled
from fer_xai.faces.fills import check_fill, fill_faces

_LEVELS = np.float32(255)  # masks are kept in 8 bits


@register
@dataclass(frozen=True)
class Rise:
    """Mean probability over random masks that show a pixel, less the mean over all masks.

    Randomized input sampling: a pixel's value is the mean probability over masks, weighted by how far each shows
    the pixel, less the plain mean over all masks: positive where showing the pixel helps the target. The paper's
    map is the first term; the second is the same for all pixels. The details state the standard error of each
    pixel. All faces see the same masks, which depend on the seed alone.

    Parameters
    ----------
    samples : int
        Masks.
    grid : int
        Random cells along each side; masks are these, enlarged and shifted.
    shown : float
        Chance of a cell to show the face.
    fill : str
        What is shown elsewhere; ``black`` as in the paper, or another of `fer_xai.faces.fills`.

    References
    ----------
    Petsiuk, Das & Saenko 2018, "RISE: randomized input sampling for explanation of black-box models".
    """

    samples: int = 1000
    grid: int = 7
    shown: float = 0.5
    fill: str = "black"

    method: ClassVar[str] = "rise"
    title: ClassVar[str] = "RISE"
    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "probability"
    needs: ClassVar[str] = "probabilities"
    cost: ClassVar[str] = "1 forward per sample (1,000)"
    grain: ClassVar[str] = "cell of the random grid (7 px of 48), smoothed"
    source: ClassVar[str] = "Petsiuk et al. 2018"

    def __post_init__(self) -> None:
        if self.samples < 2:
            raise InputError(f"rise: samples={self.samples}; at least 2 are needed, 1000 are usual")
        if self.grid < 2:
            raise InputError(f"rise: grid={self.grid}; at least 2 cells are needed, 7 are usual")
        if not 0 < self.shown < 1:
            raise InputError(f"rise: shown={self.shown}; must lie between 0 and 1, 0.5 is usual")
        check_fill("rise", self.fill)

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        faces = request.faces
        masks = self._masks(request.seeds[0][0], faces.shape[1:3])

        def rows(face: np.ndarray, row: np.ndarray) -> np.ndarray:
            return masks[row] / _LEVELS

        probabilities = engine.masked(faces, fill_faces(faces, self.fill), rows, self.samples)
        response = np.einsum("nme,ne->nm", probabilities, request.weights, dtype=np.float64)
        maps, error = weighted_means(masks.reshape(self.samples, -1), response)
        shape = faces.shape[:3]
        patch = [side / self.grid for side in shape[1:]]
        details = {
            "standard_error": error.reshape(shape),
            "settled": np.array([settled(*face) for face in zip(maps, error, strict=True)]),
            "passes": np.full(len(faces), self.samples),
            "samples": self.samples,
            "patch": patch,
        }
        return Attribution(maps.reshape(shape).astype(np.float32), details=details)

    def _masks(self, seed: int, size: tuple[int, ...]) -> np.ndarray:
        """Masks (samples, H, W) uint8: random cells, enlarged by one cell more than the face, cut at a random shift."""
        rng = np.random.default_rng(seed)
        cells = (rng.random((self.samples, self.grid + 1, self.grid + 1)) < self.shown).astype(np.float32)
        step = [-(-side // self.grid) for side in size]
        shift = np.stack([rng.integers(0, s, self.samples) for s in step], axis=1)
        masks = np.empty((self.samples, *size), np.uint8)
        for start in range(0, self.samples, 256):
            part = slice(start, start + 256)
            large = enlarge(cells[part], (step[0] * (self.grid + 1), step[1] * (self.grid + 1)))
            rows = shift[part, 0, None] + np.arange(size[0])
            columns = shift[part, 1, None] + np.arange(size[1])
            each = np.arange(len(large))[:, None, None]
            masks[part] = np.rint(large[each, rows[:, :, None], columns[:, None, :]] * _LEVELS)
        return masks


def weighted_means(masks: np.ndarray, response: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of `response` (N, M) weighted by each pixel's masks (M, P), less the plain mean, with standard errors.

    Returns
    -------
    ndarray (N, P), ndarray (N, P)
        The weighted mean's deviation, and its standard error (delta method).
    """
    centred = response - response.mean(axis=1, keepdims=True)
    once, twice, squares = np.zeros((3, len(response), masks.shape[1]))
    total, energy, squares_twice = 0.0, 0.0, 0.0
    for start in range(0, len(masks), 256):
        part, some = masks[start : start + 256].astype(np.float64), centred[:, start : start + 256]
        square = part**2
        once, twice = once + some @ part, twice + some @ square
        squares, squares_twice = squares + some**2 @ part, squares_twice + some**2 @ square
        total, energy = total + part.sum(axis=0), energy + square.sum(axis=0)
    total = np.maximum(total, 1e-12)
    mean = once / total
    # Each pass moves the estimate by (mask / mean mask) · (response − weighted mean) − response; squared and summed
    # here term by term, so that the masks are read once.
    ratio = len(masks) / total
    by_response = squares_twice * ratio**2 - 2 * squares * ratio + (centred**2).sum(axis=1, keepdims=True)
    crossed = mean * (twice * ratio**2 - once * ratio)
    variance = by_response - 2 * crossed + mean**2 * energy * ratio**2
    return mean, np.sqrt(np.maximum(variance, 0)) / len(masks)
