"""A face whose every part is one pixel, and real faces with landmarks."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.faces.landmarks import VERTICES, Landmarks, find_landmarks
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


@pytest.fixture(scope="session")
def real_faces() -> np.ndarray:
    """The hundred LFW faces of scikit-image, enlarged to 48×48, float32."""
    from skimage.data import lfw_subset
    from skimage.transform import resize

    return np.clip(resize(lfw_subset()[:100], (100, 48, 48), order=3), 0, 1).astype(np.float32)


@pytest.fixture(scope="session")
def real_landmarks(real_faces: np.ndarray) -> Landmarks:
    """Their landmarks."""
    return find_landmarks(real_faces)


@pytest.fixture(scope="session")
def real_masks(real_faces: np.ndarray, real_landmarks: Landmarks) -> FaceMasks:
    """Their painted parts."""
    return FaceMasks.paint(real_faces, real_landmarks)
