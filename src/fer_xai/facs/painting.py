"""Paint the atlas onto faces: from landmarks to one part label for each subpixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fer_xai.facs.atlas import EYES, atlas, part_names, ring

DISC = np.linspace(0, 2 * np.pi, 32, endpoint=False)


def supersampling(size: tuple[int, int]) -> int:
    """Subpixels along a pixel's side: 4 on FER's 48×48, fewer on large faces, where a soft edge no longer matters."""
    return max(1, min(4, 384 // max(size)))


def paint_parts(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Label every subpixel with the part of the face that it shows.

    Later polygons overwrite earlier ones; what is left over inside the face's oval goes to the nearest part, what is
    left over outside is background.

    Parameters
    ----------
    points : ndarray, shape (N, 468, 2)
        Pixel-edge coordinates, without NaN.
    size : tuple of int
        Height and width of the faces.

    Returns
    -------
    ndarray of uint8, shape (N, H·s, W·s)
        Numbers into `part_names`; s is `supersampling`.
    """
    scale = supersampling(size)
    labels = np.zeros((len(points), size[0] * scale, size[1] * scale), np.uint8)
    for canvas, mesh in zip(labels, points * scale, strict=True):
        for label, part in enumerate(part_names()[1:], start=1):
            _fill(canvas, _polygon(part, mesh), label)
        oval = np.zeros_like(canvas)
        _fill(oval, mesh[list(ring("face")[0])], 1)
        _give_to_nearest(canvas, (oval == 1) & (canvas == 0))
    return labels


def paint_rings(points: np.ndarray, rings: Sequence[Sequence[int]], size: tuple[int, int]) -> np.ndarray:
    """Fill outlines: share of each pixel inside them, float32 (N, H, W) in [0, 1]."""
    scale = supersampling(size)
    inside = np.zeros((len(points), size[0] * scale, size[1] * scale), np.uint8)
    for canvas, mesh in zip(inside, points * scale, strict=True):
        for vertices in rings:
            _fill(canvas, mesh[list(vertices)], 1)
    return inside.reshape(len(points), size[0], scale, size[1], scale).mean(axis=(2, 4), dtype=np.float32)


def pool_parts(labels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Average subpixel labels into soft masks, float32 (N, P, H, W) that sum to 1 over the parts."""
    parts, (height, width) = len(part_names()), size
    scale = labels.shape[1] // height
    pixels = np.arange(height * width).reshape(height, width).repeat(scale, axis=0).repeat(scale, axis=1)
    masks = np.empty((len(labels), parts, height, width), np.float32)
    for mask, face in zip(masks, labels, strict=True):  # face by face, so that the counts stay in the cache
        cells = face.astype(np.intp) * (height * width) + pixels
        counts = np.bincount(cells.ravel(), minlength=mask.size)
        np.divide(counts.reshape(mask.shape), scale**2, out=mask, casting="unsafe")
    return masks


def _polygon(part: str, mesh: np.ndarray) -> np.ndarray:
    """Outline of a part on one face; the lip corners are discs."""
    if not part.startswith("lip_corner_"):
        return mesh[atlas()["polygons"][part]]
    rule = atlas()["lip_corner"]
    right, left = (mesh[list(corners)].mean(axis=0) for corners in EYES)
    radius = rule["radius_in_interocular_distances"] * np.hypot(*(left - right))
    return mesh[rule[part[-1]]] + radius * np.column_stack([np.cos(DISC), np.sin(DISC)])


def _fill(canvas: np.ndarray, outline: np.ndarray, label: int) -> None:
    """Label the pixels whose centres lie inside an outline, by the even-odd rule.

    The same as `skimage.draw.polygon`, at a third of its time: a row's pixels right of a crossed edge change sides.
    """
    height, width = canvas.shape
    (x, y), (next_x, next_y) = outline.T, np.roll(outline, -1, axis=0).T
    top, bottom = max(0, int(y.min())), min(height, int(y.max()) + 1)
    if bottom <= top:
        return
    centres = np.arange(top, bottom) + 0.5
    row, edge = np.nonzero((y <= centres[:, None]) != (next_y <= centres[:, None]))
    slope = (next_x - x)[edge] / (next_y - y)[edge]
    crossing = x[edge] + (centres[row] - y[edge]) * slope
    column = np.clip(np.ceil(crossing - 0.5), 0, width).astype(np.intp)
    changes = np.bincount(row * (width + 1) + column, minlength=(bottom - top) * (width + 1))
    inside = np.cumsum(changes.reshape(-1, width + 1), axis=1)[:, :width] % 2 == 1
    canvas[top:bottom][inside] = label


def _give_to_nearest(canvas: np.ndarray, leftover: np.ndarray) -> None:
    """Label leftover subpixels like the nearest painted one; only the painted rim beside unpainted ones can be that."""
    from scipy.spatial import cKDTree

    painted = canvas > 0
    if not leftover.any() or not painted.any():
        return
    inner = np.zeros_like(painted)
    inner[1:-1, 1:-1] = painted[:-2, 1:-1] & painted[2:, 1:-1] & painted[1:-1, :-2] & painted[1:-1, 2:]
    rim = np.argwhere(painted & ~inner)
    missing = np.argwhere(leftover)
    nearest = rim[cKDTree(rim).query(missing)[1]]
    canvas[tuple(missing.T)] = canvas[tuple(nearest.T)]
