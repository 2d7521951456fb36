"""A method's profiles, laid out from the chunks' tables: arrays of faces × regions or masks, not tables of all rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from fer_xai.emotions import canonical
from fer_xai.facs import Codebook, RegionProfile
from fer_xai.facs.atlas import region_names
from fer_xai.study import chunks


@dataclass(frozen=True)
class Told:
    """What all methods share: the study's faces, and what is said of them.

    Attributes
    ----------
    faces : Index of str (N,)
        Their names, in the study's order.
    emotions : ndarray of object (N,)
        The emotion each face counts for: its label, its predicted emotion where unlabelled.
    right : ndarray of float (N,)
        1 where the answer is the label, 0 where it is not, NaN on unlabelled faces.
    """

    faces: pd.Index
    emotions: np.ndarray
    right: np.ndarray

    @classmethod
    def of(cls, predictions: pd.DataFrame) -> Told:
        """Of the table ``predictions``."""
        emotions = predictions["label"].fillna(predictions["predicted"]).to_numpy(object)
        right = predictions["correct"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
        return cls(pd.Index(predictions["face"]), emotions, right)


def region_profiles(
    out: Path, part: str, starts: Sequence[int], told: Told, values: Sequence[str] = ("share",), level: str = "fine"
) -> Iterator[RegionProfile]:
    """A method's profile over the regions of a level, one for each of `values`: its positive or negative shares."""
    names = region_names(level)
    laid = lay_out(out, f"regions/{part}", starts, told.faces, "region", names, (*values, "area"), {"level": level})
    emotions = tuple(canonical(e) if isinstance(e, str) else None for e in told.emotions)
    for value in values:
        yield RegionProfile(laid[value], laid["area"], emotions, names, tuple(told.faces), right=told.right)


def mask_profiles(
    out: Path, part: str, starts: Sequence[int], told: Told, book: Codebook
) -> tuple[np.ndarray, np.ndarray]:
    """Mass and area (N, masks) of a method's maps inside a codebook's masks."""
    only = {"codebook": book.name}
    laid = lay_out(out, f"profiles/{part}", starts, told.faces, "mask", book.emotions, ("mass", "area"), only)
    return laid["mass"], laid["area"]


def lay_out(
    out: Path,
    part: str,
    starts: Sequence[int],
    faces: pd.Index,
    column: str,
    names: Sequence[str],
    values: Sequence[str],
    only: dict[str, str],
) -> dict[str, np.ndarray]:
    """Lay the rows of a part's chunks out as tables of faces × names.

    Parameters
    ----------
    part : str
        The chunks' table, e.g. ``regions/gradcam``.
    faces : Index of str (N,)
        The tables' rows.
    column, names
        Which column names the tables' columns, and their order; rows of other names are left out.
    values : sequence of str
        Columns of numbers: a table (N, names) of float64 each, NaN where there is no row.
    only : dict of str to str
        What other columns must say.
    """
    import pyarrow.dataset as ds

    tables = {value: np.full((len(faces), len(names)), np.nan) for value in values}
    columns, kept = pd.Index(names), None
    for other, said in only.items():
        kept = ds.field(other) == said
    source = ds.dataset([str(chunks.table(out, part, start)) for start in starts], format="parquet")
    for batch in source.to_batches(columns=["face", column, *values], filter=kept):
        row, place = _places(batch.column("face"), faces), _places(batch.column(column), columns)
        known = (row >= 0) & (place >= 0)
        for value, table in tables.items():
            numbers = batch.column(value).to_numpy(zero_copy_only=False)
            table[row[known], place[known]] = numbers[known]
    return tables


def _places(column: object, index: pd.Index) -> np.ndarray:
    """Where each of a column's words stands in an index; −1 where it does not."""
    encoded = column.dictionary_encode()  # type: ignore[attr-defined]
    return index.get_indexer(encoded.dictionary.to_pylist())[encoded.indices.to_numpy()]
