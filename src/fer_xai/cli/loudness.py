"""How much a command tells on stderr: nothing but refusals, progress, or everything."""

from __future__ import annotations

import sys
from enum import IntEnum

from fer_xai.errors import InputError


class Loudness(IntEnum):
    """What goes to stderr beside refusals."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


_chosen = Loudness.NORMAL


def choose(quiet: bool, verbose: bool) -> None:
    """Set what the options of this run ask for."""
    global _chosen
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


def detail(line: str) -> None:
    """Print a line for those who look for a fault, on stderr; only with ``--verbose``."""
    if _chosen is Loudness.VERBOSE:
        print(line, file=sys.stderr, flush=True)
