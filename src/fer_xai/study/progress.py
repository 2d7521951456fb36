"""How far a study is, on one line that is written over: for those who watch, and only for them."""

from __future__ import annotations

import sys

WIDTH = 79


def on_one_line(what: str, done: int, total: int) -> None:
    """Tell on stderr how much of something is done, where that is a terminal or a notebook; else say nothing.

    Parameters
    ----------
    what : str
    done, total : int
        The line stays once all is done.
    """
    if not (sys.stderr.isatty() or "ipykernel" in sys.modules):
        return
    told = f"{what}: {done} of {total}"
    sys.stderr.write(f"\r{told[:WIDTH]:<{WIDTH}}" + ("\n" if done >= total else ""))
    sys.stderr.flush()
