"""Partition SHAP: Owen values over halves of halves of the face, by the shap package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from fer_xai.engine import Engine
from fer_xai.explainers.registry import Attribution, Request, register
from fer_xai.explainers.shap_segments import check_samples
from fer_xai.faces.fills import check_fill, fill_faces

# Rectangles that the package halves before it looks again which matter most: more are quicker, fewer are better chosen.
_ROWS = 32


@register
@dataclass(frozen=True)
class ShapPartition:
    """The shap package's ``PartitionExplainer`` on rectangles, fed by the traced classifier in large batches.

    A face's map sums to its probability less that of the fill.

    Parameters
    ----------
    kind : {"partition"}
    samples : int
        Most masked passes per face; more give smaller rectangles.
    fill : str
        What a hidden rectangle shows.

    References
    ----------
    The shap package (Lundberg & Lee 2017; Owen 1977, "Values of games with a priori unions").
    """

    kind: str = "partition"
    samples: int = 1000
    fill: str = "blur"

    method: ClassVar[str] = "shap"
    title: ClassVar[str] = "SHAP"
    variant: ClassVar[str | None] = "kind"
    variants: ClassVar[tuple[str, ...]] = ("partition",)
    explains: ClassVar[str] = "probability"
    needs: ClassVar[str] = "probabilities"
    cost: ClassVar[str] = "1 forward per sample (1,000)"
    grain: ClassVar[str] = "rectangle, smaller where it matters"
    source: ClassVar[str] = "Lundberg & Lee 2017; Owen 1977"

    def __post_init__(self) -> None:
        check_samples("shap:partition", self.samples)
        check_fill("shap:partition", self.fill)

    def attribute(self, engine: Engine, request: Request) -> Attribution:
        fills = fill_faces(request.faces, self.fill)
        maps = np.empty(request.faces.shape[:3], np.float32)
        base = np.empty(len(maps))
        for n, (face, fill, weights) in enumerate(zip(request.faces, fills, request.weights, strict=True)):
            maps[n], base[n] = self._owen(engine, face, fill, weights)
        sums_to = maps.sum(axis=(1, 2), dtype=np.float64)
        details = {"score": base + sums_to, "baseline_score": base, "sums_to": sums_to, "samples": self.samples}
        return Attribution(maps, details=details)

    def _owen(self, engine: Engine, face: np.ndarray, fill: np.ndarray, weights: np.ndarray) -> tuple[Any, float]:
        import shap

        def probability(some: np.ndarray) -> np.ndarray:
            return engine.predict(np.asarray(some, np.float32))[1].astype(np.float64) @ weights

        explainer = shap.explainers.PartitionExplainer(probability, shap.maskers.Image(fill))
        answer = explainer(face[None], max_evals=self.samples, batch_size=_ROWS, silent=True)
        return answer.values[0].reshape(face.shape).sum(axis=-1), float(np.ravel(answer.base_values)[0])
