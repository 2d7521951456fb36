"""The study's methods as functions of a classifier and faces, for measurements that explain the same faces again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fer_xai.api import run_explainer
from fer_xai.classifier import Classifier
from fer_xai.evaluation.trust.attribute import Attribute
from fer_xai.explainers import Explainer
from fer_xai.explainers.registry import full_name
from fer_xai.faces import Faces
from fer_xai.facs import blind_maps

BLIND = ("sobel", "blob")  # that a face alone gives


def attributers(explainers: Sequence[Explainer], targets: Sequence[str]) -> dict[str, Attribute]:
    """Each method, and the maps that no classifier takes part in, as a function.

    Parameters
    ----------
    explainers : sequence of Explainer
    targets : sequence of str
        What is explained of each face, whatever the classifier answers by then.
    """
    return {full_name(explainer): _method(explainer, targets) for explainer in explainers} | {
        name: _blind(name) for name in BLIND
    }


def _method(explainer: Explainer, targets: Sequence[str]) -> Attribute:
    def attribute(classifier: Classifier, faces: np.ndarray, seed: int) -> np.ndarray:
        return run_explainer(classifier, Faces.from_array(faces), explainer, list(targets), seed).attributions

    return attribute


def _blind(name: str) -> Attribute:
    def attribute(classifier: Classifier, faces: np.ndarray, seed: int) -> np.ndarray:
        return blind_maps(faces)[name]

    return attribute
