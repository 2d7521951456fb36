"""Two batches go through the model at once: where one waits for a slow layer, the other has work for idle cores."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

STREAMS = 2


def two_at_once(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """What `work` makes of each item, in the items' order.

    Items are made on the caller's thread while others are worked on; at most one of them waits. An error of `work`
    is raised where its result would have come.
    """
    running: deque[Future[R]] = deque()
    with ThreadPoolExecutor(STREAMS, thread_name_prefix="fer-xai-stream") as pool:
        for item in items:
            running.append(pool.submit(work, item))
            if len(running) > STREAMS:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
