"""Apply a table of doubtful faces: leave out those that it says to drop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from fer_xai.errors import InputError, first_line
from fer_xai.faces.cleaning.request import digests_of
from fer_xai.faces.faces import Faces

SUGGESTIONS = ("drop", "keep", "look")
_NEEDED = ("face", "pixels", "suggested")
_BLOCK = 1024


def apply_cleaning(faces: Faces, table: pd.DataFrame | str | Path) -> Faces:
    """Leave out the faces that a table says to drop.

    Parameters
    ----------
    faces : Faces
        The data that the table was made for, whole.
    table : DataFrame or path
        What `find_doubtful` gives, perhaps with another mind in its ``suggested``; ``.csv`` or ``.parquet``.

    Returns
    -------
    Faces
        Those of which no row says ``drop``, in their order.

    Raises
    ------
    InputError
        If the table cannot be read, or was made for other data: it names faces that are not there, or whose pixels
        differ.
    """
    said = table if isinstance(table, pd.DataFrame) else read_cleaning(Path(table))
    name = "the cleaning table" if isinstance(table, pd.DataFrame) else str(table)
    _check_columns(said, name)
    places = pd.Series(np.arange(len(faces)), index=faces.table["face"])
    named = said.drop_duplicates("face")
    unknown = named.loc[~named["face"].isin(places.index), "face"]
    if len(unknown):
        raise InputError(
            f"{name} names {len(unknown)} faces that are not in the data, e.g. {unknown.iloc[0]}: "
            "give the whole data that it was made for, or run fer-xai clean on this one"
        )
    index = places[named["face"]].to_numpy()
    _check_pixels(faces, index, named["pixels"].to_numpy(), name)
    dropped = places[said.loc[said["suggested"] == "drop", "face"].unique()].to_numpy()
    keep = np.ones(len(faces), bool)
    keep[dropped] = False
    return faces[keep]


def read_cleaning(path: Path) -> pd.DataFrame:
    """Read a table that ``fer-xai clean`` wrote.

    Raises
    ------
    InputError
        If there is none, or it is no such table.
    """
    try:
        if path.suffix == ".parquet":
            # As objects: texts are decoded here, where what is wrong with them is told.
            return pd.read_parquet(path).astype(object)
        if path.suffix == ".csv":
            return pd.read_csv(path, dtype={"face": str, "pixels": str, "suggested": str}, keep_default_na=False)
    except FileNotFoundError:
        raise InputError(f"no cleaning table at {path}: write one with fer-xai clean --out {path}") from None
    # Damaged tables have pandas and pyarrow raise whatever they like.
    except Exception as error:
        raise InputError(f"{path} cannot be read as a cleaning table: {first_line(error)}") from error
    raise InputError(f"{path} is no cleaning table: expected .csv or .parquet, as fer-xai clean writes them")


def _check_columns(table: pd.DataFrame, name: str) -> None:
    missing = [column for column in _NEEDED if column not in table]
    if missing:
        raise InputError(f"{name} lacks the columns {', '.join(missing)}: expected what fer-xai clean writes")
    for column in _NEEDED:
        if table.columns.tolist().count(column) > 1 or not all(isinstance(said, str) for said in table[column]):
            raise InputError(f"{name}: its column {column} is no column of texts; expected what fer-xai clean writes")
    strange = sorted(set(map(str, table["suggested"])) - set(SUGGESTIONS))
    if strange:
        raise InputError(f"{name} suggests {strange[0]!r} for a face; expected {', '.join(SUGGESTIONS)}")


def _check_pixels(faces: Faces, index: np.ndarray, expected: np.ndarray, name: str) -> None:
    for start in range(0, len(index), _BLOCK):
        some = index[start : start + _BLOCK]
        found = digests_of(faces[some].pixels())
        for place, digest, wanted in zip(some, found, expected[start : start + _BLOCK], strict=True):
            if digest != wanted:
                raise InputError(
                    f"{name} was made for other data: {faces.ids[place]} has other pixels there; "
                    "run fer-xai clean on this data"
                )
