"""SHAP by segments: each superpixel's Shapley value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.explainers import shapley
from fer_xai.explainers.registry import Attribution, Request, register
from fer_xai.explainers.segmenters import areas, on_segments, segment_faces, segmenter_names
from fer_xai.explainers.settled import settled
from fer_xai.faces.fills import SEGMENT_FILLS, check_fill, hide_segments


@register
@dataclass(frozen=True)
class ShapSegments:
    """Shapley values of superpixels: exact where all coalitions fit into `samples`, else sampled in pairs.

    Parameters
    ----------
    kind : {"segments"}
    segmenter : str
        As in `Lime`.
    samples : int
        Masked passes per face.
    fill : str
        What hides a segment: ``segment`` (its own mean), or a fill of `fer_xai.faces.fills`.

    References
    ----------
    Lundberg & Lee 2017; Covert & Lee 2021 (pairs and standard errors).
    """

    kind: str = "segments"
    segmenter: str = "slic"
    samples: int = 1000
    fill: str = "segment"

    method: ClassVar[str] = "shap"
    title: ClassVar[str] = "SHAP"
    variant: ClassVar[str | None] = "kind"
    variants: ClassVar[tuple[str, ...]] = ("segments",)
    explains: ClassVar[str] = "probability"
    needs: ClassVar[str] = "probabilities"
    cost: ClassVar[str] = "1 forward per sample (1,000)"
    grain: ClassVar[str] = "segment"
    source: ClassVar[str] = "Lundberg & Lee 2017"

    def __post_init__(self) -> None:
        check_samples("shap:segments", self.samples)
        check_fill("shap:segments", self.fill, SEGMENT_FILLS)
        if self.segmenter not in segmenter_names():
            raise InputError(
                f"shap:segments: unknown segmenter {self.segmenter!r}; known are {', '.join(segmenter_names())}"
            )

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        segments = segment_faces(request.faces, self.segmenter, request.regions)
        return shapley_of_segments(engine, request, segments, self.samples, self.fill)


def check_samples(method: str, samples: int) -> None:
    """Refuse too few samples for a pair beside nobody and everybody."""
    if samples < 4:
        raise InputError(f"{method}: samples={samples}; at least 4 are needed, 1000 are usual")


def shapley_of_segments(engine: Engine, request: Request, segments: np.ndarray, samples: int, fill: str) -> Attribution:
    """Shapley values of each face's segments (N, H, W), spread evenly over their pixels.

    A face's map sums to its probability less that of the fill. The details hold, per face and segment, ``values`` and
    ``standard_error`` (0 where exact, NaN beyond the face's segments), and per face ``exact``, ``passes``, how far its
    ranking is ``settled``, and both probabilities.
    """
    counts = segments.max(axis=(1, 2)) + 1
    exact = (counts <= shapley.MOST_EXACT) & (2.0**counts <= samples)
    fills = hide_segments(request.faces, segments, fill)
    values, error = np.full((2, len(counts), counts.max()), np.nan)
    ends, passes = np.empty((len(counts), 2)), np.empty(len(counts), np.int64)
    for group in _alike(counts, exact):
        present = _coalitions(counts[group], exact[group[0]], samples, [request.seeds[n] for n in group])
        probabilities = engine.coalitions(request.faces[group], fills[group], segments[group], present)
        passes[group] = present.shape[1]
        for n, shown, scores in zip(group, present, probabilities, strict=True):
            worth = scores.astype(np.float64) @ request.weights[n]
            if exact[n]:
                values[n, : counts[n]], error[n, : counts[n]] = shapley.exact(worth, counts[n]), 0
                ends[n] = worth[[0, -1]]
            else:
                values[n, : counts[n]], error[n, : counts[n]] = shapley.from_pairs(shown[:, : counts[n]], worth)
                ends[n] = worth[:2]
    details = {
        "values": values,
        "standard_error": error,
        "segments": counts,
        "settled": np.array([settled(v[:s], e[:s]) for v, e, s in zip(values, error, counts, strict=True)]),
        "passes": passes,
        "exact": exact,
        "score": ends[:, 1],
        "baseline_score": ends[:, 0],
        "sums_to": ends[:, 1] - ends[:, 0],
    }
    return Attribution(on_segments(values / np.maximum(areas(segments), 1), segments), segments, details)


def _alike(counts: np.ndarray, exact: np.ndarray) -> list[np.ndarray]:
    """Faces that can go together: those of one number of segments where exact, all sampled ones."""
    key = np.where(exact, counts, -1)
    return [np.flatnonzero(key == k) for k in np.unique(key)]


def _coalitions(counts: np.ndarray, exact: bool, samples: int, seeds: Sequence[list[int]]) -> np.ndarray:
    """Coalitions (n, M, most segments) of some faces."""
    if exact:
        every = shapley.all_coalitions(int(counts[0]))
        return np.broadcast_to(every, (len(counts), *every.shape))
    present = np.zeros((len(counts), 2 + (samples - 2) // 2 * 2, int(counts.max())), np.uint8)
    for row, count, seed in zip(present, counts, seeds, strict=True):
        row[:, :count] = shapley.sample_pairs(int(count), samples, seed)
    return present
