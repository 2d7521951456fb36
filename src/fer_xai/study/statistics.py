"""The study's tests: which regions speak for and against each emotion, and the measures apart for right and wrong."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from fer_xai.faces.landmarks import OWN
from fer_xai.facs import against_table, separability_table, significance_table
from fer_xai.study.cells import read_cells
from fer_xai.study.files import write_table
from fer_xai.study.specificities import specificities, split_faces
from fer_xai.study.study import Study

_S = ["method", "codebook", "split", "value", "low", "high", "p", "n", "emotions", "left_out"]
_TOLD = ["method", "split", "value", "low", "high", "chance", "p", "n", "emotions", "left_out"]


def write_tests(study: Study, starts: Sequence[int], regions: pd.DataFrame) -> None:
    """Write the tables ``significance`` and ``against``: see `significance_table` and `against_table`."""
    height, width = study.manifest["data"]["size"][:2]
    seed, fine = study.manifest["seed"], regions[regions["level"] == "fine"]
    cells = read_cells(study.path, study.methods, starts)
    write_table(study.path / "significance.parquet", significance_table(fine, cells, (height, width), seed))
    write_table(study.path / "against.parquet", against_table(fine, seed))


def write_splits(
    study: Study, regions: pd.DataFrame, profiles: pd.DataFrame, predictions: pd.DataFrame, landmarks: pd.DataFrame
) -> None:
    """Write the tables ``specificity_splits`` and ``separability_splits``.

    Their columns are those of the tables without ``_splits``, and ``split``: ``right`` or ``wrong``. Both splits are
    over the same emotions, those with five faces in either; no rows where fewer than two emotions have so many.
    """
    seed = study.manifest["seed"]
    splits = split_faces(predictions, landmarks.set_index("face")["landmarks"].isin(OWN))
    s = {split: specificities(profiles, emotion_of, seed)[0] for split, emotion_of in splits.items()}
    told = {
        split: separability_table(regions[regions["face"].isin(emotion_of.index[emotion_of.notna()])], seed)
        for split, emotion_of in splits.items()
    }
    for name, tables, columns in (("specificity", s, _S), ("separability", told, _TOLD)):
        parts = [table.assign(split=split) for split, table in tables.items()]
        joined = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
        write_table(study.path / f"{name}_splits.parquet", joined[columns])
