"""The engine of a classifier that is only a function: forward passes, no gradients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.engine.engine import Gradients, LayerGradients, RowMaker
from fer_xai.engine.packing import evenly, packed, rows_per_pass
from fer_xai.errors import InputError


class BlackBoxEngine:
    """Runs a plain function; see `fer_xai.engine.Engine`."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier

    def predict(self, faces: np.ndarray) -> tuple[None, np.ndarray]:
        rows = rows_per_pass(*faces.shape[1:3])
        parts = [self._probabilities(faces[i : i + rows]) for i in range(0, len(faces), rows)]
        return None, np.concatenate(parts)

    def coalitions(self, faces: np.ndarray, fills: np.ndarray, segments: np.ndarray, present: np.ndarray) -> np.ndarray:
        def keep(face: np.ndarray, row: np.ndarray) -> np.ndarray:
            return np.take_along_axis(present[face, row], segments[face].reshape(len(face), -1), 1).reshape(
                len(face), *segments.shape[1:]
            )

        return self._blended(faces, fills, keep, present.shape[1])

    def masked(self, faces: np.ndarray, fills: np.ndarray, masks: RowMaker, passes: int) -> np.ndarray:
        return self._blended(faces, fills, masks, passes)

    @property
    def last_convolution(self) -> str:
        raise self._no_gradients()

    def gradients(
        self, faces: np.ndarray, weights: np.ndarray | None, of: str, points: RowMaker | None = None, passes: int = 1
    ) -> Iterator[Gradients]:
        raise self._no_gradients()

    def lacks(self, need: str) -> str | None:
        return None if need == "probabilities" else str(self._no_gradients())

    def layer_gradients(
        self, faces: np.ndarray, weights: np.ndarray | None, layer: str | None
    ) -> Iterator[LayerGradients]:
        raise self._no_gradients()

    def _blended(self, faces: np.ndarray, fills: np.ndarray, keep: RowMaker, passes: int) -> np.ndarray:
        total = len(faces) * passes
        flat = np.empty((total, len(self.classifier.emotions)), np.float32)
        for where, face, row in packed(len(faces), passes, evenly(total, rows_per_pass(*faces.shape[1:3]))):
            kept = keep(face, row)[..., None].astype(np.float32)
            blend = faces[face] * kept + fills[face] * (1 - kept)
            flat[where] = self._probabilities(blend)[: where.stop - where.start]
        return flat.reshape(len(faces), passes, -1)

    def _probabilities(self, faces: np.ndarray) -> np.ndarray:
        assert self.classifier.function is not None
        result = np.asarray(self.classifier.function(faces), np.float32)
        expected = (len(faces), len(self.classifier.emotions))
        if result.shape != expected:
            raise InputError(f"{self.classifier.name} gave an array of shape {result.shape}; expected {expected}")
        return result

    def _no_gradients(self) -> InputError:
        return InputError(f"{self.classifier.name} is a plain function without gradients")
