"""Several processes of this machine explain, each with its share of the cores."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fer_xai.classifier import Classifier
from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.study.study import chunk
from fer_xai.study.work import Work
from fer_xai.study.workers.workers import Track, begin, packed

_THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
_opened: dict[str, Any] = {}  # of a worker: what it was handed when it began


@dataclass(frozen=True)
class Processes:
    """Processes on this machine, which write into the study's folder themselves.

    Parameters
    ----------
    count : int
        How many. Each holds a model of its own, and as many threads as leave the others theirs.
    """

    count: int

    def explain(
        self, work: Work, out: Path, classifier: Classifier, faces: Faces, starts: Sequence[int], track: Track
    ) -> None:
        """See `fer_xai.study.workers.workers.Workers`.

        Raises
        ------
        InputError
            If the model cannot be handed on, or a process is gone.
        """
        handed = packed(classifier, work)
        left, advance = begin(work, out, faces, starts, track)
        with _pool(min(self.count, max(len(left), 1)), handed, out) as (pool, heard):
            futures: dict[Future[int], int] = {}
            with _hearing(heard):
                for start in left:
                    futures[pool.submit(_explain, chunk(faces, start), start)] = start
            try:
                for future in as_completed(futures):
                    advance(future.result())
            except BrokenProcessPool as error:
                raise InputError(
                    f"a worker was ended from outside{_last(heard)}; what is written stays: give the same command "
                    "again, with fewer workers if memory ran out"
                ) from error


@contextlib.contextmanager
def _pool(count: int, handed: bytes, out: Path) -> Iterator[tuple[ProcessPoolExecutor, IO[bytes]]]:
    """A pool whose processes end with the block, however it is left."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryFile() as heard, _threads(count):
        pool = ProcessPoolExecutor(count, mp_context=context, initializer=_open, initargs=(handed, str(out)))
        try:
            yield pool, heard
        finally:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    """What processes begun in the block take for their number of threads."""
    share = str(max((os.cpu_count() or 1) // count, 1))
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update({name: share for name in _THREADS if before[name] is None})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)


@contextlib.contextmanager
def _hearing(heard: IO[bytes]) -> Iterator[None]:
    """Processes begun in the block write their stderr into a file: TensorFlow greets in each."""
    sys.stderr.flush()
    kept = os.dup(2)
    os.dup2(heard.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _last(heard: IO[bytes]) -> str:
    heard.seek(0)
    lines = heard.read()[-2000:].decode(errors="replace").strip().splitlines()
    return f" (it said last: {lines[-1]})" if lines else ""


def _open(handed: bytes, out: str) -> None:
    # Ctrl-C reaches all processes of a terminal; the one that began them ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    classifier, work = pickle.loads(handed)
    _opened.update(classifier=classifier, work=work, out=Path(out))


def _explain(faces: Faces, start: int) -> int:
    """Explain a chunk in a worker; how many faces it has."""
    _opened["work"].explain(_opened["out"], _opened["classifier"], faces, start)
    return len(faces)
