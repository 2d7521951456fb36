"""Small measures of maps, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.facs.maps import log2_ratio, top_weights


def test_the_largest_pixels_weigh_one_and_ties_share() -> None:
    maps = np.array([[[5.0, 1.0], [4.0, 3.0]], [[2.0, 2.0], [2.0, 0.0]], [[1.0, 0.0], [0.0, 0.0]]])
    weights = top_weights(maps, np.array([3, 2, 0])).reshape(3, 4)
    assert weights.tolist() == [[1, 0, 1, 1], pytest.approx([2 / 3, 2 / 3, 2 / 3, 0]), [0, 0, 0, 0]]


def test_a_ratio_of_nothing_is_unknown() -> None:
    found = log2_ratio(np.array([8, 1, 0, 3]), np.array([2, 2, 1, 0]))
    assert found.tolist() == pytest.approx([2, -1, np.nan, np.nan], nan_ok=True)
