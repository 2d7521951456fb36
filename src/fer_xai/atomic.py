"""Writing so that a killed run leaves either the whole file or none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PARTIAL = ".partial"


@contextmanager
def partial_file(path: Path, ending: str = "") -> Iterator[Path]:
    """Another name in the same folder to write under; at the end it gets the name `path`, after an error it is gone.

    `ending` is what the other name ends in, for writers that insist on one. An error of the system names `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}{_PARTIAL}{ending}")
    try:
        yield partial
        os.replace(partial, path)
    except OSError as error:
        # What fails while it is written does not say of which file.
        if error.errno is None or error.filename not in (None, str(partial)):
            raise
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        partial.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write under another name in the same folder, then rename."""
    with partial_file(path) as partial:
        partial.write_bytes(content)


def sweep(folder: Path, name: str = "*", below: bool = True) -> None:
    """Remove what killed runs left half-written of files of a name in a folder; to be called by its only writer."""
    for partial in folder.glob(f"{'**/' if below else ''}.{name}.[0-9]*{_PARTIAL}*"):
        partial.unlink(missing_ok=True)
