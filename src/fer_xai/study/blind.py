"""Maps that know nothing of emotions, measured like every method: what S and separability have by geometry alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from fer_xai.classifier import Classifier
from fer_xai.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.facs import Codebook, FaceMasks, blind_maps, separability_table
from fer_xai.study import chunks, tables
from fer_xai.study.files import write_table
from fer_xai.study.specificities import specificities
from fer_xai.study.study import folder_name

BLIND = ("blob", "sobel")


def write_blind(
    out: Path, start: int, classifier: Classifier, faces: Faces, masks: FaceMasks, books: Sequence[Codebook]
) -> None:
    """Measure the blind maps of a chunk's faces; they are not kept, since faces and size say all of them."""
    if all(chunks.table(out, f"regions/{folder_name(name)}", start).exists() for name in BLIND):
        return
    predictions = pd.read_parquet(chunks.table(out, "predictions", start))
    probabilities = predictions[[f"p_{emotion}" for emotion in classifier.emotions]].to_numpy()
    for name, maps in blind_maps(faces).items():
        called = tuple(predictions["predicted"])
        explanation = Explanation(maps, faces, name, called, probabilities, classifier.emotions, {})
        tables.write_measures(out, start, explanation, masks, books)


def finish_blind(out: Path, starts: Sequence[int], emotion_of: pd.Series, seed: int) -> None:
    """Write the tables ``specificity_blind`` and ``separability_blind``, with the columns of those without the word."""
    regions, profiles = (
        chunks.gather(out, [f"{what}/{name}" for name in BLIND], starts) for what in ("regions", "profiles")
    )
    write_table(out / "separability_blind.parquet", separability_table(regions, seed))
    write_table(out / "specificity_blind.parquet", specificities(profiles, emotion_of, seed)[0])
