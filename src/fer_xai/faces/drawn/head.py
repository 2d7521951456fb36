"""The head: backdrop, shoulders, hair, ears, and the skin as a lit relief."""

from __future__ import annotations

from typing import Any

import numpy as np

from fer_xai.faces.drawn.canvas import AXIS, DENSITY, Canvas, bell, each, soft
from fer_xai.faces.drawn.geometry import Geometry, units_of
from fer_xai.faces.drawn.scene import BALD_SHARE, Scene

MIDDLE = -2.0  # y at which the face is widest
TOP = 15.5  # the oval's height above it
X, Y = AXIS[None, None, :], AXIS[None, :, None]


def oval(scene: Scene, shape: Geometry) -> np.ndarray:
    """Signed distance (roughly, in pixels) from the face's outline, positive inside, (N, S, S)."""
    across = np.abs(X) / each(scene["face_width"])
    below = np.maximum(Y - MIDDLE, 0) / (each(shape.chin) - MIDDLE)
    above = np.maximum(MIDDLE - Y, 0) / TOP
    reach = np.maximum(1 - below ** each(scene["jaw"]) - above**2.4, 0) ** (1 / 2.2)
    return (reach - across) * each(scene["face_width"]) - 4 * np.maximum(np.maximum(below, above) - 1, 0)


def paint_backdrop(scene: Scene) -> Canvas:
    """What is behind the head, shoulders and neck included."""
    x, y = AXIS[None, None, :] / 24, AXIS[None, :, None] / 24
    values = each(scene["backdrop"]) + each(scene["backdrop_x"]) * x + each(scene["backdrop_y"]) * y
    canvas = Canvas(np.clip(values, 0.02, 0.98).astype(np.float32))
    _hair_behind(canvas, scene)
    skin = each(scene["skin"])
    low = canvas.window((-28, 28), (12, 28))
    half = 0.56 * each(scene["face_width"]) + 0.02 * np.maximum(low.y - 16, 0) ** 2
    low.cover(0.62 * skin, soft(half - np.abs(low.x), 1.0))
    shoulders = np.minimum(low.y - 20.5 - 0.01 * low.x**2, np.maximum(np.abs(low.x) - half, low.y - 23.5))
    low.cover(each(scene["shirt"]), soft(shoulders, 1.2))
    for side in (-1, 1):
        ear = canvas.window((side * 17 - 5, side * 17 + 5), (-9, 7))
        reach = 1 - ((ear.x - side * (each(scene["face_width"]) + 0.3)) / 2.1) ** 2 - ((ear.y + 0.8) / 4.2) ** 2
        ear.cover(0.78 * skin, soft(reach * 2, 0.7))
        ear.darken(0.35 * ear.bell(side * (each(scene["face_width"]) + 0.7), -0.8, 0.6, 1.8) * (reach > 0))
    return canvas


def _hair_behind(canvas: Canvas, scene: Scene) -> None:
    wide, high = each(scene["face_width"] + scene["hair_volume"]), each(TOP + 2.5 + scene["hair_volume"])
    above = np.maximum(MIDDLE - 1 - Y, 0) / high
    reach = np.sqrt(np.maximum(1 - above**2, 0)) * wide - np.abs(X) - 20 * np.maximum(above - 1, 0)
    reach = np.minimum(reach, (each(scene["hair_length"]) - Y) * 0.8)
    alpha = soft(reach, 0.8) * each(np.where(scene["baldness"] < BALD_SHARE, 0.0, 1.0))
    canvas.cover(_hair(scene), alpha)


def _hair(scene: Scene) -> np.ndarray:
    strands = np.sin(1.9 * X + 2.0 * np.sin(0.22 * Y) + each(scene["strands"])) * np.sin(0.45 * X - 0.2 * Y + 1)
    return each(scene["hair_tone"]) * (1 + 0.2 * strands + 0.2 * bell(Y + 17, 3.0))


def paint_skin(canvas: Canvas, scene: Scene, shape: Geometry, intensities: np.ndarray) -> np.ndarray:
    """Lay the lit skin into the oval; returns the oval's coverage (N, S, S)."""
    inside = soft(oval(scene, shape), 0.8)
    canvas.cover(each(scene["skin"]) * _light(_relief(scene, shape, intensities), scene), inside)
    return inside


