"""What the painters of occluders share: smooth shapes, textures, and what one knows of the face they are laid on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from fer_xai.faces.occluders import SIDE

# The face's outline in MediaPipe's mesh, clockwise from the top.
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
DENSITY = 4  # subpixels along a pixel's side
TEXTURES = 64
GRID = np.arange(SIDE, dtype=np.float32) + 0.5


@dataclass(frozen=True)
class Sitter:
    """A face crop that something is laid on.

    Attributes
    ----------
    face : ndarray (48, 48) float32 in [0, 1]
    points : ndarray (468, 2)
        Its mesh, in pixel-edge coordinates of the crop.
    other : ndarray (48, 48) float32 in [0, 1]
        Another crop, to cut textures from.
    """

    face: np.ndarray
    points: np.ndarray
    other: np.ndarray

    @cached_property
    def outline(self) -> np.ndarray:
        """The oval's corners (36, 2)."""
        return self.points[list(OVAL)]

    @cached_property
    def oval(self) -> np.ndarray:
        """Share of each pixel inside the oval, (48, 48)."""
        return fill(self.outline)

    @cached_property
    def skin(self) -> float:
        """The skin's usual grey."""
        inside = self.oval > 0.5
        return float(np.median(self.face[inside])) if inside.any() else 0.5

    @cached_property
    def hair(self) -> float:
        """The grey of what frames the upper half of the face: mostly hair."""
        frame = (self.oval < 0.1) & (GRID[:, None] < self.outline[:, 1].mean())
        return float(np.quantile(self.face[frame], 0.3)) if frame.any() else 0.2

    @property
    def width(self) -> float:
        """The oval's width in pixels."""
        return float(np.ptp(self.outline[:, 0]))


@dataclass(frozen=True)
class Laid:
    """Something laid on a face: how opaque it is, its grey, and the pixels that count as its own; each (48, 48)."""

    alpha: np.ndarray
    tone: np.ndarray
    own: np.ndarray
    kind: str


Painter = Callable[[np.random.Generator, Sitter], Laid]


def sheet() -> Image.Image:
    """An empty sheet of subpixels."""
    return Image.new("L", (SIDE * DENSITY, SIDE * DENSITY))


def dots(points: np.ndarray | Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """Points of the crop as Pillow wants them on a sheet."""
    return [(float(x), float(y)) for x, y in np.asarray(points) * DENSITY]


def settle(image: Image.Image) -> np.ndarray:
    """Average subpixels to pixels, (48, 48) float32 in [0, 1]."""
    return np.asarray(image.reduce(DENSITY), np.float32) / 255


def fill(outline: np.ndarray) -> np.ndarray:
    """Share of each pixel inside a polygon."""
    image = sheet()
    ImageDraw.Draw(image).polygon(dots(outline), fill=255)
    return settle(image)


def soften(values: np.ndarray, sigma: float) -> np.ndarray:
    """Blur as an unsharp camera does."""
    return np.asarray(gaussian_filter(values, sigma, mode="nearest"))


@cache
def _textures(stretch: float) -> np.ndarray:
    """Noise of several coarsenesses, mean 0 and deviation 1, stretched downwards: (TEXTURES, 72, 72)."""
    rng = np.random.default_rng(TEXTURES)
    noise = rng.standard_normal((TEXTURES, 72, 72)).astype(np.float32)
    for sheet_, fineness in zip(noise, np.linspace(0.4, 2.5, TEXTURES), strict=True):
        sheet_[:] = gaussian_filter(sheet_, (fineness * stretch, fineness))
        sheet_ /= sheet_.std()
    return noise


def texture(rng: np.random.Generator, stretch: float, angle: float = 0.0) -> np.ndarray:
    """A random texture, mean 0 and deviation 1; strands are those with a large stretch, turned by `angle` degrees."""
    noise = Image.fromarray(_textures(stretch)[rng.integers(TEXTURES)])
    turned = np.asarray(noise.rotate(angle, Image.Resampling.BILINEAR))
    row, column = rng.integers(8, 16, 2)
    return turned[row : row + SIDE, column : column + SIDE]


def cutting(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """A piece of another picture, enlarged and turned, as a texture."""
    side = float(rng.uniform(14, SIDE))
    left, top = rng.uniform(0, SIDE - side, 2)
    box = (float(left), float(top), float(left + side), float(top + side))
    piece = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box)
    return np.rot90(np.asarray(piece), int(rng.integers(4))).clip(0, 1)
