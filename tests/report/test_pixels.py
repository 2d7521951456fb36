"""Pictures are true to the pixel, and red means for."""

from __future__ import annotations

import base64
from io import BytesIO

import numpy as np
from PIL import Image

from fer_xai.report import pixels


def opened(uri: str) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGB"))


def test_a_face_is_embedded_pixel_by_pixel() -> None:
    face = np.random.default_rng(0).integers(0, 256, (48, 48, 1), dtype=np.uint8)
    assert np.array_equal(opened(pixels.data_uri(pixels.face_picture(face))), face.repeat(3, axis=-1))


def test_large_faces_are_reduced_for_the_page() -> None:
    assert pixels.face_picture(np.zeros((300, 150, 3), np.uint8)).shape == (112, 56, 3)


def test_red_speaks_for_and_blue_against_on_one_scale() -> None:
    face = np.full((10, 10, 1), 128, np.uint8)
    attribution = np.zeros((10, 10), np.float32)
    attribution[:, :2], attribution[:, 8:] = 1.0, -1.0
    picture = pixels.overlay(face, attribution).astype(int)
    assert (picture[:, :2, 0] > picture[:, :2, 2] + 60).all()
    assert (picture[:, 8:, 2] > picture[:, 8:, 0] + 60).all()
    assert (np.ptp(picture[:, 2:8], axis=-1) == 0).all()
    assert pixels.colour_scale(attribution) == 1.0


def test_an_empty_or_broken_map_leaves_the_face_grey() -> None:
    face = np.full((6, 6, 1), 90, np.uint8)
    for attribution in (np.zeros((6, 6)), np.full((6, 6), np.nan)):
        assert np.ptp(pixels.overlay(face, attribution), axis=-1).max() == 0
        assert pixels.colour_scale(attribution) == 0


def test_progressive_panels_add_segments_by_importance() -> None:
    segments = np.arange(12).repeat(4).reshape(12, 4)
    weights = np.array([0.1, -0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.05, 0.0])
    panels = pixels.progressive(np.full((12, 4, 1), 128, np.uint8), weights[segments], segments)
    assert [count for count, _ in panels] == [1, 3, 5, 10, None]
    tinted = [int((np.ptp(picture[:, 0].astype(int), axis=-1) > 0).sum()) for _, picture in panels]
    assert tinted == [1, 3, 5, 10, 11]  # the segment of weight zero stays grey
    first = panels[0][1][:, 0].astype(int)
    assert first[1, 2] > first[1, 0]  # the largest weight is negative: blue


def test_panels_the_face_has_no_segments_for_are_left_out() -> None:
    segments = np.arange(4).repeat(4).reshape(4, 4)
    panels = pixels.progressive(np.zeros((4, 4, 1), np.uint8), segments.astype(float), segments)
    assert [count for count, _ in panels] == [1, 3, None]


def test_maps_for_the_scripts_are_the_overlays_own_strengths_in_127_steps() -> None:
    rng = np.random.default_rng(1)
    maps = np.stack([rng.normal(0, 3, (20, 20)), np.zeros((20, 20)), np.full((20, 20), np.nan)]).astype(np.float32)
    levels, scales = pixels.quantised(maps, 48)
    assert levels.dtype == np.int8
    assert scales == [pixels.colour_scale(maps[0]), 0.0, 0.0]
    assert np.abs(levels[0] / 127 - np.clip(maps[0] / scales[0], -1, 1)).max() <= 0.5 / 127 + 1e-6
    assert not levels[1:].any()


def test_maps_for_the_scripts_shrink_without_losing_their_sign() -> None:
    large = np.zeros((1, 200, 100), np.float32)
    large[:, :100] = 1.0
    large[:, 100:] = -1.0
    levels, _ = pixels.quantised(large, 50)
    assert levels.shape == (1, 50, 25)
    assert (levels[:, :25] == 127).all()
    assert (levels[:, 25:] == -127).all()
