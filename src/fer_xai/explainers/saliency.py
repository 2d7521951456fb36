"""Saliency: how much the target's score moves with each pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.explainers.registry import Attribution, Request, register


@register
@dataclass(frozen=True)
class Saliency:
    """Gradient of the target's score with respect to the face.

    Parameters
    ----------
    of : {"logit", "probability"}
        Which score.
    show : {"absolute", "signed", "times_input"}
        Magnitude (the largest over colours), the gradient itself, or gradient × face (both summed over colours).

    References
    ----------
    Simonyan, Vedaldi & Zisserman 2014, "Deep inside convolutional networks".
    """

    of: Literal["logit", "probability"] = "logit"
    show: Literal["absolute", "signed", "times_input"] = "absolute"

    method: ClassVar[str] = "saliency"
    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "logit"
    cost: ClassVar[str] = "1 forward, 1 backward"
    source: ClassVar[str] = "Simonyan et al. 2014"

    def __post_init__(self) -> None:
        if self.of not in ("logit", "probability"):
            raise InputError(f"saliency: of={self.of!r}; use logit or probability")
        if self.show not in ("absolute", "signed", "times_input"):
            raise InputError(f"saliency: show={self.show!r}; use absolute, signed or times_input")

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        gradient = engine.input_gradient(request.faces, request.weights, self.of)
        if self.show == "absolute":
            return Attribution(np.abs(gradient).max(axis=-1))
        if self.show == "times_input":
            gradient = gradient * request.faces
        return Attribution(gradient.sum(axis=-1))
