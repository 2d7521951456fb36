"""What a study does with a chunk of its faces: whoever does it, here or elsewhere, writes the same pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer_xai.api import run_explainer
from fer_xai.classifier import Classifier
from fer_xai.engine import answers, calm_blas
from fer_xai.explainers import Explainer
from fer_xai.explainers.registry import full_name
from fer_xai.explainers.target import Target
from fer_xai.faces import Faces
from fer_xai.faces.landmarks import Landmarks, find_landmarks
from fer_xai.facs import Codebook, FaceMasks
from fer_xai.study import blind, causal, chunks, contrasts, occluders, sampling, tables
from fer_xai.study.files import write_arrays
from fer_xai.study.study import folder_name


@dataclass(frozen=True)
class Work:
    """What is asked of every chunk; with a classifier and faces it is all that a worker needs.

    Attributes
    ----------
    explainers : tuple of Explainer
    target : str
    books : tuple of Codebook
    seed : int
    """

    explainers: tuple[Explainer, ...]
    target: Target
    books: tuple[Codebook, ...]
    seed: int

    def explain(
        self,
        out: Path,
        classifier: Classifier,
        faces: Faces,
        start: int,
        tell: Callable[[str], None] = lambda method: None,
    ) -> None:
        """Write what the folder does not hold yet of a chunk.

        Parameters
        ----------
        out : Path
        classifier : Classifier
        faces : Faces
            Of the chunk.
        start : int
            The chunk's first face in the study.
        tell : callable
            Called with each method before it is run.
        """
        with calm_blas(classifier):
            self._explain(out, classifier, faces, start, tell)

    def _explain(
        self, out: Path, classifier: Classifier, faces: Faces, start: int, tell: Callable[[str], None]
    ) -> None:
        probabilities = answers(classifier, faces)
        landmarks, masks = _prepare(out, classifier.emotions, faces, start, probabilities)
        occluders.write_occluders(out, start, faces, masks)
        blind.write_blind(out, start, classifier, faces, masks, self.books)
        causal.write_ablation(out, start, classifier, faces, masks, self.seed)
        contrasts.write_contrasts(out, start, classifier, faces, masks, self.seed)
        for explainer in self.explainers:
            tell(full_name(explainer))
            if not _explained(out, full_name(explainer), start):
                explanation = run_explainer(
                    classifier, faces, explainer, self.target, self.seed, landmarks, probabilities
                )
                arrays = {"attributions": explanation.attributions}
                if explanation.segments is not None:
                    arrays["segments"] = explanation.segments.astype(np.int16)
                write_arrays(chunks.arrays(out, folder_name(explanation.method), start), **arrays)
                causal.write_region_values(out, start, explanation)
                sampling.write_sampling(out, start, explanation)
                tables.write_measures(out, start, explanation, masks, self.books)

    def is_done(self, out: Path, start: int) -> bool:
        """Whether `explain` has nothing left to write of a chunk."""
        names = ("predictions", "landmarks", "occluders", "ablation", "contrasts")
        return (
            chunks.arrays(out, "faces", start).exists()
            and all(chunks.table(out, name, start).exists() for name in names)
            and all(tables.measured(out, start, folder_name(name)) for name in blind.BLIND)
            and all(_explained(out, full_name(explainer), start) for explainer in self.explainers)
        )


def _prepare(
    out: Path, emotions: tuple[str, ...], faces: Faces, start: int, probabilities: np.ndarray
) -> tuple[Landmarks, FaceMasks]:
    """What all methods share on a chunk."""
    path = chunks.arrays(out, "faces", start)
    if not path.exists():
        found = find_landmarks(faces.pixels())
        source = np.array(found.source, "U")
        write_arrays(path, pixels=faces.pixels(), points=found.points, scores=found.scores, source=source)
    with np.load(path, allow_pickle=False) as stored:
        landmarks = Landmarks(stored["points"], stored["scores"], tuple(map(str, stored["source"])))
    if not all(chunks.table(out, name, start).exists() for name in ("predictions", "landmarks")):
        tables.write_predictions(out, start, emotions, faces, probabilities, landmarks)
    return landmarks, FaceMasks.paint(faces, landmarks)


def _explained(out: Path, method: str, start: int) -> bool:
    """Whether a chunk's maps of a method and all that was measured on them are there."""
    valued = method != contrasts.METHOD or chunks.table(out, "region_values", start).exists()
    maps = chunks.arrays(out, folder_name(method), start)
    return valued and maps.exists() and tables.measured(out, start, folder_name(method))
