"""The study's tidy tables: a chunk's rows as they are measured, and the summaries over all faces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.evaluation import confusion_matrix, mean_diagonal, measure_accuracy
from fer_xai.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.faces.landmarks import OWN, Landmarks
from fer_xai.facs import (
    Codebook,
    FaceMasks,
    agreement,
    count_regions,
    list_codebooks,
    load_codebook,
    mask_profile,
)
from fer_xai.facs.agreement import agreement_of_sums, sums_of_agreement
from fer_xai.facs.region_sums import add_sums, sums_of_regions
from fer_xai.facs.summary import summary_of_sums, sums_of_counts
from fer_xai.study import baselines, chunks, spatial, statistics
from fer_xai.study.cells import write_cells
from fer_xai.study.files import write_json, write_table
from fer_xai.study.profiles import Told
from fer_xai.study.study import Study, folder_name


def write_predictions(
    out: Path, start: int, emotions: Sequence[str], faces: Faces, probabilities: np.ndarray, landmarks: Landmarks
) -> None:
    """Write what the classifier says of a chunk's faces, and whether their landmarks were found."""
    predicted = [emotions[i] for i in probabilities.argmax(axis=1)]
    labels = pd.Series(faces.labels, dtype="string")
    correct = [None if label is None else label == guess for label, guess in zip(faces.labels, predicted, strict=True)]
    table = pd.DataFrame({"face": faces.ids, "label": labels, "predicted": predicted})
    table["correct"] = pd.array(correct, dtype="boolean")
    for emotion, column in zip(emotions, probabilities.T, strict=True):
        table[f"p_{emotion}"] = column
    table["source"] = faces.table["source"].astype(str).to_numpy()
    write_table(
        chunks.table(out, "landmarks", start),
        pd.DataFrame({"face": faces.ids, "landmarks": landmarks.source, "score": landmarks.scores}),
    )
    write_table(chunks.table(out, "predictions", start), table)


def write_measures(
    out: Path, start: int, explanation: Explanation, masks: FaceMasks, books: Sequence[Codebook]
) -> None:
    """Write a chunk's rows of the tables regions, agreement and profiles for one method, and its cells.

    Regions come last: see `measured`.
    """
    part = folder_name(explanation.method)
    maps = explanation.attributions
    agreeing, profiles = [], []
    emotions = _emotion_of(explanation)
    # A codebook's mask is a sum of parts: one measurement of the parts gives the profiles of all codebooks.
    mass, area = mask_profile(maps, masks.own_parts)
    for book in books:
        rows = agreement(explanation.faces, maps, emotions, codebook=book, masks=masks)
        agreeing.append(explanation.identify(rows))
        profiles.append(_profile(explanation, book, mass @ book.merge.T, area @ book.merge.T))
    write_table(chunks.table(out, f"agreement/{part}", start), pd.concat(agreeing, ignore_index=True))
    write_table(chunks.table(out, f"profiles/{part}", start), pd.concat(profiles, ignore_index=True))
    write_cells(out, start, explanation)
    rows = count_regions(explanation.faces, maps, masks=masks)
    write_table(chunks.table(out, f"regions/{part}", start), explanation.identify(rows))


def measured(out: Path, start: int, part: str) -> bool:
    """Whether `write_measures` wrote a chunk's rows of a method, and all are still there."""
    return all(chunks.table(out, f"{name}/{part}", start).exists() for name in ("agreement", "profiles", "regions"))


def _emotion_of(explanation: Explanation) -> list[str]:
    """The emotion whose action units a face is compared with: its target, of a contrast the first."""
    return [target.split("-")[0] for target in explanation.targets]


def _profile(explanation: Explanation, book: Codebook, mass: np.ndarray, area: np.ndarray) -> pd.DataFrame:
    """One row per face and emotion mask: the mass inside it and its area, all that specificity needs."""
    names = book.emotions
    return pd.DataFrame(
        {
            "face": np.repeat(explanation.faces.ids, len(names)),
            "method": explanation.method,
            "codebook": book.name,
            "mask": np.tile(names, len(mass)),
            "mass": mass.ravel(),
            "area": area.ravel(),
        }
    )


