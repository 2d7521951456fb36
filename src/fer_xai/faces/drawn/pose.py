"""From the face's own upright frame to the crop: yaw, roll, zoom and shift in one resampling."""

from __future__ import annotations

import numpy as np

from fer_xai.faces.drawn.canvas import DENSITY, REACH, SAMPLES, each
from fer_xai.faces.drawn.scene import Scene

SIDE = 48.0  # the crop's height and width in the scene's pixels
SUPERSAMPLING = 2


def crop_grid(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Sample points of the crop, `SUPERSAMPLING` to a pixel each way: x (1, 1, w) and y (1, h, 1) from its centre."""
    height, width = (SUPERSAMPLING * side for side in size)
    x = ((np.arange(width) + 0.5) / width - 0.5) * SIDE
    y = ((np.arange(height) + 0.5) / height - 0.5) * SIDE
    return x.astype(np.float32)[None, None, :], y.astype(np.float32)[None, :, None]


def face_coordinates(scene: Scene, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where points of the crop lie on the upright, frontal face; arrays that broadcast with (N, 1, 1)."""
    angle = np.radians(each(scene["roll"]))
    dx, dy = (x - each(scene["shift_x"])) / each(scene["zoom"]), (y - each(scene["shift_y"])) / each(scene["zoom"])
    across, down = np.cos(angle) * dx + np.sin(angle) * dy, np.cos(angle) * dy - np.sin(angle) * dx
    depth = np.maximum(1 - (across / 18) ** 2 - (down / 24) ** 2, 0)
    return across - each(scene["yaw"]) * depth, down


def crop_coordinates(scene: Scene, points: np.ndarray) -> np.ndarray:
    """Where points of the upright face, (N, P, 2), lie in the crop: the inverse of `face_coordinates`."""
    across, down = points[..., 0].copy(), points[..., 1]
    for _ in range(8):
        depth = np.maximum(1 - (across / 18) ** 2 - (down / 24) ** 2, 0)
        across = points[..., 0] + scene["yaw"][:, None] * depth
    angle, zoom = np.radians(scene["roll"])[:, None], scene["zoom"][:, None]
    x = zoom * (np.cos(angle) * across - np.sin(angle) * down) + scene["shift_x"][:, None]
    y = zoom * (np.sin(angle) * across + np.cos(angle) * down) + scene["shift_y"][:, None]
    return np.stack([x, y], axis=-1)


def take(canvas: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Read canvases (N, S, S) at face coordinates (N, h, w), bilinearly; the outermost sample goes on beyond."""
    column = np.clip((x + REACH) * DENSITY - 0.5, 0, SAMPLES - 1.001)
    row = np.clip((y + REACH) * DENSITY - 0.5, 0, SAMPLES - 1.001)
    left, top = column.astype(np.int32), row.astype(np.int32)
    right, low = column - left, row - top
    start = (np.arange(len(canvas), dtype=np.int32)[:, None, None] * SAMPLES + top) * SAMPLES + left
    flat = canvas.reshape(-1)
    upper = flat[start] * (1 - right) + flat[start + 1] * right
    lower = flat[start + SAMPLES] * (1 - right) + flat[start + SAMPLES + 1] * right
    return upper * (1 - low) + lower * low


def pool(samples: np.ndarray) -> np.ndarray:
    """Mean of each pixel's samples: (N, h, w) to (N, H, W)."""
    count, height, width = samples.shape
    step = SUPERSAMPLING
    return samples.reshape(count, height // step, step, width // step, step).mean(axis=(2, 4))