def paint_fringe(canvas: Canvas, scene: Scene, inside: np.ndarray) -> None:
    """Hair over the forehead, down to the hair line."""
    top = canvas.window((-28, 28), (-28, -2))
    part, width = each(scene["hair_part"]), each(scene["face_width"])
    line = (
        each(scene["hair_line"])
        + 5.5 * ((top.x - 0.4 * part) / width) ** 4
        + 0.25 * np.sin(1.1 * top.x + each(scene["strands"]))
    )
    shown = each(np.where(scene["baldness"] < BALD_SHARE, 0.0, 1.0))
    rows = slice(0, top.values.shape[1])
    top.cover(_hair(scene)[:, rows], shown * soft(line - top.y, 1.0) * (inside[:, rows] > 0))
    top.darken(0.25 * shown * bell(top.y - line - 0.6, 0.7) * inside[:, rows])


def _relief(scene: Scene, shape: Geometry, intensities: np.ndarray) -> np.ndarray:
    """Height of the face towards the viewer, in pixels, (N, S, S)."""
    au = units_of(intensities)
    width = each(scene["face_width"])
    across, down = X / (1.06 * width), (Y - MIDDLE) / np.where(Y < MIDDLE, 20, 1.1 * (each(shape.chin) - MIDDLE))
    round_ = 1 - across * across - down * down
    relief = Canvas(13 * np.sqrt(np.maximum(round_, 0.03)).astype(np.float32))
    eye, mouth = each(scene["eye_height"]), each(shape.mouth_y)
    brow = eye + each(scene["brow_height"])
    bumps: list[tuple[Any, Any, float, float, Any]] = [
        (0, mouth - 0.6, 5.0, 3.4, 1.1),
        (0, mouth + 3.4 + 0.6 * each(shape.gap_down), 3.6, 0.9, -0.6 - 0.3 * each(au[17])),
        (0, each(shape.chin) - 3.6, 3.0, 1.9, 1.1 + 0.5 * each(au[17])),
        (0, eye - 0.5, 1.6, 2.2, -0.5),
        (0, brow + 1.0, 2.2, 1.6, 0.2 + 0.7 * each(au[4] + 0.5 * au[9])),
        (0, mouth - 3.2, 0.5, 1.2, -0.25),
    ]
    for side in (-1, 1):
        x = side * each(scene["eye_distance"])
        bumps += [
            (x, eye, 3.6, 2.1, -2.3),
            (x, eye + 0.1, 2.3, 1.5, 1.1),
            (x, brow + each(shape.brow_all), 4.2, 1.3, 0.8),
            (1.16 * x, each(3.4 - 1.0 * shape.cheek), 3.2, 2.6, 0.7 + 1.1 * each(shape.cheek)),
            (1.35 * x, mouth, 2.2, 3.5, -0.6 - 0.5 * each(au[27])),
            (side * each(shape.wing_width), each(scene["nose_tip"] - 0.2 - shape.wings), 0.9, 0.9, 1.2),
        ]
    for x, y, wide, high, rise in bumps:
        relief.raise_by(rise, x, y, wide, high)
    _nose_ridge(relief, scene)
    return relief.values


def _nose_ridge(relief: Canvas, scene: Scene) -> None:
    window = relief.window((-8, 8), (-10, 9))
    root, tip = each(scene["eye_height"]) - 1.0, each(scene["nose_tip"])
    along = np.clip((window.y - root) / (tip - root), 0, 1)
    profile = (0.25 * np.clip((along + 0.1) / 0.2, 0, 1) + 0.75 * along**1.5) * soft(tip + 0.6 - window.y, 2.2)
    window.values += each(scene["nose_relief"]) * profile * bell(window.x, 0.9 + 0.8 * along)


def _light(relief: np.ndarray, scene: Scene) -> np.ndarray:
    """Brightness of a matt relief, about 1 where it faces the light, (N, S, S)."""
    down, right = np.gradient(relief, 1 / DENSITY, axis=(1, 2))
    x, y = each(scene["light_x"]), each(scene["light_y"])
    facing = (1 - x * right - y * down) / np.sqrt((1 + right**2 + down**2) * (1 + x**2 + y**2))
    ambient = each(scene["ambient"])
    return ambient + (1.02 - ambient) * np.maximum(facing, 0)
