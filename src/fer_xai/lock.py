"""One writer at a time: the second run in a place is told so; a killed one leaves nothing that blocks the next."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fer_xai.errors import InputError

# File systems that know no locks; a run there goes without.
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


@contextmanager
def only_writer(lock: Path, place: Path) -> Iterator[None]:
    """Be the only run that writes to a place, until the end of the block.

    The system lets go of the lock when the process ends, however it ends: a file that a killed run left behind does
    not block. Where the system or the file system knows no such locks (Windows), nothing is locked.

    Parameters
    ----------
    lock : Path
        The file that is locked; it is made for the time of the block.
    place : Path
        What is written, for the refusal.

    Raises
    ------
    InputError
        If another run writes there.
    """
    held = _locked(lock, place)
    try:
        yield
    finally:
        if held is not None:
            # While it is still held: whoever waits for the name finds a file of their own.
            lock.unlink(missing_ok=True)
            os.close(held)


def _locked(lock: Path, place: Path) -> int | None:
    try:
        import fcntl
    except ImportError:
        return None
    lock.parent.mkdir(parents=True, exist_ok=True)
    while True:
        held = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                os.close(held)
                lock.unlink(missing_ok=True)
                return None
            other = os.read(held, 20).decode(errors="replace").strip()
            os.close(held)
            if isinstance(error, BlockingIOError):
                who = f" (process {other})" if other else ""
                raise InputError(
                    f"{place} is being written by another run{who}: wait until it ends, or give another --out"
                ) from error
            raise
        if _is_named(held, lock):
            os.truncate(held, 0)
            os.write(held, str(os.getpid()).encode())
            return held
        # The run before let go and took its file away between our two steps.
        os.close(held)


def _is_named(held: int, lock: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(held), lock.stat())
    return False
