"""Uploaded bytes as pixels: the kind by its content, the size before anything is decoded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from fer_xai.faces.images import eight_bits
from fer_xai.web.limits import Limits
from fer_xai.web.problems import Problem

# Kinds that cameras and browsers make; every decoder left out is one that cannot be attacked.
KINDS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
_SCAN, _MOST_SCANS = b"\xff\xda", 100
_ONE_AT_A_TIME = threading.Lock()


def decode(data: bytes, limits: Limits) -> np.ndarray:
    """Decode an upload: upright, its first frame, no side above ``limits.side``.

    Returns
    -------
    ndarray (H, W, 1 or 3) uint8

    Raises
    ------
    Problem
        ``no_image``, ``not_an_image``, ``too_many_pixels`` or ``broken_image``.
    """
    if not data:
        raise Problem("no_image", "the picture is empty: send a JPEG, PNG, WebP, BMP or GIF")
    # One at a time: the memory for pixels is then that of one picture, however many clients there are.
    with _turn(limits):
        try:
            with Image.open(BytesIO(data), formats=KINDS) as image:
                _refuse_too_many(image, limits)
                _refuse_scans(image, data)
                return _pixels(image, limits)
        except UnidentifiedImageError:
            raise Problem("not_an_image", "these bytes are no JPEG, PNG, WebP, BMP or GIF picture") from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise Problem("too_many_pixels", f"the picture has more than {limits.megapixels} megapixels") from None
        except Problem:
            raise
        # Decoders meet hostile bytes here and raise whatever they like.
        except Exception as error:
            raise Problem("broken_image", f"the picture cannot be decoded ({type(error).__name__})") from error


@contextmanager
def _turn(limits: Limits) -> Iterator[None]:
    if not _ONE_AT_A_TIME.acquire(timeout=limits.seconds):
        raise Problem("busy", "other pictures are still being decoded: try again in a few seconds")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


def _refuse_scans(image: Image.Image, data: bytes) -> None:
    """Refuse a JPEG that is painted over thousands of times, each time in a few bytes: it would decode for hours."""
    if image.format in ("JPEG", "MPO") and data.count(_SCAN) > _MOST_SCANS:
        raise Problem("broken_image", f"the JPEG has more than {_MOST_SCANS} scans; cameras make up to a dozen")


def _refuse_too_many(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.pixels:
        raise Problem(
            "too_many_pixels",
            f"the picture has {width} × {height} pixels; up to {limits.megapixels} megapixels are taken",
        )


def _pixels(image: Image.Image, limits: Limits) -> np.ndarray:
    image.draft(None, (limits.side, limits.side))  # JPEGs decode smaller where they are much larger than needed
    picture = eight_bits(ImageOps.exif_transpose(image))
    picture.thumbnail((limits.side, limits.side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    pixels = np.asarray(picture)
    return pixels[..., None] if pixels.ndim == 2 else pixels
