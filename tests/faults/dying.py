"""Runs in processes of their own, which the system kills: at a chosen write, or from outside at any moment.

They are forked by a server that has loaded the library and computed nothing, so that a run starts in no time.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOMENTS = ("before", "halfway", "unnamed", "after")
# Runs this small only wait for each other's threads, where several share the cores.
os.environ |= {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.faults.runs"])


def start(work: Callable[..., Any], *arguments: Any) -> Any:
    """Start a run of a function that a child can find by its name."""
    process = _SERVER.Process(target=_quietly, args=(work, *arguments), daemon=True)
    process.start()
    return process


def die(work: Callable[..., Any], *arguments: Any, write: int, moment: str) -> bool:
    """Run, and be killed at the `write`-th write: before it, halfway, before it gets its name, or after.

    Returns whether it came to that; a run with fewer writes ends well.
    """
    process = start(_dying, write, moment, work, *arguments)
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL), f"ended by itself with {process.exitcode}"
    return process.exitcode != 0


def _dying(write: int, moment: str, work: Callable[..., Any], *arguments: Any) -> None:
    """Every file of the library gets its name by `os.replace`: that is where writes are counted."""
    replace, write_whole, seen = os.replace, Path.write_bytes, [0]

    def counted(source: Any, target: Any, **more: Any) -> None:
        seen[0] += 1
        if seen[0] == write and moment == "unnamed":
            _kill()
        replace(source, target, **more)
        if seen[0] == write and moment == "after":
            _kill()

    def halved(path: Path, content: bytes) -> int:
        if seen[0] + 1 == write and moment in ("before", "halfway"):
            if moment == "halfway":
                write_whole(path, content[: len(content) // 2])
            _kill()
        return write_whole(path, content)

    os.replace, Path.write_bytes = counted, halved  # type: ignore[assignment, method-assign]
    work(*arguments)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _quietly(work: Callable[..., Any], *arguments: Any) -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    work(*arguments)
