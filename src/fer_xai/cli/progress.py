"""Progress on stderr, with the time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fer_xai.cli.loudness import Loudness, chosen

Track = Callable[[str, int, int], None]


@contextmanager
def bar() -> Iterator[Track]:
    """Yield ``track(what, done, total)``, which moves the bar of `what`; with ``--quiet`` there is none."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    tasks: dict[str, TaskID] = {}
    # A long window, since chunks of faces take turns between cheap and dear methods.
    progress = Progress(
        *columns, console=Console(stderr=True), speed_estimate_period=600, disable=chosen() is Loudness.QUIET
    )

    def track(what: str, done: int, total: int) -> None:
        if what not in tasks:
            # Not before there is something to show: a refusal stays the only line on stderr.
            progress.start()
            tasks[what] = progress.add_task(what, total=total)
        progress.update(tasks[what], completed=done)

    try:
        yield track
    finally:
        if tasks:
            progress.stop()
