"""What a study writes: tables, arrays and JSON, each file whole or not at all, and the same bytes each time."""

from __future__ import annotations

import errno
import io
import json
import os
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.atomic import write_bytes
from fer_xai.errors import InputError
from fer_xai.study.signing import holds, sign

# What readers of tables and archives raise on a spoiled file.
SPOILED = (ValueError, KeyError, OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)


def write_json(path: Path, value: Any) -> None:
    """Write JSON with sorted, human-readable layout; NaN becomes null."""
    write_bytes(path, json.dumps(_plain(value), indent=1, allow_nan=False).encode())


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a Parquet table that carries its own digest."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    write_bytes(path, sign(buffer.getvalue()))


def write_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write a compressed ``.npz`` whose bytes depend on the arrays only (`numpy.savez` stamps the time)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.save(entry, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), entry.getvalue(), zipfile.ZIP_DEFLATED)
    write_bytes(path, buffer.getvalue())


def read_object(path: Path) -> dict[str, Any]:
    """Read what `write_json` wrote of a dictionary; a damaged file is an `InputError` that names it."""
    try:
        value = json.loads(path.read_text())
    except ValueError as error:
        raise InputError(f"{path} is damaged ({error}): delete {path.parent}, or give another folder") from error
    if not isinstance(value, dict):
        raise InputError(f"{path} is damaged (no JSON object): delete {path.parent}, or give another folder")
    return value


def read_table(path: Path) -> pd.DataFrame:
    """Read what `write_table` wrote; a damaged file is an `InputError` that names it."""
    with _named(path):
        content = path.read_bytes()
        if holds(content) is False:
            raise ValueError("its checksum differs")
        # Tables too large to be signed whole have a checksum for each page.
        return pd.read_parquet(io.BytesIO(content), page_checksum_verification=True)


def read_rows(path: Path, only: dict[str, Collection[Any]], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read those rows of a table whose columns hold one of the values given for them, a row group at a time."""
    import pyarrow.dataset as ds

    checked = ds.ParquetFileFormat(
        default_fragment_scan_options=ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    )
    wanted = None
    for column, values in only.items():
        held = ds.field(column).isin(list(values))
        wanted = held if wanted is None else wanted & held
    with _named(path):
        if not path.is_file():
            raise FileNotFoundError(path)
        found = ds.dataset(str(path), format=checked).to_table(filter=wanted, columns=columns and list(columns))
        return found.to_pandas()


def read_groups(path: Path, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """Read a table one row group after the other."""
    import pyarrow.parquet as pq

    with _named(path), pq.ParquetFile(path, page_checksum_verification=True) as opened:
        chosen = columns and list(columns)
        for number in range(opened.num_row_groups):
            yield opened.read_row_group(number, columns=chosen).to_pandas()
        if not opened.num_row_groups:  # without rows it still has columns
            yield opened.read(columns=chosen).to_pandas()


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read what `write_arrays` wrote; a damaged or missing file is an `InputError` that names it."""
    # Opened here: numpy leaves a file open that it cannot read.
    with _named(path), path.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
        return dict(stored)


def check_table(path: Path) -> None:
    """Compare what `write_table` wrote with its digest; what has none, of an older version, is read.

    Raises
    ------
    InputError
        If it is damaged or missing.
    """
    with _named(path):
        holding = holds(path.read_bytes())
        if holding is False:
            raise ValueError("its checksum differs")
    if holding is None:
        read_table(path)


def check_arrays(path: Path) -> None:
    """Compare what `write_arrays` wrote with its checksums, without making arrays of it.

    Raises
    ------
    InputError
        If it is damaged or missing.
    """
    with _named(path), zipfile.ZipFile(path) as archive:
        if archive.testzip() is not None:
            raise zipfile.BadZipFile("its checksum differs")


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Whatever a reader says of a spoiled file, in one line; the system's own refusals stay as they are."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"{path} is missing: give the command that wrote it again, which makes it anew") from error
    except SPOILED as error:
        # Too many open files, or no permission, say nothing about what the file holds.
        if isinstance(error, OSError) and error.errno not in (None, errno.EIO, errno.EINVAL):
            raise
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"{path} is damaged ({said}): give the command that wrote it again, which makes it anew"
        ) from error


_NAMED_AS_FILES = (".html", ".htm", ".pdf", ".png", ".svg", ".csv", ".json", ".parquet", ".npz", ".zip")


def check_folder(path: Path, option: str = "--out", own: tuple[str, ...] = ()) -> None:
    """Make sure, without creating anything, that `path` is or can become a folder that can be written to.

    Parameters
    ----------
    path : Path
    option : str
        What it was given as.
    own : tuple of str
        Patterns by which a folder of an earlier run is known; without any, what lies there does not matter.

    Raises
    ------
    InputError
        If it is a file, lies below one, cannot be written, or holds what is not ours.
    """
    nearest = next(place for place in (path, *path.absolute().parents) if place.exists())
    if path != nearest and path.suffix.lower() in _NAMED_AS_FILES:
        raise InputError(f"{option} {path} is named as a file: give a folder's name, for there will be several files")
    if not nearest.is_dir():
        raise InputError(f"{option} {path}: {nearest} is a file; give a folder, new or of an earlier run")
    if not os.access(nearest, os.W_OK):
        raise InputError(f"{option} {path} cannot be written: choose another folder")
    there = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith(".")) if path.is_dir() else []
    if own and there and not any(next(path.glob(pattern), None) for pattern in own):
        held = ", ".join(there[:3]) + (" …" if len(there) > 3 else "")
        raise InputError(f"{option} {path} holds other things ({held}): give a new folder, or one of an earlier run")


def output_folder(path: Path, option: str = "--out", own: tuple[str, ...] = ()) -> Path:
    """Create the folder `path` where it is missing, and make sure that it can be written to.

    Raises
    ------
    InputError
        See `check_folder`.
    """
    check_folder(path, option, own)
    probe = path / f".{os.getpid()}.probe"
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(f"{option} {path} cannot be written ({error.strerror}): choose another folder") from error
    return path


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
