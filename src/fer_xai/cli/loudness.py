"""How much a command tells on stderr: nothing but refusals, progress, or everything."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum

from fer_xai.errors import InputError


class Loudness(IntEnum):
    """What goes to stderr beside refusals."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


_chosen = Loudness.NORMAL
_kept: list[str] = []
_accepted: list[Callable[[], object]] = []


def choose(quiet: bool, verbose: bool) -> None:
    """Set what the options of this run ask for."""
    global _chosen
    _kept.clear()
    _accepted.clear()
    _chosen = Loudness.NORMAL
    if quiet and verbose:
        raise InputError("received --quiet and --verbose: give one of them, or none")
    _chosen = Loudness.QUIET if quiet else Loudness.VERBOSE if verbose else Loudness.NORMAL


def chosen() -> Loudness:
    """What this run tells."""
    return _chosen


def remark(line: str) -> None:
    """Print a line that a person may want to know, on stderr; not with ``--quiet``."""
    if _chosen > Loudness.QUIET:
        print(line, file=sys.stderr, flush=True)


def remark_at_the_end(line: str) -> None:
    """Keep a remark until the command has ended well, since a refusal is one line; once, however often it is said."""
    if line not in _kept:
        _kept.append(line)


def when_accepted(action: Callable[[], object]) -> None:
    """Do something once work begins or the command has ended well: what is refused changes nothing."""
    _accepted.append(action)


def say_what_was_kept() -> None:
    """Do what waited until nothing is refused any more, and print the remarks that were kept."""
    while _accepted:
        _accepted.pop(0)()
    while _kept:
        remark(_kept.pop(0))


@contextmanager
def logged_at_the_end(logger: str) -> Iterator[None]:
    """Keep what the library logs as remarks."""
    source, handler = logging.getLogger(logger), _Keeping()
    source.addHandler(handler)
    spreads, source.propagate = source.propagate, False
    try:
        yield
    finally:
        source.removeHandler(handler)
        source.propagate = spreads


class _Keeping(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        remark_at_the_end(record.getMessage())


def detail(line: str) -> None:
    """Print a line for those who look for a fault, on stderr; only with ``--verbose``."""
    if _chosen is Loudness.VERBOSE:
        print(line, file=sys.stderr, flush=True)
