"""Gradient SHAP: gradients at random points between the face and other faces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.explainers.gradient_maps import add_by_face, check_score, scores
from fer_xai.explainers.registry import Attribution, Request, register
from fer_xai.explainers.settled import settled


@register
@dataclass(frozen=True)
class ShapGradient:
    """Expected gradients: the shap package's ``GradientExplainer``, computed for all faces in traced batches.

    Each sample is a point on the line from a background face to the face; the attribution is the mean of gradient ×
    (face − background). Its sum is, in expectation, the face's score less the mean score of the background faces.
    The details state the standard error of each pixel.

    Parameters
    ----------
    kind : {"gradient"}
    samples : int
        Points per face.
    of : {"logit", "probability", "loss"}
        Which score.

    References
    ----------
    Erion et al. 2021, "Improving performance of deep learning models with axiomatic attribution priors and expected
    gradients"; the shap package. Background: the 101 bundled faces.
    """

    kind: str = "gradient"
    samples: int = 200
    of: Literal["logit", "probability", "loss"] = "logit"

    method: ClassVar[str] = "shap"
    title: ClassVar[str] = "SHAP"
    variant: ClassVar[str | None] = "kind"
    variants: ClassVar[tuple[str, ...]] = ("gradient",)
    explains: ClassVar[str] = "logit"
    needs: ClassVar[str] = "gradients"
    cost: ClassVar[str] = "1 forward, 1 backward per sample (200)"
    grain: ClassVar[str] = "pixel"
    source: ClassVar[str] = "Erion et al. 2021"

    def __post_init__(self) -> None:
        check_score("shap:gradient", self.of)
        if self.samples < 2:
            raise InputError(f"shap:gradient: samples={self.samples}; at least 2 are needed, 200 are usual")

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        others = background(request.faces.shape[1:])
        draws = [_draw(seed, self.samples, len(others)) for seed in request.seeds]
        who, share = (np.stack(part) for part in zip(*draws, strict=True))
        mean, error = expected_gradients(engine, request, self.of, others, who, share)
        details = {
            "standard_error": error.astype(np.float32),
            "settled": np.array([settled(*face) for face in zip(mean, error, strict=True)]),
            "passes": np.full(len(mean), self.samples),
            "samples": self.samples,
            "score": (scores(engine, request.faces, self.of) * request.weights).sum(axis=1),
            "baseline_score": request.weights @ scores(engine, others, self.of).mean(axis=0),
        }
        return Attribution(mean.astype(np.float32), details=details)


@lru_cache(maxsize=4)
def background(shape: tuple[int, ...]) -> np.ndarray:
    """The bundled faces (101, H, W, C) at a face's size and colour."""
    from fer_xai.faces import load_faces

    height, width, channels = shape
    faces = load_faces("sample", size=(height, width)).images()
    return np.repeat(faces, channels, axis=-1) if faces.shape[-1] != channels else faces


def expected_gradients(
    engine: Engine, request: Request, of: str, others: np.ndarray, who: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard error (N, H, W), summed over colours, of gradient × (face − background).

    Parameters
    ----------
    others : ndarray (B, H, W, C)
        Background faces.
    who : ndarray (N, M) of int
        Background face of each sample.
    share : ndarray (N, M)
        Place of each sample on the line: 0 at the background face, 1 at the face.
    """
    faces, samples = request.faces, who.shape[1]

    def points(face: np.ndarray, row: np.ndarray) -> np.ndarray:
        t = share[face, row, None, None, None].astype(np.float32)
        return t * faces[face] + (1 - t) * others[who[face, row]]

    total, squares = np.zeros((2, *faces.shape[:3]))
    for batch in engine.gradients(faces, request.weights, of, points, samples):
        delta = faces[batch.face] - others[who[batch.face, batch.row]]
        product = (batch.gradient * delta).sum(axis=-1, dtype=np.float64)
        add_by_face(total, batch.face, product)
        add_by_face(squares, batch.face, product**2)
    mean = total / samples
    variance = np.maximum(squares / samples - mean**2, 0) / max(samples - 1, 1)
    return mean, np.sqrt(variance)


def _draw(seed: list[int], samples: int, others: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, others, samples), rng.random(samples)
