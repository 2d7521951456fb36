"""Scenes and intensities to pixels, a chunk of faces at a time."""

from __future__ import annotations

import numpy as np

from fer_xai.faces.drawn.canvas import Canvas, each
from fer_xai.faces.drawn.features import paint_brows, paint_eyes, paint_mouth, paint_nose
from fer_xai.faces.drawn.geometry import geometry_of
from fer_xai.faces.drawn.hand import lay_hand
from fer_xai.faces.drawn.head import oval, paint_backdrop, paint_fringe, paint_skin
from fer_xai.faces.drawn.pose import crop_grid, face_coordinates, pool, take
from fer_xai.faces.drawn.scene import Scene, part_of
from fer_xai.faces.drawn.wrinkles import paint_wrinkles

CHUNK = 16  # faces drawn together: their canvases stay in the processor's cache


def render(scene: Scene, intensities: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Draw faces without their noise.

    Returns
    -------
    ndarray (N, H, W) float32 in [0, 1]
    """
    pictures = np.empty((len(intensities), *size), np.float32)
    for part in _chunks(len(intensities)):
        pictures[part] = _render(part_of(scene, part), intensities[part], size)
    return pictures


def render_oval(scene: Scene, intensities: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Share of each pixel inside the face's oval, whether hair or a hand covers it or not, (N, H, W) float32."""
    masks = np.empty((len(intensities), *size), np.float32)
    for part in _chunks(len(intensities)):
        some = part_of(scene, part)
        inside = (oval(some, geometry_of(some, intensities[part])) > 0).astype(np.float32)
        masks[part] = pool(take(inside, *face_coordinates(some, *crop_grid(size))))
    return masks


def _render(scene: Scene, intensities: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    x, y = crop_grid(size)
    samples = take(_upright(scene, intensities).values, *face_coordinates(scene, x, y))
    lay_hand(samples, scene, x, y)
    picture = pool(samples)
    across, down = (np.linspace(-1, 1, side, dtype=np.float32) for side in reversed(size))
    light = 1 + each(scene["gradient_x"]) * across + each(scene["gradient_y"]) * down[:, None]
    picture = (picture * light - 0.5) * each(scene["contrast"]) + 0.5 + each(scene["brightness"])
    return np.clip(picture, 0, 1)


def _upright(scene: Scene, intensities: np.ndarray) -> Canvas:
    """Draw frontal, upright faces."""
    shape = geometry_of(scene, intensities)
    canvas = paint_backdrop(scene)
    inside = paint_skin(canvas, scene, shape, intensities)
    paint_eyes(canvas, scene, shape)
    paint_nose(canvas, scene, shape)
    paint_wrinkles(canvas, scene, shape, intensities)
    paint_mouth(canvas, scene, shape)
    paint_brows(canvas, scene, shape)
    paint_fringe(canvas, scene, inside)
    return canvas


def _chunks(count: int) -> list[slice]:
    return [slice(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
