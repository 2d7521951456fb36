"""The facial regions themselves as segments: 25 fine regions, background included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def segment(faces: np.ndarray, landmarks: Any = None) -> Iterator[np.ndarray]:
    """Give each pixel the region that covers most of it; a face without landmarks is one segment."""
    from fer_xai.facs import region_masks

    masks, _ = region_masks(faces, level="fine", landmarks=landmarks)
    yield from masks.argmax(axis=1)
