"""This process explains, one chunk after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fer_xai.classifier import Classifier
from fer_xai.faces import Faces
from fer_xai.study.study import chunk
from fer_xai.study.work import Work
from fer_xai.study.workers.workers import Track, said


@dataclass(frozen=True)
class Here:
    """This process."""

    def explain(
        self, work: Work, out: Path, classifier: Classifier, faces: Faces, starts: Sequence[int], track: Track
    ) -> None:
        """See `fer_xai.study.workers.workers.Workers`."""
        what, total = said(work, faces), len(faces) * len(work.explainers)
        for start in starts:
            part, begun = chunk(faces, start), 0

            def tell(method: str, start: int = start, size: int = len(part)) -> None:
                nonlocal begun
                track(f"{what}, now {method}", start * len(work.explainers) + begun * size, total)
                begun += 1

            work.explain(out, classifier, part, start, tell)
        track(what, total, total)
