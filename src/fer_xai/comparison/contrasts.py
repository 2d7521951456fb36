"""Why only one is right: what speaks for the label rather than for the wrong answer, in either model, on such faces."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fer_xai.api import run_explainer
from fer_xai.classifier import Classifier
from fer_xai.comparison.matched import Matched
from fer_xai.comparison.paired import corrected, paired
from fer_xai.explainers import make_explainer
from fer_xai.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.facs import region_names

METHOD = "shap:regions"  # exact, from all 256 ways of showing and hiding the regions
MOST = 24  # faces on which one model of a pair is right: each costs 512 passes

_FACES = ["model", "other", "right", "face", "label", "answer", "region", "value", "other_value"]
_REGIONS = ["model", "other", "right", "region", "n", "value", "value_low", "value_high"]
_REGIONS += ["other_value", "other_value_low", "other_value_high", "difference", "low", "high"]
_REGIONS += ["p", "p_holm", "significant"]


def contrast_faces(matched: Matched, faces: Faces, model: str, other: str, right: str) -> np.ndarray:
    """Rows of the faces to explain, those that `right` alone of the pair is right on: up to 24, stratified by label.

    Both must know the label and the wrong answer, and the face must have landmarks of its own.
    """
    wrong = other if right == model else model
    shared = set(matched.emotions(model)) & set(matched.emotions(other))
    known = np.array([a in shared and b in shared for a, b in zip(matched.labels, matched.answers(wrong), strict=True)])
    rows = np.flatnonzero(matched.right(right) & ~matched.right(wrong) & known & matched.reference.landmarks.found)
    if not len(rows):
        return rows
    kept = set(faces[rows].sample(MOST, matched.seed).ids) if len(rows) > MOST else set(faces[rows].ids)
    return np.array([row for row in rows if matched.faces[row] in kept])


def explain_contrasts(
    matched: Matched, classifiers: Mapping[str, Classifier], faces: Faces, pair: tuple[str, str]
) -> pd.DataFrame:
    """Explain both models of a pair for the label rather than the wrong answer, on faces that one is right on.

    Returns
    -------
    DataFrame
        One row per face and coarse region: model, other, right (the model that is), face, label, answer (the wrong
        one), region, value and other_value: the region's Shapley value for the label less that for the wrong answer,
        in probability, of the model that is right and of the one that is wrong.
    """
    model, other = pair
    explainer, landmarks, tables = make_explainer(METHOD), matched.reference.landmarks, []
    for right, wrong in ((model, other), (other, model)):
        rows = contrast_faces(matched, faces, model, other, right)
        if not len(rows):
            continue
        answers = matched.answers(wrong)[rows]
        targets = [f"{label}-{answer}" for label, answer in zip(matched.labels[rows], answers, strict=True)]
        found = [
            run_explainer(classifiers[name], faces[rows], explainer, targets, matched.seed, landmarks[rows])
            for name in (right, wrong)
        ]
        ours, theirs = (_values(one) for one in found)
        for face, label, answer in zip(faces[rows].ids, matched.labels[rows], answers, strict=True):
            known = (model, other, right, face, label, answer)
            # A region without pixels on a face, such as a hidden chin, has no value: hiding it would change nothing.
            tables += [
                (*known, region, ours.get((face, region), 0.0), theirs.get((face, region), 0.0))
                for region in region_names("coarse")
            ]
    return pd.DataFrame(tables, columns=_FACES)


def _values(explanation: Explanation) -> dict[tuple[str, str], float]:
    """The value of each region of each face, by their names."""
    details = explanation.details
    each = zip(explanation.faces.ids, details["names"], details["values"], strict=True)
    return {
        (face, region): float(value)
        for face, names, values in each
        for region, value in zip(names, values, strict=False)
    }


def contrast_regions(contrasts: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Average the contrasts of each pair and winner, with paired intervals between the two models.

    Returns
    -------
    DataFrame
        model, other, right, region, n; value (of the model that is right) and other_value (of the wrong one) with
        their intervals; difference, low, high, p as in `fer_xai.comparison.paired.paired`, corrected by Holm over the
        regions.
    """
    tables = []
    for (model, other, right), part in contrasts.groupby(["model", "other", "right"], sort=False):
        names = list(region_names("coarse"))
        ours, theirs = (
            part.pivot_table(index="face", columns="region", values=what)[names].to_numpy()
            for what in ("value", "other_value")
        )
        own, wrong, apart = (paired(values, seed) for values in (ours, theirs, ours - theirs))
        table = pd.DataFrame(
            {
                **{"model": model, "other": other, "right": right, "region": names, "n": apart.n},
                **{"value": own.value, "value_low": own.low, "value_high": own.high},
                **{"other_value": wrong.value, "other_value_low": wrong.low, "other_value_high": wrong.high},
                **{"difference": apart.value, "low": apart.low, "high": apart.high, "p": apart.p},
            }
        )
        tables.append(corrected(table))
    return pd.concat(tables, ignore_index=True)[_REGIONS] if tables else pd.DataFrame(columns=_REGIONS)
