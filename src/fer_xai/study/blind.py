"""Maps that know nothing of emotions, measured like every method: what S and separability have by geometry alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from fer_xai.classifier import Classifier
from fer_xai.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.facs import Codebook, FaceMasks, blind_maps
from fer_xai.facs.separability import separability_of
from fer_xai.study import chunks, tables
from fer_xai.study.files import write_table
from fer_xai.study.profiles import Told, mask_profiles, region_profiles
from fer_xai.study.specificities import MaskProfile, specificities
from fer_xai.study.statistics import joined
from fer_xai.study.study import Study, folder_name

BLIND = ("blob", "sobel")


def chance_of_s(blind: pd.DataFrame | None, codebook: str) -> tuple[float, ...]:
    """Every S that chance gives on a codebook: 0, and those of a study's table ``specificity_blind``, if it has one."""
    if blind is None:
        return (0.0,)
    return (0.0, *blind.loc[blind["codebook"] == codebook, "value"].astype(float).dropna())


def write_blind(
    out: Path, start: int, classifier: Classifier, faces: Faces, masks: FaceMasks, books: Sequence[Codebook]
) -> None:
    """Measure the blind maps of a chunk's faces; they are not kept, since faces and size say all of them."""
    if all(tables.measured(out, start, folder_name(name)) for name in BLIND):
        return
    predictions = pd.read_parquet(chunks.table(out, "predictions", start))
    probabilities = predictions[[f"p_{emotion}" for emotion in classifier.emotions]].to_numpy()
    for name, maps in blind_maps(faces).items():
        called = tuple(predictions["predicted"])
        explanation = Explanation(maps, faces, name, called, probabilities, classifier.emotions, {})
        tables.write_measures(out, start, explanation, masks, books)


def finish_blind(study: Study, starts: Sequence[int], told: Told) -> None:
    """Write the tables ``specificity_blind`` and ``separability_blind``, with the columns of those without the word."""
    out, seed = study.path, study.manifest["seed"]
    told_apart, specific = [], []
    for name in BLIND:
        profile = next(region_profiles(out, name, starts, told))
        told_apart.append(separability_of([({"method": name}, profile)], seed))
        books = tables.codebooks_of(study)
        masks = [MaskProfile(name, book, *mask_profiles(out, name, starts, told, book)) for book in books]
        specific.append(specificities(masks, told.emotions.tolist(), seed)[0])
    write_table(out / "separability_blind.parquet", joined(told_apart))
    write_table(out / "specificity_blind.parquet", joined(specific))
