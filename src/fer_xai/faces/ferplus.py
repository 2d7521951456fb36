"""FER+ votes: ten people's labels for each row of FER2013 (Barsoum et al. 2016)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from fer_xai.emotions import FERPLUS
from fer_xai.errors import InputError, first_line
from fer_xai.faces.faces import Faces

_VOTES = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF")


def relabel(faces: Faces, votes: Path) -> Faces:
    """Give FER2013 faces the majority label of their FER+ votes.

    Rows are joined by position in FER2013, since the image names in the votes file do not fit every copy. Faces
    whose majority is *unknown* or *not a face*, or where the two strongest tie, are dropped.

    Parameters
    ----------
    faces : Faces
        With a ``row`` column: the position in FER2013.
    votes : Path
        ``fer2013new.csv``.

    Raises
    ------
    InputError
        If the file lacks columns or rows, or the faces do not know their row.
    """
    counts = votes_of(faces, votes).to_numpy()
    winner, ordered = counts.argmax(axis=1), np.sort(counts, axis=1)
    clear = (ordered[:, -1] > ordered[:, -2]) & (winner < len(FERPLUS))
    labels = np.array([*FERPLUS, None, None], dtype=object)[winner]
    return Faces(faces._store, faces.table.assign(label=labels), faces._rows, faces.skipped)[clear]


def votes_of(faces: Faces, votes: Path) -> pd.DataFrame:
    """The votes of each face: one column per answer, ``unknown`` and ``NF`` (not a face) last.

    Parameters
    ----------
    faces : Faces
        With a ``row`` column: the position in FER2013.
    votes : Path
        ``fer2013new.csv``.

    Raises
    ------
    InputError
        If the file lacks columns or rows, or the faces do not know their row.
    """
    table = _read(votes)
    if "row" not in faces.table or faces.table["row"].isna().any():
        raise InputError(
            "FER+ votes are joined by row of FER2013, which these faces do not tell: give the CSV or .npz, "
            "or pictures named like Training_12.png"
        )
    rows = faces.table["row"].to_numpy(dtype=np.int64)
    if rows.max() >= len(table):
        raise InputError(
            f"{votes} has {len(table)} rows, but the faces go up to row {rows.max()}: not the same FER2013"
        )
    return table[list(_VOTES)].iloc[rows].reset_index(drop=True)


def _read(votes: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(votes)
    except FileNotFoundError:
        raise InputError(f"no FER+ votes at {votes}") from None
    # Damaged text has pandas raise whatever it likes.
    except Exception as error:
        raise InputError(f"{votes} cannot be read as FER+ votes: {first_line(error)}") from error
    missing = [name for name in _VOTES if name not in table]
    if missing:
        raise InputError(f"{votes} lacks the columns {', '.join(missing)}: expected FER+'s fer2013new.csv")
    for name in _VOTES:
        counts = pd.to_numeric(table[name], errors="coerce")
        bad = ~np.isfinite(counts.to_numpy(float)) | (counts < 0)
        if bad.any():
            row = int(bad.to_numpy().argmax())
            said = str(table[name].iloc[row])
            raise InputError(f"{votes}, row {row}: {name} is {said!r}; expected a number of votes")
        table[name] = counts
    return table
