"""What the data says of each face beside pixels and label: age, gender, source, anything; groups are told by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.errors import InputError, first_line

_OURS = ("face", "label", "split", "source", "row")
BESIDE = "metadata.csv"
_FILE = "file_name"


def further_columns(table: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """The columns of some data that are not `known`; one named like the library's own becomes ``given_…``.

    Nameless columns, such as the row numbers that pandas writes, are left out.
    """
    names = [str(name) for name in table if str(name).strip() and not str(name).lower().startswith("unnamed:")]
    wanted = [name for name in names if name not in set(known)]
    return {f"given_{name}" if name in _OURS else name: table[name] for name in wanted}


def refuse_twins(table: pd.DataFrame, path: Path) -> None:
    """Refuse a table with two columns of one name."""
    twins = table.columns[table.columns.duplicated()]
    if len(twins):
        raise InputError(f"{path} has the column {twins[0]} twice: keep one")


def columns_beside(root: Path, files: Iterable[str]) -> dict[str, list[str]]:
    """What a folder's ``metadata.csv`` says of its pictures, "" where nothing; no columns without that file.

    Parameters
    ----------
    root : Path
    files : iterable of str
        Paths of the pictures below it, as in the column ``file_name``.

    Raises
    ------
    InputError
        If it cannot be read, lacks ``file_name``, or names a picture twice.

    References
    ----------
    The form is that of Hugging Face's ImageFolder.
    """
    path = root / BESIDE
    if not path.is_file():
        return {}
    try:
        told = pd.read_csv(path, dtype=str, keep_default_na=False)
    # Damaged text has pandas raise whatever it likes.
    except Exception as error:
        raise InputError(f"{path} cannot be read as CSV: {first_line(error)}") from error
    told.columns = [str(name).strip().lower() for name in told.columns]
    refuse_twins(told, path)
    if _FILE not in told:
        raise InputError(f"{path} has the columns {', '.join(told.columns)}; expected {_FILE} and others")
    if told[_FILE].duplicated().any():
        raise InputError(f"{path} names {told.loc[told[_FILE].duplicated(), _FILE].iloc[0]} twice: keep one row each")
    laid = told.set_index(_FILE).reindex(list(files), fill_value="")
    return {name: list(values) for name, values in further_columns(laid, ()).items()}


def columns_in_archive(archive: Any, known: Iterable[str], count: int) -> dict[str, np.ndarray]:
    """Arrays of an ``.npz`` with one number or text per face; objects, which are refused, are left out."""
    found = {}
    for name in archive.files:
        try:
            array = np.asarray(archive[name])
        except ValueError:
            continue
        if array.shape == (count,) and array.dtype.kind in "biufU":
            found[name] = array
    return further_columns(found, known)
