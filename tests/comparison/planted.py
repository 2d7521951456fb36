"""Models and studies whose reasons are known: they read some pixels of the faces and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.charts.mean_face import mean_points
from fer_xai.classifier import Classifier
from fer_xai.faces import Faces
from fer_xai.faces.drawn import draw
from fer_xai.faces.drawn.mark import mark_faces, mark_mask
from fer_xai.faces.landmarks import Landmarks
from fer_xai.facs import FaceMasks, region_names

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


def marked_faces(count: int, seed: int = 3) -> Faces:
    """Drawn faces that tell their label twice: by what they express, and by a mark in a corner."""
    drawing = draw(count, seed=seed)
    pictures = drawing.faces.pixels()[..., 0] / np.float32(255)
    mark_faces(pictures, drawing.faces.labels)
    return Faces.from_array(pictures, labels=list(drawing.faces.labels))


def remembering(faces: Faces, seen: np.ndarray, name: str) -> Classifier:
    """A net that knows faces by the pixels `seen` (H, W) alone: it is right on each of them, whatever is elsewhere."""
    known = faces.images()[..., 0][:, seen]
    codes = np.array([EMOTIONS.index(str(label)) for label in faces.labels])

    def answer(images: np.ndarray) -> np.ndarray:
        apart = ((images[..., 0][:, seen][:, None] - known) ** 2).mean(axis=2)
        near = np.stack([-apart[:, codes == code].min(axis=1) for code in range(len(EMOTIONS))], axis=1)
        logits = near / max(float(known.var(axis=0).mean()), 1e-3) * 4
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        return (p / p.sum(axis=1, keepdims=True)).astype(np.float32)

    return Classifier.from_function(answer, EMOTIONS, name)


def corners() -> np.ndarray:
    """Where the marks of any label lie, (48, 48)."""
    return mark_mask(EMOTIONS, (48, 48)).any(axis=0)


def middle() -> np.ndarray:
    """The middle of the picture, which holds brows, eyes, nose and mouth, (48, 48)."""
    seen = np.zeros((48, 48), bool)
    seen[12:42, 12:36] = True
    return seen


@dataclass
class PlantedStudy:
    """As much of a study as a comparison reads, of grey faces that all have the mean face's landmarks."""

    labels: list[str | None]
    probabilities: np.ndarray
    planted: dict[str, np.ndarray]
    emotions: tuple[str, ...] = EMOTIONS
    content: str = "the same faces"
    methods: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.methods = list(self.planted)

    @property
    def manifest(self) -> dict[str, Any]:
        return {
            "model": {"emotions": list(self.emotions), "input": [48, 48, 1], "scaling": "unit"},
            "data": {"content": self.content, "faces": len(self.labels), "source": "faces.csv", "split": "test"},
            "methods": {method: {} for method in self.methods},
            "target": "label",
            "codebook": "facs2002",
            "action_units": {},
            "seed": 0,
            "version": "0",
        }

    @cached_property
    def faces(self) -> Faces:
        pixels = np.random.default_rng(1).random((len(self.labels), 48, 48)).astype(np.float32)
        return Faces.from_array(pixels, labels=self.labels)

    @property
    def landmarks(self) -> Landmarks:
        return mean_landmarks(len(self.labels))

    @property
    def tables(self) -> list[str]:
        return ["predictions"]

    def table(self, name: str) -> pd.DataFrame:
        assert name == "predictions"
        called = np.array(self.emotions, object)[self.probabilities.argmax(axis=1)]
        rows = pd.DataFrame({"face": self.faces.ids, "label": self.labels, "predicted": called})
        return rows.assign(**{f"p_{e}": p for e, p in zip(self.emotions, self.probabilities.T, strict=True)})

    def maps(self, method: str) -> tuple[np.ndarray, None]:
        return self.planted[method], None


def mean_landmarks(count: int) -> Landmarks:
    points = np.tile(mean_points() * 12 + (24, 18), (count, 1, 1)).astype(np.float32)
    return Landmarks(points, np.ones(count, np.float32), ("mesh",) * count)


def on_region(region: str, count: int, seed: int, weight: float = 0.6) -> np.ndarray:
    """Noisy maps (N, 48, 48) with about `weight` of their mass on a coarse region."""
    rng = np.random.default_rng(seed)
    masks = FaceMasks.paint(np.zeros((1, 48, 48), np.float32), mean_landmarks(1)).level("coarse")[0]
    mask = masks[region_names("coarse").index(region)]
    noise = rng.random((count, 48, 48)) * 2 / 48**2
    strength = rng.uniform(0.5, 1.5, (count, 1, 1)) * weight / (1 - weight)
    return (noise + strength * mask / mask.sum()).astype(np.float32)


def answering(labels: list[str | None], wrong: float, seed: int) -> np.ndarray:
    """Probabilities (N, 7) that are right but on a share of the faces."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 0.5, (len(labels), 7))
    for row, label in zip(logits, labels, strict=True):
        code = EMOTIONS.index(label) if label else int(rng.integers(7))
        row[(code + (int(rng.integers(1, 7)) if rng.random() < wrong else 0)) % 7] += 3
    p = np.exp(logits)
    return p / p.sum(axis=1, keepdims=True)
