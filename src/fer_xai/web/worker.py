"""One thread that runs the models, and a bounded queue in front of it.

A model's traced programs and the face detector's interpreters must not be shared between threads, and two explanations
at once would only slow each other down: so everything that touches them runs here, one call after the other.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

from fer_xai.web.problems import Problem

T = TypeVar("T")
_Entry = tuple[bool, int, "Future[Any]", Callable[[], Any]]


class Worker:
    """Runs calls one after the other, predictions before explanations.

    Parameters
    ----------
    places : int
        How many requests may hold a place at once.
    """

    def __init__(self, places: int) -> None:
        self.places = places
        self._free = threading.BoundedSemaphore(places)
        self._held = 0
        self._count = threading.Lock()
        self._calls: queue.PriorityQueue[_Entry] = queue.PriorityQueue()
        self._order = itertools.count()
        self._thread = threading.Thread(target=self._work, name="fer-xai models", daemon=True)
        self._thread.start()

    @property
    def held(self) -> int:
        """Places that are taken."""
        return self._held

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for as long as a request takes, from before its picture is decoded.

        Raises
        ------
        Problem
            ``busy``, at once, where all places are taken.
        """
        if not self._free.acquire(blocking=False):
            raise Problem("busy", f"{self.places} requests are waiting already: try again in a few seconds")
        try:
            self._add(1)
            yield
        finally:
            self._add(-1)
            self._free.release()

    def run(self, call: Callable[[], T], seconds: float, urgent: bool = False) -> T:
        """Run `call` in the thread and wait for its result.

        Parameters
        ----------
        seconds : float
            How long to wait. A call that has not begun by then never will; one that has begun goes on, since a thread
            cannot be stopped, and its result is thrown away.
        urgent : bool
            Go before the calls that are not.

        Raises
        ------
        Problem
            ``busy`` where the call did not begin in time, ``too_slow`` where it did not end in time.
        """
        future: Future[T] = Future()
        self._calls.put((not urgent, next(self._order), future, call))
        try:
            return future.result(timeout=seconds)
        except TimeoutError:
            if future.done() and not future.cancelled():
                raise
            if future.cancel():
                raise Problem("busy", f"the queue did not reach this request in {seconds:g} s: try again") from None
            raise Problem("too_slow", f"no answer in {seconds:g} s: take a quicker method or fewer samples") from None

    def _add(self, number: int) -> None:
        with self._count:
            self._held += number

    def _work(self) -> None:
        while True:
            _, _, future, call = self._calls.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except BaseException as error:  # whatever happened is the request's to tell; the thread must live on
                future.set_exception(error)
            del future, call  # or the last photo would stay in memory until the next request
