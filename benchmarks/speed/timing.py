"""Times of several jobs in one run, taken in turns, so that what the machine does besides falls on all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np

Job = Callable[[], object]


def in_turns(jobs: Mapping[str, Job], repeats: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Seconds of each job, (repeats,): each runs once to warm up, then all run in a new order every time."""
    for job in jobs.values():
        job()
    rng, names = np.random.default_rng(seed), list(jobs)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(repeats):
        for name in rng.permutation(names):
            started = time.perf_counter()
            jobs[name]()
            seconds[name].append(time.perf_counter() - started)
    return {name: np.array(values) for name, values in seconds.items()}


def ratio(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Ratio of the medians."""
    return float(np.median(ours) / np.median(theirs))
