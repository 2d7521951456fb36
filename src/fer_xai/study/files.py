"""What a study writes: tables, arrays and JSON, each file whole or not at all, and the same bytes each time."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.atomic import write_bytes
from fer_xai.errors import InputError


def write_json(path: Path, value: Any) -> None:
    """Write JSON with sorted, human-readable layout; NaN becomes null."""
    write_bytes(path, json.dumps(_plain(value), indent=1, allow_nan=False).encode())


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a Parquet table."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    write_bytes(path, buffer.getvalue())


def write_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write a compressed ``.npz`` whose bytes depend on the arrays only (`numpy.savez` stamps the time)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.save(entry, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), entry.getvalue(), zipfile.ZIP_DEFLATED)
    write_bytes(path, buffer.getvalue())


def check_folder(path: Path, option: str = "--out") -> None:
    """Make sure, without creating anything, that `path` is or can become a folder that can be written to.

    Raises
    ------
    InputError
        If it is a file, lies below one, or cannot be written.
    """
    nearest = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise InputError(f"{option} {path}: {nearest} is a file; give a folder, new or of an earlier run")
    if not os.access(nearest, os.W_OK):
        raise InputError(f"{option} {path} cannot be written: choose another folder")


def output_folder(path: Path, option: str = "--out") -> Path:
    """Create the folder `path` where it is missing, and make sure that it can be written to.

    Raises
    ------
    InputError
        See `check_folder`.
    """
    check_folder(path, option)
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