def finish(study: Study, starts: Sequence[int]) -> Told:
    """Merge the chunks into tables, write the summaries over all faces, and give what is said of each face."""
    out, folders = study.path, [folder_name(method) for method in study.methods]
    predictions = chunks.merge(out, "predictions", ["predictions"], starts)
    landmarks = chunks.merge(out, "landmarks", ["landmarks"], starts)
    for name in ("regions", "agreement", "profiles"):
        chunks.concatenate(out, name, [f"{name}/{folder}" for folder in folders], starts)
    means = write_sums(study)
    told, books = Told.of(predictions), codebooks_of(study)
    splits = statistics.splits_of(told, landmarks)
    statistics.write_mask_statistics(study, starts, told, splits, books)
    statistics.write_region_statistics(study, starts, told, splits)
    baselines.write_baselines(study, starts, told, books)
    spatial.write_spatial_null(study, landmarks, told.emotions)
    write_json(out / "summary.json", _summary(study, predictions, landmarks, means))
    return told


def codebooks_of(study: Study) -> tuple[Codebook, ...]:
    """The study's codebooks, the first one first; one of one's own is known by what the manifest says of it."""
    first = study.manifest["codebook"]
    units = {emotion: tuple(core) for emotion, core in study.manifest["action_units"].items()}
    own = Codebook(first, units, {})
    return (own, *(load_codebook(name) for name in list_codebooks() if name != first))


def write_sums(study: Study) -> pd.DataFrame:
    """Write the tables ``counts``, ``region_sums`` and ``agreement_means``, and give the last.

    From sums over the row groups of ``regions`` and ``agreement``, which need not fit into memory.
    """
    out = study.path
    counted, summed = [], []
    columns = ["label", "predicted", "method", "level", "region", "landmarks", "counted", "counted_chance"]
    for rows in study.row_groups("regions", [*columns, "share", "area"]):
        counted.append(sums_of_counts(rows))
        summed.append(sums_of_regions(rows))
    write_table(out / "counts.parquet", summary_of_sums(pd.concat(counted, ignore_index=True)))
    write_table(out / "region_sums.parquet", add_sums(pd.concat(summed, ignore_index=True)))
    means = agreement_of_sums(pd.concat([sums_of_agreement(rows) for rows in study.row_groups("agreement")]))
    write_table(out / "agreement_means.parquet", means.reset_index())
    return means


def _summary(
    study: Study,
    predictions: pd.DataFrame,
    landmarks: pd.DataFrame,
    means: pd.DataFrame,
) -> dict[str, Any]:
    labels = [label if isinstance(label, str) else None for label in predictions["label"].astype(object)]
    accuracy = measure_accuracy(labels, predictions["predicted"])
    confusion = confusion_matrix(labels, predictions["predicted"], study.manifest["model"]["emotions"])
    means = means[["n", "mass_accuracy", "area", "mass_accuracy_blob"]]
    means = means.rename(columns={"area": "chance", "mass_accuracy_blob": "blob"})
    means["log2_enrichment"] = np.log2((means["mass_accuracy"] / means["chance"]).replace(0, np.nan))
    return {
        "accuracy": None if accuracy is None else vars(accuracy),
        "mean_diagonal": mean_diagonal(confusion),
        "confusion": {
            "emotions": list(confusion.columns),
            "labels": list(confusion.index),
            "counts": confusion.to_numpy().tolist(),
        },
        "faces": len(predictions),
        "landmarks_found": int(landmarks["landmarks"].isin(OWN).sum()),
        "specificity": study.table("specificity").to_dict("records"),
        "agreement": means.reset_index().to_dict("records"),
        "manifest": study.manifest,
    }
