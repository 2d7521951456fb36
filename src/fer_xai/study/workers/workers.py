"""What all kinds of workers have in common."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from fer_xai.classifier import Classifier
from fer_xai.errors import InputError, first_line
from fer_xai.faces import Faces
from fer_xai.study.study import chunk
from fer_xai.study.work import Work

#: Progress: called with (what, done, total).
Track = Callable[[str, int, int], None]


class Workers(Protocol):
    """Explains the chunks of a study."""

    def explain(
        self, work: Work, out: Path, classifier: Classifier, faces: Faces, starts: Sequence[int], track: Track
    ) -> None:
        """Write all pieces of all chunks that the folder does not hold yet.

        Parameters
        ----------
        work : Work
        out : Path
            The study's folder.
        classifier : Classifier
        faces : Faces
            All of the study's.
        starts : sequence of int
            First face of each chunk.
        track : callable
            Called with (what, done, total), `done` and `total` in faces times methods.
        """
        ...


def said(work: Work, faces: Faces) -> str:
    """What is being done, for people."""
    count = len(work.explainers)
    return f"explaining {len(faces)} face{'s' * (len(faces) > 1)} by {count} method{'s' * (count > 1)}"


def begin(
    work: Work, out: Path, faces: Faces, starts: Sequence[int], track: Track
) -> tuple[list[int], Callable[[int], None]]:
    """The chunks that are not done yet, and what to call with the size of each that is; both tell `track`."""
    left = [start for start in starts if not work.is_done(out, start)]
    methods, done = len(work.explainers), len(faces) - sum(len(chunk(faces, start)) for start in left)

    def advance(size: int) -> None:
        nonlocal done
        done += size
        track(said(work, faces), done * methods, len(faces) * methods)

    advance(0)
    return left, advance


def packed(classifier: Classifier, work: Work) -> bytes:
    """A classifier and the work as bytes, for another process.

    Raises
    ------
    InputError
        If the model cannot be handed on.
    """
    try:
        return pickle.dumps((classifier, work))
    # Pickling and Keras's saving raise anything, by what the model holds.
    except Exception as error:
        raise InputError(
            f"{classifier.name} cannot be handed to other processes ({first_line(error)}): leave the workers out"
        ) from error
