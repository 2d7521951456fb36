"""The study's contrasts: on each wrong face, which regions speak for the answer rather than for the label."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from fer_xai.api import run_explainer
from fer_xai.classifier import Classifier
from fer_xai.explainers import make_explainer
from fer_xai.faces import Faces
from fer_xai.facs import FaceMasks
from fer_xai.facs.atlas import region_names
from fer_xai.study import chunks
from fer_xai.study.files import write_table

METHOD = "shap:regions"
_LEVEL = "coarse"
_COLUMNS = ["face", "label", "predicted", "region", "area", "value"]


def write_contrasts(out: Path, start: int, classifier: Classifier, faces: Faces, masks: FaceMasks, seed: int) -> None:
    """Write the Shapley values of p(predicted) − p(label) on a chunk's wrong faces that have landmarks of their own.

    Columns: face, label, predicted, region, area (share of the crop, 0…1) and value (−2…2).
    """
    path = chunks.table(out, "contrasts", start)
    if path.exists():
        return
    predictions = pd.read_parquet(chunks.table(out, "predictions", start))
    known = predictions["label"].isin(classifier.emotions) & predictions["correct"].eq(False).fillna(False)
    wrong = np.flatnonzero(known.to_numpy(bool) & masks.found)
    if not len(wrong):
        write_table(path, pd.DataFrame(columns=_COLUMNS))
        return
    told = predictions.iloc[wrong]
    target = [f"{predicted}-{label}" for predicted, label in zip(told["predicted"], told["label"], strict=True)]
    landmarks = masks.landmarks[wrong]
    explanation = run_explainer(classifier, faces[wrong], make_explainer(METHOD), target, seed, landmarks)
    area = masks.level(_LEVEL)[wrong].mean(axis=(2, 3))
    places = {name: place for place, name in enumerate(region_names(_LEVEL))}
    rows = [
        (face, label, predicted, region, float(area[n, places[region]]), float(value))
        for n, (face, label, predicted) in enumerate(zip(told["face"], told["label"], told["predicted"], strict=True))
        for region, value in zip(explanation.details["names"][n], explanation.details["values"][n], strict=False)
    ]
    write_table(path, pd.DataFrame(rows, columns=_COLUMNS))
