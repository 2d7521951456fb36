"""Do maps depend on what the model has learned? The same faces explained once more, by a model that learned nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fer_xai.classifier import Classifier
from fer_xai.evaluation.trust.attribute import Attribute
from fer_xai.evaluation.trust.randomize import RandomizedClassifier
from fer_xai.evaluation.trust.ranks import correlation_with_others, rank_correlation
from fer_xai.evaluation.trust.rows import Measured, joined, trust_rows

SANITY, SANITY_SIZE, TWIN = "sanity", "sanity_size", "twin"
# How much of the network is random, from its head down.
STAGES: Mapping[str, float] = {"head": 0.0, "upper half": 0.5, "all layers": 1.0}


def randomization(
    classifier: Classifier,
    faces: np.ndarray,
    attributers: Mapping[str, Attribute],
    maps: Mapping[str, np.ndarray],
    seed: int = 0,
    draws: int = 2,
) -> pd.DataFrame:
    """Cascading parameter randomization: how much of each map is still there when the weights are random.

    Parameters
    ----------
    classifier : Classifier
        Of a Keras model; it is not touched (see `RandomizedClassifier`).
    faces : ndarray (N, H, W, C) float32 in [0, 1]
    attributers : mapping of str to callable
        Each method, and maps that are no explanations (an edge detector), as functions.
    maps : mapping of str to ndarray (N, H, W)
        What each of them gave for these faces and this seed on the classifier itself.
    seed : int
        Of the weights, and what the attributers are given.
    draws : int
        How many random networks there are; a face's figure is the mean over them.

    Returns
    -------
    DataFrame
        Trust rows of the metric ``sanity``, of the variants ``head`` (the last layer with a kernel is random), ``upper
        half`` (of the layers) and ``all layers``. ``value`` is the rank correlation of the random network's map with
        the classifier's own; ``chance`` that with the random network's maps of the *other* faces. A method that stays
        with all layers random draws the face where its value is above chance (an edge detector has 1 and .1), and
        always the same place where it is not (a blob has 1 and 1).

        The metric ``sanity_size`` is the same of the maps' sizes without their signs: how far a map's large values lie
        where the face has edges, contrast or small segments, under any weights.

    Raises
    ------
    InputError
        If the weights cannot be exchanged: see `RandomizedClassifier`.

    References
    ----------
    Adebayo et al. 2018, "Sanity checks for saliency maps", whose similarity is this rank correlation too.
    """
    random = RandomizedClassifier(classifier)
    tables = []
    for stage, share in STAGES.items():
        last = max(1, round(share * len(random.steps)))
        signed, sizes = [], []
        for draw in range(draws):
            random.randomize(last, seed + draw, faces)
            again = {method: attribute(random, faces, seed) for method, attribute in attributers.items()}
            signed.append({method: _kept(maps[method], one) for method, one in again.items()})
            sizes.append({method: _kept(np.abs(maps[method]), np.abs(one)) for method, one in again.items()})
        tables += [trust_rows(_mean(signed), SANITY, stage), trust_rows(_mean(sizes), SANITY_SIZE, stage)]
    return joined(tables)


def beside_twin(
    twin: Classifier,
    faces: np.ndarray,
    attributers: Mapping[str, Attribute],
    maps: Mapping[str, np.ndarray],
    seed: int = 0,
) -> pd.DataFrame:
    """The same comparison with another classifier, such as one trained on shuffled labels.

    Parameters
    ----------
    twin : Classifier
        With the same emotions in the same order.
    faces, attributers, maps, seed
        See `randomization`.

    Returns
    -------
    DataFrame
        Trust rows of the metric ``twin``; ``variant`` is the twin's name.
    """
    again = {method: attribute(twin, faces, seed) for method, attribute in attributers.items()}
    return trust_rows({method: _kept(maps[method], one) for method, one in again.items()}, TWIN, twin.name)


def _kept(own: np.ndarray, again: np.ndarray) -> Measured:
    return Measured(rank_correlation(own, again), correlation_with_others(own, again))


def _mean(draws: list[dict[str, Measured]]) -> dict[str, Measured]:
    """Mean over the draws, face by face, of each method's figures."""
    return {
        method: Measured(*(np.mean([one[method][part] for one in draws], axis=0) for part in (0, 1)))
        for method in draws[0]
    }
