"""A batch of canvases in the face's own upright frame, three samples to a pixel, and the strokes that go onto them."""

from __future__ import annotations

from typing import Any

import numpy as np

REACH = 28.0  # the canvas runs from −28 to 28: beyond the crop, so that turned faces are whole
DENSITY = 3  # samples to a pixel
SAMPLES = int(2 * REACH * DENSITY)
AXIS = ((np.arange(SAMPLES) + 0.5) / DENSITY - REACH).astype(np.float32)
BELL_REACH = 8**0.5  # deviations at which `bell` ends


class Canvas:
    """Grey values (N, S, S) of N faces, changed in windows.

    Lines and spots end where they are exactly zero, so a face does not depend on those drawn beside it.

    Attributes
    ----------
    values : ndarray (N, S, S) float32
    """

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def window(self, x: tuple[float, float], y: tuple[float, float]) -> Window:
        """The part of all canvases between two x and two y."""
        return Window(self.values, _cut(*y), _cut(*x))

    def cover(self, tone: Any, alpha: np.ndarray) -> None:
        """Lay an opaque tone over everything as far as `alpha` (0…1) says."""
        self.values += alpha * (tone - self.values)

    def spot(self, depth: Any, x: Any, y: Any, width: Any, height: Any) -> None:
        """Darken an upright `bell` at (x, y) by a share of what is there; a negative depth lightens.

        All are numbers or arrays (N, 1, 1); `width` and `height` are deviations in pixels.
        """
        if not np.any(depth):
            return
        window = self._around(x, y, BELL_REACH * np.max(width), BELL_REACH * np.max(height))
        window.darken(depth * window.bell(x, y, width, height))

    def raise_by(self, rise: Any, x: Any, y: Any, width: float, height: float) -> None:
        """Add an upright `bell`."""
        window = self._around(x, y, BELL_REACH * width, BELL_REACH * height)
        window.values += rise * window.bell(x, y, width, height)

    def line(self, depth: Any, x: Any, y: Any, angle: Any, length: Any, width: float = 0.36, bend: Any = 0.0) -> None:
        """Darken along a soft line around (x, y), turned by `angle` (radians, clockwise), half `length` to each side.

        `bend` is how far its ends lie from the straight line, to the line's right.
        """
        if not np.any(depth):
            return
        far = np.max(length) + np.max(np.abs(bend)) + BELL_REACH * width
        window = self._around(x, y, far, far)
        cos, sin = np.cos(angle), np.sin(angle)
        dx, dy = window.x - x, window.y - y
        along = (cos * dx + sin * dy) / length
        along *= along
        across = cos * dy - sin * dx - bend * along
        window.darken(depth * bell(across, width) * np.maximum(1 - along * along, 0))

    def _around(self, x: Any, y: Any, wide: Any, high: Any) -> Window:
        return self.window(
            (float(np.min(x) - wide), float(np.max(x) + wide)), (float(np.min(y) - high), float(np.max(y) + high))
        )


class Window:
    """A rectangle of all canvases.

    Attributes
    ----------
    x, y : ndarray, (1, 1, w) and (1, h, 1) float32
        Coordinates of its samples.
    values : ndarray (N, h, w)
        A view.
    """

    def __init__(self, values: np.ndarray, rows: slice, columns: slice) -> None:
        self.x = AXIS[None, None, columns]
        self.y = AXIS[None, rows, None]
        self.values = values[:, rows, columns]

    def cover(self, tone: Any, alpha: np.ndarray) -> None:
        """Lay an opaque tone over the window as far as `alpha` (0…1) says."""
        self.values += alpha * (tone - self.values)

    def darken(self, share: np.ndarray) -> None:
        """Take away a share (0…1) of what is there; a negative share adds."""
        self.values *= 1 - share

    def bell(self, x: Any, y: Any, width: Any, height: Any) -> np.ndarray:
        """An upright `bell`, 1 at (x, y)."""
        return bell(self.x - x, width) * bell(self.y - y, height)


def bell(distance: Any, deviation: Any) -> np.ndarray:
    """Nearly a Gaussian, 1 at 0, but exactly 0 beyond `BELL_REACH` deviations."""
    scaled = distance / deviation
    scaled = np.maximum(1 - scaled * scaled / 8, 0)
    scaled *= scaled
    return scaled * scaled


def soft(distance: Any, edge: float = 0.5) -> np.ndarray:
    """How much of a sample lies inside a shape, given its signed distance (positive inside) in pixels."""
    return np.clip(distance / edge + 0.5, 0, 1)


def each(values: np.ndarray) -> np.ndarray:
    """One number for each face, ready to meet (N, h, w)."""
    return np.asarray(values, np.float32)[:, None, None]


def _cut(low: float, high: float) -> slice:
    """Samples between two coordinates and one more at either end."""
    start, stop = int((low + REACH) * DENSITY) - 1, int((high + REACH) * DENSITY) + 2
    return slice(min(max(0, start), SAMPLES), min(max(0, stop), SAMPLES))
