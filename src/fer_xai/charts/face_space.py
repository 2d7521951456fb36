"""Attributions of faces in any pose, laid onto the mean face."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from fer_xai.charts.mean_face import FRAME, mean_points
from fer_xai.errors import InputError

WIDTH = 80  # pixels of the mean face's frame
_RIM = 12  # points around the frame, so that the background is carried along too


def to_face_space(attributions: np.ndarray, points: np.ndarray, width: int = WIDTH) -> np.ndarray:
    """Warp attributions by their faces' landmarks onto the mean face.

    Piecewise affine over a Delaunay triangulation of the mean shape: every pixel of the result keeps its place in its
    triangle. Around the face, the least-squares affine map of all landmarks goes on.

    Parameters
    ----------
    attributions : ndarray, shape (N, H, W)
    points : ndarray, shape (N, 468, 2)
        The faces' landmarks in pixel-edge coordinates, as in `Landmarks.points`, without NaN.
    width : int
        Of the result, in pixels.

    Returns
    -------
    ndarray of float32, shape (N, h, w)
        The frame of `fer_xai.charts.mean_face.FRAME`; NaN where a face's picture does not reach.

    Raises
    ------
    InputError
        If the shapes do not fit, or a point is NaN.
    """
    from scipy.ndimage import map_coordinates

    maps, points = np.asarray(attributions, np.float32), np.asarray(points, np.float64)
    if maps.ndim != 3 or points.shape != (len(maps), *mean_points().shape):
        raise InputError(f"received attributions {maps.shape} and points {points.shape}: give (N, H, W), (N, 468, 2)")
    if not np.isfinite(points).all():
        raise InputError("received landmarks with NaN: leave out the faces without landmarks")
    rim = _rim()
    in_triangle, shape = _grid(width)
    warped = np.empty((len(maps), in_triangle.shape[0]), np.float32)
    for face, (attribution, mesh) in enumerate(zip(maps, points, strict=True)):
        # Pixel-edge coordinates: the first pixel's centre is at .5.
        y, x = (in_triangle @ np.vstack([mesh, rim @ mesh])).T[::-1] - 0.5
        warped[face] = map_coordinates(attribution, [y, x], order=1, mode="nearest")
        high, wide = attribution.shape
        warped[face, ~((y > -0.5) & (y < high - 0.5) & (x > -0.5) & (x < wide - 0.5))] = np.nan
    return warped.reshape(-1, *shape)


@cache
def _grid(width: int) -> tuple[Any, tuple[int, int]]:
    """Barycentric weights of landmarks and rim in each pixel of the frame, sparse (h·w, 480), and (h, w).

    They say where a pixel of the mean face lies on any face: at the weighted mean of its triangle's corners.
    """
    from scipy.sparse import csr_array
    from scipy.spatial import Delaunay

    left, right, top, bottom = FRAME
    pixel = (right - left) / width
    height = round((bottom - top) / pixel)
    x, y = np.meshgrid(left + (np.arange(width) + 0.5) * pixel, top + (np.arange(height) + 0.5) * pixel)
    pixels = np.column_stack([x.ravel(), y.ravel()])
    nodes = np.vstack([mean_points(), _rim() @ mean_points()])
    mesh = Delaunay(nodes)
    triangle = mesh.find_simplex(pixels)
    transform = mesh.transform[triangle]
    first = np.einsum("pij,pj->pi", transform[:, :2], pixels - transform[:, 2])
    weights = np.column_stack([first, 1 - first.sum(axis=1)])
    rows = np.arange(len(pixels)).repeat(3)
    corners = mesh.simplices[triangle].ravel()
    return csr_array((weights.ravel(), (rows, corners)), (len(pixels), len(nodes))), (height, width)


@cache
def _rim() -> np.ndarray:
    """Weights of the landmarks in points around the frame (12, 468): where an affine map of all of them puts those."""
    mean = np.column_stack([mean_points(), np.ones(len(mean_points()))])
    angles = np.linspace(0, 2 * np.pi, _RIM, endpoint=False)
    middle, reach = np.array([0.0, (FRAME[2] + FRAME[3]) / 2]), 1.5 * (FRAME[3] - FRAME[2])
    rim = np.column_stack([middle + reach * np.column_stack([np.cos(angles), np.sin(angles)]), np.ones(_RIM)])
    weights: np.ndarray = rim @ np.linalg.pinv(mean)
    return weights
