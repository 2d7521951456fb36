"""Equal faces share their passes: what is masked alike goes through the model once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fer_xai.engine.engine import Engine, Gradients, LayerGradients, RowMaker

_CHECKED = 256  # masks that are compared at a time


class SharedPasses:
    """An engine that runs equal faces under equal masks once; see `fer_xai.engine.Engine`.

    Gradients are of one target each, so they are not shared.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.classifier = engine.classifier

    @property
    def last_convolution(self) -> str:
        return self._engine.last_convolution

    def predict(self, faces: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
        first, same = _equal(faces)
        logits, probabilities = self._engine.predict(faces[first])
        return None if logits is None else logits[same], probabilities[same]

    def coalitions(self, faces: np.ndarray, fills: np.ndarray, segments: np.ndarray, present: np.ndarray) -> np.ndarray:
        first, same = _equal(faces, fills, segments, present)
        return self._engine.coalitions(faces[first], fills[first], segments[first], present[first])[same]

    def masked(self, faces: np.ndarray, fills: np.ndarray, masks: RowMaker, passes: int) -> np.ndarray:
        first, same = _equal(faces, fills)
        if not _alike(masks, first[same], passes):
            return self._engine.masked(faces, fills, masks, passes)
        once = self._engine.masked(faces[first], fills[first], lambda face, row: masks(first[face], row), passes)
        return once[same]

    def gradients(
        self, faces: np.ndarray, weights: np.ndarray | None, of: str, points: RowMaker | None = None, passes: int = 1
    ) -> Iterator[Gradients]:
        return self._engine.gradients(faces, weights, of, points, passes)

    def lacks(self, need: str) -> str | None:
        return self._engine.lacks(need)

    def layer_gradients(
        self, faces: np.ndarray, weights: np.ndarray | None, layer: str | None
    ) -> Iterator[LayerGradients]:
        return self._engine.layer_gradients(faces, weights, layer)


def _equal(*arrays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First rows that are distinct in all arrays (N, …), and to which of them each row is equal."""
    known: dict[tuple[bytes, ...], int] = {}
    first: list[int] = []
    same = np.empty(len(arrays[0]), np.int64)
    for n, rows in enumerate(zip(*arrays, strict=True)):
        key = tuple(row.tobytes() for row in rows)
        if key not in known:
            known[key] = len(first)
            first.append(n)
        same[n] = known[key]
    return np.array(first, np.int64), same


def _alike(masks: RowMaker, first: np.ndarray, passes: int) -> bool:
    """Whether each face n is masked as the face first[n] is, in every pass."""
    for n in np.flatnonzero(first != np.arange(len(first))):
        for start in range(0, passes, _CHECKED):
            row = np.arange(start, min(start + _CHECKED, passes))
            one, other = (masks(np.full(len(row), face), row) for face in (n, first[n]))
            if not np.array_equal(one, other):
                return False
    return True
