"""How faces are split into those that train, those that choose the epoch, and those that are measured on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fer_xai.faces import Faces

Protocol = Callable[[Faces, int], np.ndarray]


def standard(faces: Faces, seed: int) -> np.ndarray:
    """Training trains, PublicTest validates, PrivateTest tests."""
    return faces.table["split"].to_numpy(dtype=object)


def private_validates(faces: Faces, seed: int) -> np.ndarray:
    """Training trains, PrivateTest validates, PublicTest tests."""
    swapped = {"validation": "test", "test": "validation"}
    return np.array([swapped.get(split, split) for split in standard(faces, seed)], dtype=object)


def at_random(faces: Faces, seed: int) -> np.ndarray:
    """All faces together are split at random: 80 % train, 10 % validate, 10 % test; copies may fall on both sides."""
    places = np.random.default_rng(seed).permutation(len(faces)) / len(faces)
    return np.select([places < 0.8, places < 0.9], ["train", "validation"], "test").astype(object)
