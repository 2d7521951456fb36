"""Pictures in files: decoded to uint8, and whole folders of them without holding them all."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from fer_xai.errors import InputError, first_line

LUMA = (0.299, 0.587, 0.114)  # red, green, blue: ITU-R BT.601; sums to one
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm"})


def read_image(path: Path) -> np.ndarray:
    """Decode a picture: upright, its first frame, grey (H, W, 1) or colour (H, W, 3), uint8.

    Raises
    ------
    InputError
        If the file is missing, truncated, no picture, or far too large.
    """
    try:
        with opened(path) as image:
            pixels = np.asarray(eight_bits(ImageOps.exif_transpose(image)))
    except FileNotFoundError:
        raise InputError(f"no file at {path}") from None
    # Damaged pictures have their decoders raise whatever they like.
    except Exception as error:
        raise InputError(f"{path}: not a readable picture ({first_line(error)})") from error
    return pixels[..., None] if pixels.ndim == 2 else pixels


def name_of(path: Path | str) -> str:
    """A path as text that every table and page can hold: names of files need not be UTF-8."""
    return str(path).encode("utf-8", "backslashreplace").decode()


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """A picture whose head was read; up to twice Pillow's 89 megapixels are taken without a warning, and no more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of large pictures, and of decoders about damage
        with Image.open(path) as image:
            yield image


def eight_bits(image: Image.Image) -> Image.Image:
    """Bring a decoded picture of any mode to grey or RGB of eight bits."""
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image, np.int32) // 257).clip(0, 255).astype(np.uint8))
    return image.convert("L" if image.mode in ("1", "L", "LA") else "RGB")


def resize(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bring a picture (H, W, C) uint8 to another size, bilinearly, anti-aliased where it shrinks."""
    if pixels.shape[:2] == tuple(size):
        return pixels
    flat = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    resized = np.asarray(Image.fromarray(flat).resize((size[1], size[0]), Image.Resampling.BILINEAR))
    return resized[..., None] if resized.ndim == 2 else resized


def as_channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    """Bring a picture (H, W, 1 or 3) to `channels`: luma, or the grey thrice."""
    if pixels.shape[-1] == channels:
        return pixels
    if channels == 3:
        return np.repeat(pixels, 3, axis=-1)
    return np.asarray(Image.fromarray(pixels).convert("L"))[..., None]


class LazyPixels:
    """Pictures that stay in their files until they are indexed.

    Parameters
    ----------
    paths : sequence of Path
    size : (H, W)
    channels : int
    """

    def __init__(self, paths: Sequence[Path], size: tuple[int, int], channels: int) -> None:
        self._paths = list(paths)
        self.shape = (len(self._paths), *size, channels)

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        decoded = [self.read(self._paths[row]) for row in rows]
        return np.stack(decoded) if decoded else np.zeros((0, *self.shape[1:]), np.uint8)

    def read(self, path: Path) -> np.ndarray:
        """Decode one picture to the common size and channels."""
        return as_channels(resize(read_image(path), self.shape[1:3]), self.shape[3])
