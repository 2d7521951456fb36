"""SmoothGrad: the gradient, averaged over noisy copies of the face."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.explainers.gradient_maps import add_by_face, check_score, check_shown, shown
from fer_xai.explainers.registry import Attribution, Request, register

# Copies that one stream of random numbers makes: the numbers do not depend on how copies are batched.
_BLOCK = 8
_KEPT = 4


@register
@dataclass(frozen=True)
class SmoothGrad:
    """Mean gradient of the target's score over copies of the face with Gaussian noise.

    Parameters
    ----------
    samples : int
        Noisy copies of each face.
    noise : float
        Standard deviation of the noise, as a share of the face's own range (lightest − darkest value).
    of, show
        As in `Saliency`; magnitudes are taken after averaging.

    References
    ----------
    Smilkov et al. 2017, "SmoothGrad: removing noise by adding noise".
    """

    samples: int = 50
    noise: float = 0.15
    of: Literal["logit", "probability", "loss"] = "logit"
    show: Literal["absolute", "signed", "times_input"] = "absolute"

    method: ClassVar[str] = "smoothgrad"
    title: ClassVar[str] = "SmoothGrad"
    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "logit"
    needs: ClassVar[str] = "gradients"
    cost: ClassVar[str] = "1 forward, 1 backward per sample (50)"
    grain: ClassVar[str] = "pixel"
    source: ClassVar[str] = "Smilkov et al. 2017"

    def __post_init__(self) -> None:
        check_score("smoothgrad", self.of)
        check_shown("smoothgrad", self.show)
        if self.samples < 1:
            raise InputError(f"smoothgrad: samples={self.samples}; at least 1 is needed, 50 are usual")
        if not self.noise >= 0:
            raise InputError(f"smoothgrad: noise={self.noise}; must not be negative")

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        faces = request.faces
        spread = self.noise * np.ptp(faces, axis=(1, 2, 3), keepdims=True)

        @lru_cache(maxsize=_KEPT)
        def block(n: int, number: int) -> np.ndarray:
            rng = np.random.default_rng([*request.seeds[n], number])
            return faces[n] + spread[n] * rng.standard_normal((_BLOCK, *faces.shape[1:]), np.float32)

        def noisy(face: np.ndarray, row: np.ndarray) -> np.ndarray:
            return np.stack(
                [block(n, m // _BLOCK)[m % _BLOCK] for n, m in zip(face.tolist(), row.tolist(), strict=True)]
            )

        total = np.zeros(faces.shape, np.float64)
        for batch in engine.gradients(faces, request.weights, self.of, noisy, self.samples):
            add_by_face(total, batch.face, batch.gradient)
        return Attribution(shown((total / self.samples).astype(np.float32), faces, self.show))
