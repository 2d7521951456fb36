"""In-painting: what is known of harmonic functions."""

from __future__ import annotations

import numpy as np

from fer_xai.faces.inpainting import inpaint


def test_a_plane_is_continued_exactly_and_visible_pixels_stay():
    rows, columns = np.mgrid[:48, :48] / 47
    plane = (0.2 + 0.3 * rows + 0.4 * columns).astype(np.float32)[None, ..., None]
    mask = np.zeros((1, 48, 48))
    mask[0, 12:30, 8:33] = 1
    broken = np.where(mask[..., None] > 0, 0.9, plane)
    painted = inpaint(broken, mask)
    assert np.array_equal(painted[mask == 0], plane[mask == 0])
    assert np.abs(painted - plane).max() < 0.01


def test_nothing_of_what_was_hidden_comes_through():
    rng = np.random.default_rng(0)
    images = rng.uniform(size=(3, 33, 47, 3)).astype(np.float32)
    mask = rng.uniform(size=(3, 33, 47)) < 0.3
    other = np.where(mask[..., None], 1 - images, images)
    assert np.array_equal(inpaint(images, mask), inpaint(other, mask))


def test_painted_pixels_stay_between_their_surroundings():
    rng = np.random.default_rng(1)
    images = rng.uniform(0.3, 0.6, size=(2, 48, 48, 1)).astype(np.float32)
    mask = np.zeros((2, 48, 48))
    mask[:, :40, 5:] = 1
    painted = inpaint(images, mask)
    assert painted.min() >= 0.3
    assert painted.max() <= 0.6


def test_a_face_that_is_hidden_whole_gets_its_mean():
    images = np.random.default_rng(2).uniform(size=(1, 16, 16, 1)).astype(np.float32)
    assert np.allclose(inpaint(images, np.ones((1, 16, 16))), images.mean(), atol=1e-6)
