"""LIME: a weighted ridge regression of the probabilities on which segments are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.explainers.registry import Attribution, Request, register
from fer_xai.explainers.segmenters import on_segments, segment_faces, segmenter_names
from fer_xai.faces.fills import SEGMENT_FILLS, check_fill, hide_segments


@register
@dataclass(frozen=True)
class Lime:
    """Local surrogate on segments, with the lime package's sampling, kernel and regression.

    Parameters
    ----------
    segmenter : str
        How a face is cut: ``slic``, ``felzenszwalb``, ``quickshift`` or ``regions``.
    samples : int
        Masked passes per face; the first shows the whole face.
    kernel_width : float
        Of the exponential kernel on the cosine distance between a mask and the whole face.
    fill : str
        ``"segment"`` hides a segment under its own mean colour, as the lime package does; or a fill of
        `fer_xai.faces.fills`.

    References
    ----------
    Ribeiro, Singh & Guestrin 2016, "Why should I trust you?"; the lime package 0.2.0.1 (``lime_image``).
    """

    segmenter: str = "slic"
    samples: int = 1000
    kernel_width: float = 0.25
    fill: str = "segment"

    method: ClassVar[str] = "lime"
    title: ClassVar[str] = "LIME"
    variant: ClassVar[str | None] = "segmenter"
    variants: ClassVar[tuple[str, ...]] = segmenter_names()
    explains: ClassVar[str] = "probability"
    needs: ClassVar[str] = "probabilities"
    cost: ClassVar[str] = "1 forward per sample (1,000)"
    grain: ClassVar[str] = "segment"
    source: ClassVar[str] = "Ribeiro et al. 2016"

    def __post_init__(self) -> None:
        if self.samples < 2:
            raise InputError(f"lime: samples={self.samples}; at least 2 are needed, 1000 are usual")
        check_fill("lime", self.fill, SEGMENT_FILLS)
        if not self.kernel_width > 0:
            raise InputError(f"lime: kernel_width={self.kernel_width}; must be positive")

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        segments = segment_faces(request.faces, self.segmenter, request.regions)
        counts = segments.max(axis=(1, 2)) + 1
        present = sample_coalitions(counts, self.samples, request.seeds)
        probabilities = engine.coalitions(
            request.faces, hide_segments(request.faces, segments, self.fill), segments, present
        )
        values = np.full((len(counts), counts.max()), np.nan)
        fit = np.empty(len(counts), np.float32)
        for n, count in enumerate(counts):
            response = probabilities[n].astype(np.float64) @ request.weights[n]
            values[n, :count], fit[n] = surrogate(present[n, :, :count], response, self.kernel_width)
        details = {"values": values, "segments": counts, "fit": fit, "samples": self.samples}
        return Attribution(on_segments(values, segments), segments, details)


def sample_coalitions(counts: np.ndarray, samples: int, seeds: tuple[list[int], ...]) -> np.ndarray:
    """Random masks (N, samples, most segments) uint8, each segment shown with probability ½; the first shows all.

    Face n draws from its own stream, over its own `counts[n]` segments, so its masks do not depend on its neighbours.
    """
    present = np.zeros((len(counts), samples, int(counts.max())), np.uint8)
    for row, count, seed in zip(present, counts, seeds, strict=True):
        row[:, :count] = np.random.default_rng(seed).integers(0, 2, (samples, count), np.uint8)
        row[0, :count] = 1
    return present


def surrogate(present: np.ndarray, response: np.ndarray, kernel_width: float) -> tuple[np.ndarray, float]:
    """Ridge coefficients of `response` (M,) on masks `present` (M, S), and the weighted R².

    The lime package's surrogate: weights √exp(−d² / width²) with d the cosine distance to the whole face,
    penalty 1 on the coefficients, none on the intercept. Solved in closed form in float64.
    """
    z = present.astype(np.float64)
    distance = 1 - np.sqrt(z.mean(axis=1))
    weight = np.sqrt(np.exp(-(distance**2) / kernel_width**2))
    share = weight / weight.sum()
    z -= share @ z
    y = response - share @ response
    weighted = z * weight[:, None]
    coefficients = np.linalg.solve(z.T @ weighted + np.eye(z.shape[1]), weighted.T @ y)
    total = weight @ y**2
    residual = weight @ (y - z @ coefficients) ** 2
    return coefficients, float(1 - residual / total) if total > 0 else 0.0
