"""What is done about emotions with few faces."""

from __future__ import annotations

import numpy as np

BALANCES = ("none", "class weights", "oversampling")


def class_weights(labels: np.ndarray, classes: int) -> dict[int, float]:
    """Weight of each class such that all weigh the same together; 1 on average over the faces."""
    counts = np.bincount(labels, minlength=classes)
    return {n: len(labels) / (np.count_nonzero(counts) * count) for n, count in enumerate(counts) if count}


def oversample(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Places of faces, drawn anew for each class until all are as many as the largest; every face occurs."""
    largest = np.bincount(labels).max()
    places = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        places += [members, rng.choice(members, largest - len(members))]
    return np.concatenate(places)
