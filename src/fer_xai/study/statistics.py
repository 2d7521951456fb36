"""The study's statistics, method by method, so that no more than one method's profiles are in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.faces.landmarks import OWN
from fer_xai.facs import Codebook
from fer_xai.facs.against import against_of
from fer_xai.facs.own_codebook import own_codebooks_of
from fer_xai.facs.separability import separability_of
from fer_xai.facs.significance import significance_of
from fer_xai.study.cells import read_cells
from fer_xai.study.files import write_table
from fer_xai.study.profiles import Told, mask_profiles, region_profiles
from fer_xai.study.specificities import MaskProfile, specificities, split_faces
from fer_xai.study.study import Study, folder_name

_S = ["method", "codebook", "split", "value", "low", "high", "p", "n", "emotions", "left_out"]
_TOLD = ["method", "split", "value", "low", "high", "chance", "p", "n", "emotions", "left_out"]


def splits_of(told: Told, landmarks: pd.DataFrame) -> dict[str, np.ndarray]:
    """See `split_faces`."""
    return split_faces(told.emotions, told.right, landmarks["landmarks"].isin(OWN).to_numpy())


def write_region_statistics(study: Study, starts: Sequence[int], told: Told, splits: dict[str, np.ndarray]) -> None:
    """Write the tables of the fine regions.

    ``separability``, ``own_regions``, ``own_units``, ``own_correlations``, ``significance``, ``against``: see
    `separability_table`, `own_codebook_table`, `significance_table` and `against_table` in `fer_xai.facs`;
    ``separability_splits`` has ``split`` beside: ``right`` or ``wrong``, over the same emotions.
    """
    out, seed, size = study.path, study.manifest["seed"], tuple(study.manifest["data"]["size"][:2])
    cells = read_cells(out, study.methods, starts)
    found: dict[str, list[pd.DataFrame]] = defaultdict(list)
    for method in study.methods:
        known = {"method": method}
        values = ("share", "negative_share")
        profile, negative = region_profiles(out, folder_name(method), starts, told, values)
        found["separability"].append(separability_of([(known, profile)], seed))
        for name, table in own_codebooks_of([(known, profile)], seed).items():
            found[name].append(table)
        found["significance"].append(significance_of([(known, profile)], cells, size, seed))
        found["against"].append(against_of([(known, negative)], seed))
        for split, emotions in splits.items():
            part = profile.only(emotions != None)  # noqa: E711  (elementwise)
            found["separability_splits"].append(separability_of([(known, part)], seed).assign(split=split)[_TOLD])
    for name, tables in found.items():
        write_table(out / f"{name}.parquet", joined(tables))
    if not splits:
        write_table(out / "separability_splits.parquet", pd.DataFrame(columns=_TOLD))


def write_mask_statistics(
    study: Study, starts: Sequence[int], told: Told, splits: dict[str, np.ndarray], books: Sequence[Codebook]
) -> None:
    """Write the tables ``specificity``, ``matrix`` and ``specificity_splits``, the first's columns and ``split``."""
    found: dict[str, list[pd.DataFrame]] = defaultdict(list)
    for method in study.methods:
        part = folder_name(method)
        profiles = [MaskProfile(method, book, *mask_profiles(study.path, part, starts, told, book)) for book in books]
        specificity, matrix = specificities(profiles, told.emotions.tolist(), study.manifest["seed"])
        found["specificity"].append(specificity)
        found["matrix"].append(matrix)
        for split, emotions in splits.items():
            table = specificities(profiles, emotions.tolist(), study.manifest["seed"])[0]
            found["specificity_splits"].append(table.assign(split=split)[_S])
    for name, tables in found.items():
        write_table(study.path / f"{name}.parquet", joined(tables))
    if not splits:
        write_table(study.path / "specificity_splits.parquet", pd.DataFrame(columns=_S))


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One table of several, of which some may have no rows."""
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
