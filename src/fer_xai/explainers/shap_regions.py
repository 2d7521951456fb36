"""SHAP by facial regions: each region's Shapley value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from fer_xai.engine import Engine
from fer_xai.errors import InputError
from fer_xai.explainers.registry import Attribution, Request, register
from fer_xai.explainers.segmenters import contiguous
from fer_xai.explainers.shap_segments import check_samples, shapley_of_segments
from fer_xai.faces.fills import SEGMENT_FILLS, check_fill


@register
@dataclass(frozen=True)
class ShapRegions:
    """Shapley values of the facial regions: exact over all subsets where they fit into `samples`, else sampled.

    The eight coarse regions (background among them) make 256 subsets: exact, without random numbers. The fine ones
    are sampled in pairs, with stated standard errors. ``names`` in the details gives each face's regions in the order
    of ``values``; a face without landmarks is one segment.

    Parameters
    ----------
    kind : {"regions"}
    level : {"coarse", "fine"}
    samples : int
        Most masked passes per face.
    fill : str
        What hides a region: ``mean`` (of the face), or another of `fer_xai.faces.fills`, or ``segment`` (the
        region's own mean).

    References
    ----------
    Shapley 1953; Lundberg & Lee 2017; Covert & Lee 2021 (pairs and standard errors).
    """

    kind: str = "regions"
    level: Literal["coarse", "fine"] = "coarse"
    samples: int = 1024
    fill: str = "mean"

    main: ClassVar[bool] = True
    method: ClassVar[str] = "shap"
    title: ClassVar[str] = "SHAP"
    variant: ClassVar[str | None] = "kind"
    variants: ClassVar[tuple[str, ...]] = ("regions",)
    explains: ClassVar[str] = "probability"
    needs: ClassVar[str] = "probabilities"
    cost: ClassVar[str] = "1 forward per subset (256) or sample (1,024)"
    grain: ClassVar[str] = "facial region"
    source: ClassVar[str] = "Lundberg & Lee 2017"

    def __post_init__(self) -> None:
        check_samples("shap:regions", self.samples)
        check_fill("shap:regions", self.fill, SEGMENT_FILLS)
        if self.level not in ("coarse", "fine"):
            raise InputError(f"shap:regions: level={self.level!r}; use coarse or fine")

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        labels, names = request.regions(self.level)
        answer = shapley_of_segments(engine, request, contiguous(labels), self.samples, self.fill)
        details = {**answer.details, "names": [tuple(names[i] for i in np.unique(face)) for face in labels]}
        return Attribution(answer.maps, answer.segments, details)
