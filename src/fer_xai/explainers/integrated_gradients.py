"""Integrated gradients: the gradient, gathered along the way from a baseline to the face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.explainers.gradient_maps import add_by_face, check_score
from fer_xai.explainers.registry import Attribution, Request, register
from fer_xai.faces.fills import FILLS, fill_faces

_NOTHING = 1e-6  # a difference in score too small to be a share of


@register
@dataclass(frozen=True)
class IntegratedGradients:
    """Path integral of the gradient from a baseline; a face's attributions sum to its difference in score.

    The trapezoid rule starts with `steps` intervals. As long as a face's sum misses the difference by more than
    `tolerance`, its steps double, up to `max_steps`; no point is computed twice. The details state, per face, the
    ``steps`` it took, its ``gap`` as a share of the difference, and the score of face and baseline.

    Parameters
    ----------
    baseline : str
        Where the path starts: ``black``, ``blur``, ``mean_face`` (the mean of the bundled faces), ``mean`` (the face's
        own mean), ``grey``, ``white``.
    steps, max_steps : int
    tolerance : float
        Largest gap, as a share of the difference.
    of : {"logit", "probability", "loss"}
        Which score.

    References
    ----------
    Sundararajan, Taly & Yan 2017, "Axiomatic attribution for deep networks".
    """

    baseline: str = "black"
    steps: int = 32
    max_steps: int = 512
    tolerance: float = 0.01
    of: Literal["logit", "probability", "loss"] = "logit"

    method: ClassVar[str] = "integrated_gradients"
    title: ClassVar[str] = "Integrated gradients"
    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "logit"
    needs: ClassVar[str] = "gradients"
    cost: ClassVar[str] = "1 forward, 1 backward per step (33 to 513)"
    grain: ClassVar[str] = "pixel"
    source: ClassVar[str] = "Sundararajan et al. 2017"

    def __post_init__(self) -> None:
        check_score("integrated_gradients", self.of)
        if self.baseline not in FILLS:
            raise InputError(f"integrated_gradients: unknown baseline {self.baseline!r}; known are {', '.join(FILLS)}")
        if not 1 <= self.steps <= self.max_steps:
            raise InputError(
                f"integrated_gradients: steps={self.steps}, max_steps={self.max_steps}; expected 1 ≤ steps ≤ max_steps"
            )
        if not self.tolerance > 0:
            raise InputError(f"integrated_gradients: tolerance={self.tolerance}; must be positive, 0.01 is usual")

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        faces = request.faces
        path = _Path(engine, faces, fill_faces(faces, self.baseline), request.weights, self.of)
        everyone = np.arange(len(faces))
        first = path.add(everyone, np.linspace(0, 1, self.steps + 1), ends=True)
        steps = np.full(len(faces), self.steps)
        difference = (first[:, -1] - first[:, 0]).astype(np.float64)
        while True:
            attributions = path.mean(steps) * path.way
            gap = _gap(attributions.sum(axis=(1, 2, 3)), difference)
            open_faces = everyone[(gap > self.tolerance) & (steps * 2 <= self.max_steps)]
            if not len(open_faces):
                break
            for count in np.unique(steps[open_faces]):
                some = open_faces[steps[open_faces] == count]
                path.add(some, (np.arange(count) + 0.5) / count)
                steps[some] *= 2
        details: dict[str, Any] = {
            "steps": steps,
            "gap": gap,
            "score": first[:, -1],
            "baseline_score": first[:, 0],
            "sums_to": difference,
        }
        return Attribution(attributions.sum(axis=-1).astype(np.float32), details=details)


class _Path:
    """Sums of gradients along straight lines from baselines to faces."""

    def __init__(self, engine: Engine, faces: np.ndarray, baselines: np.ndarray, weights: np.ndarray, of: str) -> None:
        self.engine, self.baselines, self.weights, self.of = engine, baselines, weights, of
        self.way = faces - baselines
        self.total = np.zeros(faces.shape, np.float64)

    def add(self, some: np.ndarray, positions: np.ndarray, ends: bool = False) -> np.ndarray:
        """Add the gradients at `positions` (share of the way) of some faces; give the scores (n, positions).

        With `ends`, the first and last position count half, as the trapezoid rule has it.
        """
        share = np.ones(len(positions))
        if ends:
            share[[0, -1]] = 0.5
        scores = np.empty((len(some), len(positions)), np.float32)

        def points(face: np.ndarray, row: np.ndarray) -> np.ndarray:
            who = some[face]
            return self.baselines[who] + positions[row, None, None, None].astype(np.float32) * self.way[who]

        batches = self.engine.gradients(self.way[some], self.weights[some], self.of, points, len(positions))
        for batch in batches:
            add_by_face(self.total, some[batch.face], batch.gradient * share[batch.row, None, None, None])
            scores[batch.face, batch.row] = batch.score
        return scores

    def mean(self, steps: np.ndarray) -> np.ndarray:
        """Mean gradient along each path."""
        return self.total / steps[:, None, None, None]


def _gap(sums: np.ndarray, difference: np.ndarray) -> np.ndarray:
    """How far sums miss the difference, as a share of it; 0 where there is nothing to explain."""
    missed = np.abs(sums - difference)
    return np.where(missed < _NOTHING, 0.0, missed / np.maximum(np.abs(difference), _NOTHING))
