"""The facial regions themselves as segments: 25 fine regions, background included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def segment(faces: np.ndarray, regions: Callable[[str], tuple[np.ndarray, Any]]) -> np.ndarray:
    """Give each pixel the region that covers most of it; a face without landmarks is one segment."""
    return regions("fine")[0]
