"""The lines and bulges that action units press into the skin."""

from __future__ import annotations

import numpy as np

from fer_xai.faces.drawn.canvas import Canvas, each
from fer_xai.faces.drawn.geometry import Geometry, dimple_sides, units_of
from fer_xai.faces.drawn.scene import Scene

Units = dict[int, np.ndarray]
UPRIGHT = np.pi / 2


def paint_wrinkles(canvas: Canvas, scene: Scene, shape: Geometry, intensities: np.ndarray) -> None:
    """Press every unit's lines into the skin."""
    au = {unit: each(values) for unit, values in units_of(intensities).items()}
    _forehead(canvas, scene, au)
    _glabella_and_nose(canvas, scene, au)
    _around_eyes(canvas, scene, au)
    _folds(canvas, scene, shape, au)
    _mouth_corners(canvas, scene, shape, au)
    _lips_and_chin(canvas, shape, au)


def _forehead(canvas: Canvas, scene: Scene, au: Units) -> None:
    """AU1 wrinkles the middle of the forehead, AU2 its sides, along the raised brows."""
    brow = each(scene["eye_height"] + scene["brow_height"])
    for up in (2.9, 4.4):
        canvas.line(0.3 * au[1], 0, brow - up - 0.8 * au[1], 0, 4.6, 0.38, 0.35)
        for side in (-1, 1):
            canvas.line(0.3 * au[2], side * 8.2, brow - up - 0.7 * au[2], side * 0.12, 3.6, 0.38, 0.6)


def _glabella_and_nose(canvas: Canvas, scene: Scene, au: Units) -> None:
    """AU4's upright lines between the brows, AU9's creases across the root and along the nose."""
    eye = each(scene["eye_height"])
    brow = eye + each(scene["brow_height"])
    canvas.spot(0.16 * au[4], 0, brow + 1.4, 2.0, 1.9)
    for side in (-1, 1):
        canvas.line(0.5 * au[4], side * 1.15, brow + 1.3, UPRIGHT + side * 0.12, 2.3)
        for down, depth in ((-0.6, 0.5), (0.9, 0.5), (2.3, 0.38)):
            canvas.line(depth * au[9], side * 1.7, eye + down, side * 0.6, 1.7)
        canvas.spot(0.22 * au[9], side * 2.9, eye + 3.4, 0.8, 2.0)
    canvas.line(0.4 * au[9], 0, eye - 1.6, 0, 2.0)
    canvas.line(0.2 * au[4], 0, eye - 1.2, 0, 1.7)


def _around_eyes(canvas: Canvas, scene: Scene, au: Units) -> None:
    """AU6's crow's feet and the pouch it pushes up; AU7's straightened lower lid."""
    eye, wide = each(scene["eye_height"]), each(scene["eye_width"])
    for side in (-1, 1):
        x = side * each(scene["eye_distance"])
        corner = x + side * (wide + 1.7)
        for down, angle in ((-0.9, -0.42), (0.25, 0.05), (1.35, 0.5)):
            canvas.line(0.4 * au[6], corner, eye + down, side * angle, 1.5)
        canvas.line(0.34 * au[6], x, eye + 2.3, 0, wide + 0.4, 0.38, -0.8)
        canvas.line(-0.1 * au[6], x, eye + 1.35, 0, wide, 0.4, -0.5)
        canvas.line(0.3 * au[7], x, eye + 1.5, 0, wide, 0.34, -0.2)


def _folds(canvas: Canvas, scene: Scene, shape: Geometry, au: Units) -> None:
    """The nasolabial fold: its upper part for AU10, its middle for AU11, all of it, carried outwards, for AU12."""
    tip, mouth = each(scene["nose_tip"]), each(shape.mouth_y)
    wing, end = each(shape.wing_width + 1.2), each(shape.mouth_width + 1.6)
    y = 0.5 * (tip + mouth) - 0.5
    length = 0.5 * np.hypot(end - wing, mouth - tip) + 0.3
    depth = np.minimum(each(scene["fold"]) + 0.36 * au[12] + 0.1 * au[20], 0.5)
    for side in (-1, 1):
        x, angle = side * 0.5 * (wing + end), UPRIGHT - side * np.arctan2(end - wing, mouth - tip)
        canvas.line(depth, x, y, angle, length, 0.42, side * -0.5)
        canvas.line(0.42 * au[10], side * (wing + 0.5), tip - 0.2, UPRIGHT - side * 0.75, 2.0, 0.4)
        canvas.line(0.42 * au[11], x, y - 0.8, angle, 0.6 * length, 0.42, side * -0.4)
        canvas.spot(0.16 * au[27], side * 9.0, mouth + 1, 1.2, 3.5)


def _mouth_corners(canvas: Canvas, scene: Scene, shape: Geometry, au: Units) -> None:
    """AU14's dimple, AU15's line below the corner, AU20's folds beside it."""
    wide, sides = each(shape.mouth_width), dimple_sides(scene)
    for column, side in enumerate((-1, 1)):
        dimple = each(sides[:, column]) * au[14]
        y = each(shape.mouth_y - 0.7 * shape.smile[:, column] + shape.droop)
        canvas.line(0.6 * dimple, side * (wide + 1.1), y, UPRIGHT, 1.7, 0.42, side * -0.5)
        canvas.spot(-0.12 * dimple, side * (wide + 2.4), y, 0.8, 1.3)
        canvas.line(0.42 * au[15], side * (wide + 0.5), y + 1.3, UPRIGHT - side * 0.35, 1.7, 0.42)
        for out in (1.3, 2.6):
            canvas.line(0.36 * au[20], side * (wide + out), y, UPRIGHT, 2.0, 0.36, side * -0.5)


def _lips_and_chin(canvas: Canvas, shape: Geometry, au: Units) -> None:
    """AU23 pleats the lips, AU24 presses them, AU16 and AU17 crease the skin beneath; AU17 dimples the chin."""
    mouth, wide, chin = each(shape.mouth_y), each(shape.mouth_width), each(shape.chin)
    for side in (-1, 1):
        canvas.spot(0.3 * au[17], side * 1.3, chin - 3.4, 0.5, 0.45)
        canvas.line(0.24 * au[23], side * 0.55 * wide, mouth - 1.2, UPRIGHT, 0.9)
        canvas.line(0.24 * au[23], side * 0.55 * wide, mouth + 1.4, UPRIGHT, 0.9)
    canvas.spot(0.25 * au[17], 0, chin - 4.3, 0.5, 0.45)
    canvas.line(0.4 * au[17], 0, mouth + 2.9, 0, 3.2, 0.4, 0.7)
    canvas.line(0.35 * au[16], 0, mouth + 3.9, 0, 3.4, 0.42, -0.4)
    canvas.spot(-0.16 * au[24], 0, mouth - 1.5, 3.6, 0.6)
    canvas.spot(-0.16 * au[24], 0, mouth + 1.7, 3.6, 0.7)
    canvas.line(0.4 * au[24] + 0.24 * au[23], 0, mouth, 0, wide)
