"""The golden tables: what two bundled classifiers and every method say of ten faces, and how it is written down.

``python -m tests.golden.measure`` writes them anew; do that only where a change of numbers is meant, and say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai import explain, list_explainers, load_classifier, load_faces
from fer_xai.classifier import Classifier
from fer_xai.explainers import methods_for
from fer_xai.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.faces.drawn import draw
from fer_xai.facs import FaceMasks
from fer_xai.facs.atlas import region_names

HERE = Path(__file__).parent
MODELS = ("compact", "baseline-cnn")
# Enough passes for numbers that mean something, few enough for seconds.
OPTIONS: dict[str, dict[str, Any]] = {
    "lime": {"samples": 200},
    "rise": {"samples": 200},
    "occlusion": {"patch": 8, "stride": 8},
    "shap:segments": {"samples": 200},
    "shap:partition": {"samples": 100},
    "shap:gradient": {"samples": 8},
    "smoothgrad": {"samples": 6},
    "integrated_gradients": {"steps": 16, "max_steps": 16},
    "scorecam": {},
}
KEYS = ["model", "face", "method"]


def faces() -> Faces:
    """Five of the bundled faces and five drawn ones, as bytes: the same on every machine."""
    drawn, sample = draw(5, seed=2).faces, load_faces("sample")[:5]
    pixels = np.concatenate([sample.pixels(), drawn.pixels()])
    return Faces.from_array(pixels, ids=[*(f"bundled-{n}" for n in range(5)), *(f"drawn-{n}" for n in range(5))])


def probabilities(classifier: Classifier, some: Faces, batch: int = 0) -> pd.DataFrame:
    """What the classifier answers, so many faces at a time (0: all)."""
    from fer_xai.evaluation.predicting import predict

    parts = [predict(classifier, part) for part in batches(some, batch)]
    table = pd.DataFrame(np.concatenate(parts), columns=[f"p_{emotion}" for emotion in classifier.emotions])
    table.insert(0, "face", some.ids)
    return table


def attributions(classifier: Classifier, some: Faces, method: str, batch: int = 0) -> pd.DataFrame:
    """Each map in a row: its size, and how much of its positive mass lies in each coarse region."""
    options = OPTIONS.get(method, OPTIONS.get(method.partition(":")[0], {}))
    parts = [explain(classifier, part, method=method, seed=7, **options) for part in batches(some, batch)]
    return pd.concat([_rows(part) for part in parts], ignore_index=True)


def _rows(explanation: Explanation) -> pd.DataFrame:
    maps = explanation.attributions.astype(np.float64)
    positive = np.maximum(maps, 0)
    mass = positive.sum(axis=(1, 2))
    masks = FaceMasks.paint(explanation.faces).level("coarse")
    inside = np.einsum("nrhw,nhw->nr", masks, positive) / np.where(mass > 0, mass, 1)[:, None]
    table = pd.DataFrame({"face": explanation.faces.ids, "target": explanation.targets})
    table["largest"] = np.abs(maps).max(axis=(1, 2))
    table["mean"] = np.abs(maps).mean(axis=(1, 2))
    table[list(region_names("coarse"))] = inside
    return table


def batches(some: Faces, batch: int) -> Iterator[Faces]:
    """The faces, so many at a time; 0 is all at once."""
    size = batch or len(some)
    for start in range(0, len(some), size):
        yield some[start : start + size]


def methods_of(classifier: Classifier) -> list[str]:
    """Every method that works on a classifier."""
    lacks = methods_for(classifier)
    return [method for method in list_explainers() if lacks[method] is None]


def golden(name: str) -> pd.DataFrame:
    """A table as it was written."""
    return pd.read_csv(HERE / f"{name}.csv")


def main() -> None:
    """Measure everything and write both tables."""
    answered, explained = [], []
    for model in MODELS:
        classifier, some = load_classifier(model), faces()
        answered.append(probabilities(classifier, some).assign(model=model))
        found = {method: attributions(classifier, some, method) for method in methods_of(classifier)}
        explained += [table.assign(model=model, method=method) for method, table in found.items()]
    for name, keys, parts in (("probabilities", KEYS[:2], answered), ("attributions", KEYS, explained)):
        table = pd.concat(parts, ignore_index=True)
        table = table[[*keys, *(column for column in table if column not in keys)]]
        table.to_csv(HERE / f"{name}.csv", index=False, float_format="%.6g", lineterminator="\n")


if __name__ == "__main__":
    main()
