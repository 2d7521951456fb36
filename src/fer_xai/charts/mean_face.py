"""The mean face: one symmetric shape on which every face's findings can be laid over each other."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.path import Path

from fer_xai.faces.landmarks.shape import shape_model
from fer_xai.facs.atlas import BACKGROUND, EYES, atlas, level_merge, part_names, region_names
from fer_xai.facs.painting import paint_parts

#: The picture that holds the mean face, in distances between the eyes: left, right, top, bottom.
FRAME = (-1.35, 1.35, -1.1, 2.0)
_FINENESS = 160  # subpixels per distance between the eyes, to trace regions by
_STRAY = 60  # subpixels: shorter outlines are slivers where polygons do not quite meet
_SMOOTH = 1.0  # subpixels by which a traced line may be straightened


@cache
def mean_points() -> np.ndarray:
    """The mean shape's landmarks, float64 (468, 2).

    x to the right, y down; the origin lies midway between the eyes, whose centres are 1 apart.

    Notes
    -----
    The shape model's average face (`fer_xai.faces.landmarks.shape.ShapeModel`): upright and symmetric.
    """
    points = shape_model().average
    right, left = (points[list(corners)].mean(axis=0) for corners in EYES)
    return np.asarray((points - (right + left) / 2) / np.hypot(*(left - right)))


@cache
def mean_parts() -> np.ndarray:
    """Which part of the face each subpixel of the frame shows, uint8 (H, W): numbers into `part_names`."""
    left, right, top, bottom = FRAME
    size = round((bottom - top) * _FINENESS), round((right - left) * _FINENESS)
    labels: np.ndarray = paint_parts((mean_points()[None] - (left, top)) * _FINENESS, size)[0]
    return labels


def region_at(down: float, right: float) -> str:
    """The fine region at a place of the frame, given in shares of its height and width."""
    labels = mean_parts()
    part = part_names()[labels[int(down * labels.shape[0]), int(right * labels.shape[1])]]
    region: str = atlas()["fine_region_of"][part]
    return region


@cache
def region_paths(level: str) -> dict[str, Path]:
    """Outlines of a level's regions on the mean face, in the frame's units; without the background."""
    names = np.array(part_names())
    rows = zip(region_names(level), level_merge(level).astype(bool), strict=True)
    return {region: traced(frozenset(names[parts])) for region, parts in rows if region != BACKGROUND}


@cache
def traced(parts: frozenset[str]) -> Path:
    """Outline of some parts of the mean face (of `part_names`), with holes, in the frame's units."""
    from skimage.measure import find_contours

    mask = np.isin(mean_parts(), [label for label, part in enumerate(part_names()) if part in parts])
    left, _, top, _ = FRAME
    found = []
    for line in find_contours(np.pad(mask, 1).astype(np.float32), 0.5):
        if len(line) > _STRAY:
            outline = Path(line[:, ::-1] - 0.5)
            outline.simplify_threshold = _SMOOTH
            corners = np.asarray(outline.cleaned(simplify=True).vertices)[:-1]  # the last only says that the line stops
            found.append(Path(corners / _FINENESS + (left, top), closed=True))
    return Path.make_compound_path(*found) if found else Path(np.empty((0, 2)))
