"""Two batches go through the model at once: where one waits for a slow layer, the other has work for idle cores."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

STREAMS = 2


def streams() -> int:
    """`STREAMS`, or one where this process may use a single core, or TensorFlow is held to a single thread."""
    import tensorflow as tf

    held = (
        os.environ.get("TF_NUM_INTRAOP_THREADS") == "1" or tf.config.threading.get_intra_op_parallelism_threads() == 1
    )
    return 1 if held or _cores() == 1 else STREAMS


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def some_at_once(work: Callable[[T], R], items: Iterable[T], streams: int = STREAMS) -> Iterator[R]:
    """What `work` makes of each item, in the items' order.

    Items are made on the caller's thread while others are worked on; at most one of them waits. An error of `work`
    is raised where its result would have come.
    """
    running: deque[Future[R]] = deque()
    with ThreadPoolExecutor(streams, thread_name_prefix="fer-xai-stream") as pool:
        for item in items:
            running.append(pool.submit(work, item))
            if len(running) > streams:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
