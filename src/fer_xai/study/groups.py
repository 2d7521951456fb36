"""The study's table of groups: is it as good for all, and does it look at the same places?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.evaluation.groups import compare_groups, groups_of
from fer_xai.faces import Faces
from fer_xai.facs.atlas import region_names
from fer_xai.holm import holm
from fer_xai.study.files import write_table
from fer_xai.study.profiles import lay_out
from fer_xai.study.study import Study, folder_name
from fer_xai.study.wrong import VOTES, right_or_wrong

# What the library itself says of each face; the split is a group where there are several.
_OURS = ("face", "label", "source", "row")
_LEVEL = "coarse"
_COLUMNS = [
    *("column", "group", "method", "figure", "n", "small", "value", "low", "high", "rest"),
    *("difference", "difference_low", "difference_high", "p", "p_holm", "compared"),
]


def write_groups(study: Study, starts: Sequence[int], faces: Faces) -> None:
    """Write the table ``groups``: accuracy (without a method) and each method's shares of the coarse regions.

    Columns: column (of the faces' table), group, method, figure (accuracy, or a region), and those of
    `compare_groups` with ``p_holm``, corrected by Holm over the groups of all columns: the tests of accuracy among
    themselves, those of a method's regions among themselves. Faces are compared with others of the same label, or
    prediction where unlabelled.
    """
    predictions = study.table("predictions")
    strata = list(predictions["label"].fillna(predictions["predicted"]))
    measured = {"": right_or_wrong(predictions)} | _shares(study, starts, pd.Index(predictions["face"]))
    tables = []
    for column in faces.table:
        groups = None if _known(str(column)) else groups_of(faces.table[column])
        if groups is None:
            continue
        for method, figures in measured.items():
            compared = compare_groups(groups, figures, strata)
            tables.append(compared.assign(column=str(column), method=method))
    found = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=_COLUMNS)
    if tables:
        found["p_holm"] = _corrected(found)
    write_table(study.path / "groups.parquet", found[_COLUMNS])


def _corrected(rows: pd.DataFrame) -> pd.Series:
    """Holm's correction within each method; the two groups of a column that has only two are one test, not two."""
    of_column = rows.groupby(["column", "method", "figure"], sort=False)
    again = (of_column["p"].transform("size") == 2) & (of_column.cumcount() == 1)
    corrected = rows["p"].mask(again).groupby(rows["method"]).transform(lambda p: holm(p.to_numpy(np.float64)))
    first = corrected.groupby([rows["column"], rows["method"], rows["figure"]], sort=False).transform("first")
    return corrected.where(~again, first)


def _known(column: str) -> bool:
    return column in _OURS or column.startswith(VOTES)


def _shares(study: Study, starts: Sequence[int], faces: pd.Index) -> dict[str, pd.DataFrame]:
    """Each method's share of positive mass in each coarse region, (N, R)."""
    names, only = region_names(_LEVEL), {"level": _LEVEL}
    found = {}
    for method in study.methods:
        part = f"regions/{folder_name(method)}"
        share = lay_out(study.path, part, starts, faces, "region", names, ("share",), only)["share"]
        found[method] = pd.DataFrame(share, columns=names)
    return found
