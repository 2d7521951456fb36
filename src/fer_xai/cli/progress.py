"""Progress on stderr, with the time left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fer_xai.cli.loudness import Loudness, chosen, remark, say_what_was_kept

Track = Callable[[str, int, int], None]
NOW = ", now "  # what follows is the part of the work that is in hand
LINE_EVERY = 10.0  # seconds


@contextmanager
def bar() -> Iterator[Track]:
    """Yield ``track(what, done, total)``, which moves the bar of `what`; with ``--quiet`` there is none.

    What follows `NOW` in `what` may change on the way. When work begins, nothing will be refused any more, so that
    remarks which were kept for the end are made: they may be a reason to stop.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _in_lines()
        return
    tasks: dict[str, TaskID] = {}
    # A long window, since chunks of faces take turns between cheap and dear methods.
    progress = Progress(*columns, console=console, speed_estimate_period=600, disable=chosen() is Loudness.QUIET)

    def track(what: str, done: int, total: int) -> None:
        work = what.partition(NOW)[0]
        if work not in tasks:
            # Not before there is something to show: a refusal stays the only line on stderr.
            say_what_was_kept()
            progress.start()
            tasks[work] = progress.add_task(what, total=total)
        progress.update(tasks[work], completed=done, description=what)

    try:
        yield track
    finally:
        if tasks:
            progress.stop()


@contextmanager
def spinning(what: str) -> Iterator[None]:
    """Show on a terminal that something is being done, and nothing of it once that is over."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal or chosen() is Loudness.QUIET:
        yield
        return
    with console.status(what):
        yield


def _in_lines() -> Track:
    """A line when something begins and ends, and now and then between, for a log that somebody reads later."""
    told: dict[str, float] = {}

    def track(what: str, done: int, total: int) -> None:
        say_what_was_kept()
        moment, (work, now, part) = time.monotonic(), what.partition(NOW)
        if work not in told or done == total or moment - told[work] >= LINE_EVERY:
            told[work] = moment
            remark(f"{work}: {done} of {total}{now}{part}")

    return track
