"""A classifier whose reasons are known in closed form, its faces, and the maps that tell them right or wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for

SIZE = (12, 12)
READ = (slice(3, 6), slice(4, 8))  # the only pixels that the classifier reads
GREY = 0.5


def weights_of_pixels() -> np.ndarray:
    """How strongly each pixel speaks for *happy*: a few do, each differently."""
    plane = np.zeros(SIZE)
    plane[READ] = np.linspace(0.5, 1.5, 12).reshape(3, 4)
    return plane / plane.sum()


def linear(faces: np.ndarray) -> np.ndarray:
    """Probability of *happy*: the weighted mean of the pixels it reads."""
    happy = np.clip(np.einsum("nhwc,hw->n", faces.astype(np.float64), weights_of_pixels()), 0, 1)
    return np.stack([happy, 1 - happy], axis=1)


def curved(faces: np.ndarray) -> np.ndarray:
    """A probability that depends on all pixels, together and not additively."""
    plane = np.sin(np.arange(SIZE[0] * SIZE[1])).reshape(SIZE)
    inner = np.einsum("nhwc,hw->n", faces.astype(np.float64), plane)
    happy = 1 / (1 + np.exp(-inner - np.square(inner) / 4 + faces[:, 2, 3, 0] * faces[:, 9, 9, 0]))
    return np.stack([happy, 1 - happy], axis=1)


def engine_of(function: Any) -> Any:
    return engine_for(Classifier.from_function(function, ("happy", "sad")))


class Counting:
    """An engine that counts what is asked of it."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.calls, self.passes = engine, 0, 0

    def masked(self, faces: np.ndarray, fills: np.ndarray, masks: Any, passes: int) -> np.ndarray:
        self.calls, self.passes = self.calls + 1, self.passes + passes
        return self.engine.masked(faces, fills, masks, passes)

    def coalitions(self, faces: np.ndarray, fills: np.ndarray, segments: np.ndarray, present: np.ndarray) -> np.ndarray:
        self.calls, self.passes = self.calls + 1, self.passes + present.shape[1]
        return self.engine.coalitions(faces, fills, segments, present)


def bright_faces(count: int, seed: int = 0) -> np.ndarray:
    """Faces of lighter pixels than grey, so that hiding any pixel that is read costs; (N, 12, 12, 1)."""
    return np.random.default_rng(seed).uniform(0.6, 1.0, (count, *SIZE, 1)).astype(np.float32)


def happy(count: int) -> np.ndarray:
    return np.tile([1.0, 0.0], (count, 1))


def seeds_of(count: int, seed: int = 0) -> list[list[int]]:
    return [[seed, 1000 + face] for face in range(count)]


def perfect_maps(faces: np.ndarray) -> np.ndarray:
    """What each pixel adds to *happy* over grey: exact for `linear`."""
    return (weights_of_pixels() * (faces[..., 0] - GREY)).astype(np.float64)


def noise(count: int, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, *SIZE))
