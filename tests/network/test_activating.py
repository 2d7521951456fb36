"""The faces that drive a channel, against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.engine.activations import Activations
from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.network import most_activating


@pytest.fixture(scope="module")
def faces():
    pixels = np.random.default_rng(8).uniform(size=(23, 20, 16, 3)).astype(np.float32)
    # Twins, far apart: their peaks are equal and the earlier one must come first.
    pixels[19] = pixels[2]
    return Faces.from_array(pixels)


@pytest.mark.parametrize("chunk", [4, 23, 256])
def test_top_faces_equal_brute_force_whatever_the_chunks(plain, faces, chunk):
    activations = Activations(plain)
    found = most_activating(activations, faces, top=4, chunk=chunk)
    for path, best in found.items():
        peaks = activations.maps(faces.images(), path).max(axis=(1, 2))
        for channel in range(peaks.shape[1]):
            expected = sorted(range(23), key=lambda row: (-round(float(peaks[row, channel]), 5), row))[:4]
            assert best.rows[channel].tolist() == expected
            assert np.allclose(best.peaks[channel], peaks[expected, channel], atol=1e-5)


def test_of_equal_faces_the_earlier_comes_first(plain, faces):
    twins = faces[np.array([19, 5, 2])]
    for best in most_activating(plain, twins, top=3, chunk=1).values():
        for rows in best.rows:
            assert rows.tolist().index(0) < rows.tolist().index(2)


def test_fewer_faces_than_asked_for_are_all_kept(plain, faces):
    found = most_activating(plain, faces[:2], top=5)
    assert all(sorted(rows) == [0, 1] for best in found.values() for rows in best.rows.tolist())


def test_progress_counts_faces_and_nonsense_is_refused(plain, faces):
    told = []
    most_activating(plain, faces, chunk=10, track=lambda done, total: told.append((done, total)))
    assert told == [(10, 23), (20, 23), (23, 23)]
    with pytest.raises(InputError, match="at least one face"):
        most_activating(plain, faces, top=0)
