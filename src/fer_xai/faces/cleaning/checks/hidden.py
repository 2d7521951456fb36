"""Faces of which a part lies behind something: a hand, hair, a thing.

The network-surgery document leaves out "images in which a portion of the face remains obscured". Here an eye with its
brow, the nose or the mouth counts as hidden by how much of it the occluder net sees covered: by hair for an eye, by
any other thing for all. Where the face mesh finds no landmarks, the middle of the picture stands for the face.
Glasses do not count, for the net does not tell dark ones from clear ones. A face turned away is not hidden, nor is one
cut off by the picture's border. README.md in the folder above tells how often this is right: a person should look.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy.spatial import ConvexHull

from fer_xai.faces.cleaning.request import Finding, Request

TITLE = "an eye, the nose or the mouth behind something"
NEEDS = None
RIGHT = (10, 42)

_LOOK = 0.06  # mean chance of a part's pixels to lie behind something; the best F1 on the half to choose on

# Outlines among the mesh's 468 points.
_PARTS = {
    "right eye": (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7, 70, 63, 105, 66, 107),
    "left eye": (
        *(263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
        *(300, 293, 334, 296, 336),
    ),
    "nose": (168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 48, 278),
    "mouth": (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
}
_EYES = ("right eye", "left eye")
_MIDDLE = (0.54, 0.5, 0.375, 0.29)  # an ellipse's centre and half axes, down and across, in sides of the picture
_FINE = 4  # outlines are drawn at so many times the face's size, then averaged


def find(request: Request) -> list[Finding]:
    """Every face of which a part seems covered, the more so the higher its score: look."""
    found = [
        Finding(place, "face partly hidden", "look", f"{part} seems covered by {share:.0%}", score=share)
        for place, (part, share) in enumerate(_most_hidden(request))
        if share >= _LOOK and not request.constant[place]
    ]
    return sorted(found, key=lambda finding: -(finding.score or 0.0))


def _most_hidden(request: Request) -> list[tuple[str, float]]:
    """For each face the part that is covered most, and by how much."""
    from fer_xai.faces.occluders import find_occluders

    found = []
    for where, pixels in request.blocks("occluders"):
        landmarks = request.landmarks[where]
        for points, own, kinds in zip(landmarks.points, landmarks.found, find_occluders(pixels).kinds, strict=True):
            hair, _, other = kinds
            shares = _shares(points, hair, other) if own else {}
            shares = shares or {"middle": float(other[_middle(other.shape)].mean())}
            found.append(max(shares.items(), key=lambda item: item[1]))
    return found


def _shares(points: np.ndarray, hair: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """How much of each part that is on the picture lies behind something."""
    shares = {}
    for part, vertices in _PARTS.items():
        inside = _filled(points[list(vertices)], other.shape)
        if inside.sum() >= 1:
            covers = (hair, other) if part in _EYES else (other,)
            shares[part] = max(float((cover * inside).sum() / inside.sum()) for cover in covers)
    return shares


def _filled(points: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Share of each pixel (H, W) inside the hull of some points."""
    height, width = size
    hull = points[ConvexHull(points).vertices] * _FINE
    canvas = Image.new("L", (width * _FINE, height * _FINE))
    ImageDraw.Draw(canvas).polygon([(float(x), float(y)) for x, y in hull], fill=1)
    return np.asarray(canvas).reshape(height, _FINE, width, _FINE).mean(axis=(1, 3))


def _middle(size: tuple[int, ...]) -> np.ndarray:
    """Which pixels (H, W) lie in the middle, where a crop's face mostly is."""
    height, width = size
    down, across = (np.arange(side)[:, None] + 0.5 for side in (height, width))
    v, u, tall, wide = _MIDDLE
    return ((down / height - v) / tall) ** 2 + ((across.T / width - u) / wide) ** 2 < 1
