"""The machines of a Ray cluster explain (extra ``ray``).

Each actor holds the model. It is handed a chunk's faces and what is written of that chunk already, works in a folder
of its own, and hands back the pieces as they are to lie in the study's folder: the machines need no folder in common,
and only this process writes. What a lost actor had in hand is given to another: nothing is lost or written twice.
"""

from __future__ import annotations

import importlib
import pickle
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fer_xai.atomic import write_bytes
from fer_xai.classifier import Classifier
from fer_xai.errors import InputError, first_line
from fer_xai.faces import Faces
from fer_xai.study.study import chunk
from fer_xai.study.work import Work
from fer_xai.study.workers.workers import Track, begin, packed

_TRIES = 3  # of a chunk, before its loss is thought to be its own fault
Pieces = dict[str, bytes]


@dataclass(frozen=True)
class Ray:
    """Actors on a Ray cluster.

    Parameters
    ----------
    count : int
        How many.
    address : str, optional
        Of the cluster; default: the one that ``RAY_ADDRESS`` names, else this machine.
    gpus : float
        Share of a GPU that each takes; 0 for none.
    """

    count: int
    address: str | None = None
    gpus: float = 0.0

    def explain(
        self, work: Work, out: Path, classifier: Classifier, faces: Faces, starts: Sequence[int], track: Track
    ) -> None:
        """See `fer_xai.study.workers.workers.Workers`.

        Raises
        ------
        InputError
            If Ray is not installed or not reached, the model cannot be handed on, or all workers are lost.
        """
        ray, handed = _ray(), packed(classifier, work)
        left, advance = begin(work, out, faces, starts, track)
        if not left:
            return
        begun_here = not ray.is_initialized()
        if begun_here:
            try:
                ray.init(address=self.address, log_to_driver=False, logging_level="ERROR", include_dashboard=False)
            except (ConnectionError, RuntimeError, ValueError) as error:
                raise InputError(f"no Ray cluster at {self.address or 'this machine'}: {first_line(error)}") from error
        try:
            for size in _Crew(ray, self, handed).explain(out, faces, left):
                advance(size)
        finally:
            if begun_here:
                ray.shutdown()


class _Crew:
    """Actors, and which chunk each has in hand."""

    def __init__(self, ray: Any, asked: Ray, handed: bytes) -> None:
        self.ray = ray
        self.handed = ray.put(handed)
        self.kind = ray.remote(num_cpus=1, num_gpus=asked.gpus)(_Worker)
        self.ready: dict[Any, Any] = {}  # an actor that is opening the model, by what says that it has
        self.busy: dict[Any, tuple[Any, int]] = {}
        for _ in range(asked.count):
            self._begin()

    def _begin(self) -> None:
        actor = self.kind.remote(self.handed)
        self.ready[actor.is_open.remote()] = actor

    def explain(self, out: Path, faces: Faces, left: list[int]) -> Any:
        """Yield the size of each chunk that is written."""
        waiting, lost = list(reversed(left)), dict.fromkeys(left, 0)
        while waiting or self.busy:
            (reference,), _ = self.ray.wait([*self.busy, *self.ready], num_returns=1)
            opened = self.ready.pop(reference, None)
            actor, start = (opened, None) if opened is not None else self.busy.pop(reference)
            try:
                pieces = self.ray.get(reference)
            except self.ray.exceptions.RayActorError as error:
                if start is not None:
                    waiting.append(start)
                    lost[start] += 1
                if max(lost.values()) >= _TRIES or not (self.busy or self.ready or start is not None):
                    raise InputError(f"workers are lost again and again: {first_line(error)}") from error
                self._begin()
                continue
            except self.ray.exceptions.RayTaskError as error:
                raise (error.cause if isinstance(error.cause, InputError) else error) from error
            if start is not None:
                for name, content in pieces.items():
                    write_bytes(out / name, content)
                yield len(chunk(faces, start))
            if waiting:
                start = waiting.pop()
                part = chunk(faces, start)
                self.busy[actor.explain.remote(part, start, _read(out, start))] = (actor, start)


class _Worker:
    """What an actor is: a model, and the work on it."""

    def __init__(self, handed: bytes) -> None:
        self.classifier, self.work = pickle.loads(handed)

    def is_open(self) -> bool:
        """Answers when the model is open."""
        return True

    def explain(self, faces: Faces, start: int, written: Pieces) -> Pieces:
        """The pieces of a chunk that were not written yet."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            for name, content in written.items():
                write_bytes(out / name, content)
            self.work.explain(out, self.classifier, faces, start)
            return {name: content for name, content in _read(out, start).items() if name not in written}


def _read(out: Path, start: int) -> Pieces:
    """What lies in a folder of a chunk, by its path there."""
    found = [*out.glob(f"maps/*/{start:08d}.npz"), *out.glob(f"parts/**/{start:08d}.parquet")]
    kept = [path for path in found if not path.relative_to(out).parts[1].startswith("trust-")]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in kept}


def _ray() -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise InputError("explaining on a Ray cluster needs the extra ray: pip install 'fer-xai[ray]'") from error
