"""Saliency: how much the target's score moves with each pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from fer_xai.engine import Engine
from fer_xai.explainers.gradient_maps import check_score, check_shown, shown
from fer_xai.explainers.registry import Attribution, Request, register


@register
@dataclass(frozen=True)
class Saliency:
    """Gradient of the target's score with respect to the face.

    Parameters
    ----------
    of : {"logit", "probability", "loss"}
        Which score; of the loss (cross-entropy) the sign is turned, so that positive speaks for the target.
    show : {"absolute", "signed", "times_input"}
        Magnitude (the largest over colours), the gradient itself, or gradient × face (both summed over colours).

    References
    ----------
    Simonyan, Vedaldi & Zisserman 2014, "Deep inside convolutional networks"; the saliency-and-app document
    propagates the loss.
    """

    of: Literal["logit", "probability", "loss"] = "logit"
    show: Literal["absolute", "signed", "times_input"] = "absolute"

    method: ClassVar[str] = "saliency"
    title: ClassVar[str] = "Saliency"
    variant: ClassVar[str | None] = None
    variants: ClassVar[tuple[str, ...]] = ()
    explains: ClassVar[str] = "logit"
    needs: ClassVar[str] = "gradients"
    cost: ClassVar[str] = "1 forward, 1 backward"
    grain: ClassVar[str] = "pixel"
    source: ClassVar[str] = "Simonyan et al. 2014"

    def __post_init__(self) -> None:
        check_score("saliency", self.of)
        check_shown("saliency", self.show)

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        batches = list(engine.gradients(request.faces, request.aim, self.of))
        gradient = np.concatenate([batch.gradient for batch in batches])
        answers = np.concatenate([batch.probabilities for batch in batches])
        return Attribution(shown(gradient, request.faces, self.show), probabilities=answers)
