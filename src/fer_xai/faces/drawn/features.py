"""Brows, eyes, nose and mouth."""

from __future__ import annotations

import numpy as np

from fer_xai.faces.drawn.canvas import Canvas, Window, bell, each, soft
from fer_xai.faces.drawn.geometry import Geometry
from fer_xai.faces.drawn.scene import Scene

BROW_LENGTH = 9.2
TEETH = 0.88


def paint_eyes(canvas: Canvas, scene: Scene, shape: Geometry) -> None:
    """Eyeballs with iris and pupil between the lids, lashes and the fold above."""
    skin = each(scene["skin"])
    for side in (-1, 1):
        window = canvas.window((side * 7.2 - 6.5, side * 7.2 + 6.5), (-11, 3))
        outward = side * (window.x - side * each(scene["eye_distance"])) / each(scene["eye_width"])
        middle = each(scene["eye_height"]) - each(scene["eye_tilt"]) * outward
        arch = np.maximum(1 - outward**2, 0)
        upper = middle - each(shape.lid_upper) * arch**0.7
        lower = middle + each(shape.lid_lower) * arch**0.9
        between = soft(np.minimum(window.y - upper, lower - window.y), 0.5) * soft((1 - np.abs(outward)) * 4, 0.6)
        white = (0.35 + 0.6 * skin) * (1 - 0.3 * bell(window.y - upper, 0.6))
        window.cover(white, between)
        dx = window.x - side * each(scene["eye_distance"]) - each(scene["gaze"])
        distance = np.sqrt(dx**2 + (window.y - middle + 0.25) ** 2)
        window.cover(each(scene["iris"]), between * soft(1.75 - distance, 0.5))
        window.cover(0.03, between * soft(0.8 - distance, 0.5))
        window.cover(0.95, 0.9 * between * bell(dx + 0.5, 0.32) * bell(window.y - middle + 0.8, 0.32))
        near = soft((1.12 - np.abs(outward)) * 4, 1.2)
        window.darken(0.75 * near * bell(window.y - upper, 0.38))
        window.darken(0.28 * near * bell(window.y - lower - 0.1, 0.3))
        crease = 1.25 - 0.35 * (each(shape.lid_upper) - each(scene["eye_opening"]))
        window.darken(0.3 * near * bell(window.y - upper + np.maximum(crease, 0.55), 0.33))


def paint_brows(canvas: Canvas, scene: Scene, shape: Geometry) -> None:
    """Brows, thick within and thin without."""
    for side in (-1, 1):
        window = canvas.window((side * 7.5 - 7, side * 7.5 + 7), (-17, 0))
        inner = each(shape.brow_inner_x)
        along = (side * window.x - inner) / BROW_LENGTH
        q = np.clip(along, 0, 1)
        rest = each(scene["eye_height"] + scene["brow_height"]) - each(scene["brow_arch"]) * np.sin(np.pi * q**0.8)
        line = (
            rest + 0.9 * q**2
            + each(shape.brow_all) + each(shape.brow_inner) * (1 - q) ** 1.3 + each(shape.brow_outer) * q**0.9
        )  # fmt: skip
        thick = each(scene["brow_thickness"]) * (1.05 - 0.65 * q) * np.clip(0.6 + 3 * q, 0, 1)
        alpha = soft(thick - np.abs(window.y - line), 0.8) * soft(np.minimum(along, 1 - along) * 6, 0.9)
        window.cover(each(scene["brow_tone"] * scene["skin"]), 0.9 * alpha)


def paint_nose(canvas: Canvas, scene: Scene, shape: Geometry) -> None:
    """Nostrils, the wings' outline, a light on the tip and the shadow beneath: the rest is relief."""
    tip, wide, up = each(scene["nose_tip"]), each(shape.wing_width), each(shape.wings)
    canvas.spot(-0.12, each(-0.4 * scene["light_x"]), tip - 0.9, 0.9, 0.9)
    canvas.spot(0.2, 0, tip + 1.5, 2.0, 0.6)
    for side in (-1, 1):
        canvas.spot(0.62, side * 0.52 * wide, tip + 0.95 - 0.3 * up, 0.62 + 0.1 * up, 0.42)
        canvas.line(0.34, side * (wide + 0.75), tip - 0.2 - up, side * 1.35, 1.5, 0.4, side * -0.3)


def paint_mouth(canvas: Canvas, scene: Scene, shape: Geometry) -> None:
    """Lips around an opening with teeth, or around a dark line."""
    window = canvas.window((-11, 11), (2, 25))
    t = window.x / each(shape.mouth_width)
    smile = np.where(window.x < 0, each(shape.smile[:, 0]), each(shape.smile[:, 1]))
    inside = np.clip(t, -1, 1)
    line = each(shape.mouth_y) + 0.3 * smile - smile * inside**2 + each(shape.droop) * np.abs(inside) ** 3
    arch = 1 - inside**2
    upper = line - each(shape.gap_up) * arch**0.6
    lower = line + each(shape.gap_down) * arch**0.6
    ends = soft((1 - np.abs(t)) * each(shape.mouth_width), 0.8)
    bow = 1 - 0.3 * bell(t, 0.1) + 0.12 * bell(np.abs(t) - 0.2, 0.1)
    rim_up, rim_down = upper - each(shape.upper_lip) * arch**0.8 * bow, lower + each(shape.lower_lip) * arch**0.7
    lip = soft(np.minimum(window.y - rim_up, rim_down - window.y), 0.8) * ends
    tone = each(scene["lip_tone"]) * np.where(window.y < line, 0.86, 1.0)
    window.darken((1 - tone) * lip)
    window.darken(-0.16 * lip * bell(window.y - lower - 0.5 * each(shape.lower_lip), 0.45) * arch)
    _open(window, scene, shape, upper, lower, ends)
    window.darken(0.28 * ends * bell(window.y - rim_down - 0.7, 0.55) * arch)
    window.darken(0.12 * ends * bell(window.y - rim_up + 0.45, 0.4) * arch)
    for side, corner in ((-1, shape.smile[:, 0]), (1, shape.smile[:, 1])):
        y = each(shape.mouth_y - 0.7 * corner + shape.droop)
        canvas.spot(0.4, side * each(shape.mouth_width - 0.1), y, 0.55, 0.5)


def _open(
    window: Window, scene: Scene, shape: Geometry, upper: np.ndarray, lower: np.ndarray, ends: np.ndarray
) -> None:
    """The opening: dark, with the upper teeth as far as it is wide enough; a line where the lips meet."""
    hole = soft(np.minimum(window.y - upper, lower - window.y), 0.5) * ends * soft(lower - upper - 0.35, 0.5)
    window.cover(0.06 + 0.05 * each(scene["skin"]), hole)
    gap = each(shape.gap_up + shape.gap_down)
    height = np.clip(0.75 * gap, 0, 1.5) * np.clip(1.5 * (gap - 0.5), 0, 1)
    window.cover(TEETH * (0.5 + 0.5 * each(scene["skin"])), 0.9 * hole * soft(upper + height - window.y, 0.5))
    window.darken(0.62 * ends * bell(window.y - upper, 0.36) * (1 - 0.5 * np.clip(gap, 0, 1)))
