"""A face whose every part is one pixel, and real faces with landmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fer_xai.faces.landmarks import VERTICES, Landmarks
from fer_xai.facs import FaceMasks
from fer_xai.facs.atlas import part_names

HEIGHT, WIDTH = 5, 8  # one pixel for each of the 40 parts


def pixel_masks(count: int, lost: tuple[int, ...] = ()) -> FaceMasks:
    """Faces whose part number i is pixel number i, so that every measure can be written down by hand."""
    parts = len(part_names())
    assert parts == HEIGHT * WIDTH
    masks = np.tile(np.eye(parts, dtype=np.float32).reshape(1, parts, HEIGHT, WIDTH), (count, 1, 1, 1))
    masks[list(lost)] = 0
    source = tuple("none" if i in lost else "mesh" for i in range(count))
    landmarks = Landmarks(np.zeros((count, VERTICES, 2), np.float32), np.ones(count, np.float32), source)
    return FaceMasks(masks, tuple(f"face-{i}" for i in range(count)), landmarks)


def pixel_map(**values: float) -> np.ndarray:
    """A map on such a face, by part."""
    flat = np.zeros(HEIGHT * WIDTH, np.float32)
    for part, value in values.items():
        flat[part_names().index(part)] = value
    return flat.reshape(HEIGHT, WIDTH)


def blank(count: int) -> np.ndarray:
    """Faces to go with them."""
    return np.zeros((count, HEIGHT, WIDTH), np.float32)


def lfw_faces() -> np.ndarray:
    """The hundred LFW faces of scikit-image, enlarged to 48×48, float32."""
    from skimage.data import lfw_subset
    from skimage.transform import resize

    return np.clip(resize(lfw_subset()[:100], (100, 48, 48), order=3), 0, 1).astype(np.float32)


def lfw_landmarks() -> Landmarks:
    """Their landmarks as `find_landmarks` gives them, kept in 1/256 px: this folder's tests need no TensorFlow.

    ``tests/faces/test_landmarks.py`` holds them against what is found.
    """
    with np.load(Path(__file__).with_name("landmarks.npz"), allow_pickle=False) as kept:
        return Landmarks((kept["points"] / 256).astype(np.float32), kept["scores"], tuple(kept["source"].tolist()))


@pytest.fixture(scope="session")
def real_faces() -> np.ndarray:
    """The hundred faces."""
    return lfw_faces()


@pytest.fixture(scope="session")
def real_landmarks() -> Landmarks:
    """Their landmarks."""
    return lfw_landmarks()


@pytest.fixture(scope="session")
def real_masks(real_faces: np.ndarray, real_landmarks: Landmarks) -> FaceMasks:
    """Their painted parts."""
    return FaceMasks.paint(real_faces, real_landmarks)
