"""Grain: widths known in closed form, and methods whose grain is known by construction."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.evaluation.trust.grain import grain, grain_width, region_width
from fer_xai.explainers.enlarge import enlarge


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape)


@pytest.mark.parametrize("cell", [1, 2, 4, 8])
def test_random_cells_are_as_wide_as_they_are(cell):
    maps = noise(40, 96 // cell, 96 // cell).repeat(cell, axis=1).repeat(cell, axis=2)
    assert grain_width(maps).mean() == pytest.approx(cell, rel=0.06)


def test_smoothed_noise_is_as_wide_as_its_gaussian_says():
    from scipy.ndimage import gaussian_filter

    maps = gaussian_filter(noise(40, 96, 96), sigma=(0, 2, 2), mode="wrap")
    assert grain_width(maps).mean() == pytest.approx(np.sqrt(2) * 2 * np.sqrt(2 * np.log(2)) * 2, rel=0.06)


def test_the_curve_is_that_of_a_naive_loop():
    height, width = 7, 10
    face = noise(height, width)
    apart = face - face.mean()
    along_rows = [
        np.mean([apart[y, x] * apart[y, x + d] for y in range(height) for x in range(width - d)]) for d in range(height)
    ]
    down = [
        np.mean([apart[y, x] * apart[y + d, x] for y in range(height - d) for x in range(width)]) for d in range(height)
    ]
    curve = (np.array(along_rows) + down) / 2 / np.mean(apart**2)
    place = int(np.argmax(curve < 0.5))
    crossing = np.interp(0.5, curve[[place, place - 1]], [place, place - 1])
    assert grain_width(face[None])[0] == pytest.approx(2 * crossing)


def test_a_class_map_of_few_cells_is_coarse_and_pixels_are_fine():
    regions = np.zeros((30, 2, 48, 48))
    regions[:, 0, :12, :12] = 1
    regions[:, 1, 24:36, 24:36] = 1
    rows = grain({"class map": enlarge(noise(30, 4, 4), (48, 48)), "pixels": noise(30, 48, 48)}, regions)
    found = rows.groupby(["variant", "method"])["value"].mean()
    assert found["share of the width", "class map"] > 0.25
    assert found["share of a region", "class map"] > 1
    assert found["share of the width", "pixels"] == pytest.approx(1 / 48, rel=0.02)
    assert found["share of a region", "pixels"] == pytest.approx(1 / 12, rel=0.02)
    assert rows["chance"].isna().all()


def test_a_map_that_never_falls_is_as_wide_as_the_face_and_a_constant_one_has_no_width():
    stripes = np.broadcast_to(np.repeat([1.0, -1.0], 24), (1, 48, 48))
    assert grain_width(stripes)[0] > 12
    assert np.isnan(grain_width(np.full((1, 48, 48), 0.3)))[0]
    assert grain_width(1e-9 * noise(1, 48, 48))[0] == pytest.approx(grain_width(noise(1, 48, 48))[0])


def test_a_region_is_as_wide_as_a_square_of_its_area_and_empty_ones_do_not_count():
    masks = np.zeros((2, 3, 10, 10))
    masks[0, 0, :2, :8] = 1  # as wide as 4 × 4
    masks[0, 1, :3, :3] = 1
    masks[0, 2, 0, :] = 0.4  # as wide as 2 × 2
    masks[1, 0, :5, :5] = 1
    assert region_width(masks).tolist() == [3, 5]
