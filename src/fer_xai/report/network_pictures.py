"""Sheets of small pictures for the network page: true to the value, one colour scale to a sheet, gaps see-through."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from fer_xai.charts.colours import STEPS, shades
from fer_xai.network import Filters

GAP = 3  # pixels between tiles, and twice that between blocks
FULL = 99.5  # the percentile of a layer's shown values that is drawn at full colour
# Middle grey, half seen through: parts a tile that is all white, or all black, from its neighbours and from the page.
_SEAM = (128, 128, 128, 96)
_MAP = 72  # aimed side of a feature map, face or prototype; larger ones are reduced, smaller ones enlarged whole times
_COLOURED = 48
_KERNEL = 21


def png(picture: np.ndarray) -> bytes:
    """A PNG of a picture (H, W), (H, W, 3) or (H, W, 4) uint8."""
    stream = BytesIO()
    Image.fromarray(picture).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def diverging(values: np.ndarray, limit: float) -> np.ndarray:
    """Signed values as RGB uint8: blue below 0, red above, full colour at ± `limit`; 0 is near white."""
    colours = shades("light")
    names = [*(f"n{step}" for step in range(STEPS, 0, -1)), "z", *(f"p{step}" for step in range(1, STEPS + 1))]
    places = np.linspace(-1, 1, len(names))
    at = np.clip(values / limit, -1, 1) if limit else np.zeros(values.shape)
    channels = [np.interp(at, places, [colours[name][c] for name in names]) for c in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


def amounts(values: np.ndarray, limit: float) -> np.ndarray:
    """Amounts as grey RGB uint8: black at 0, white at `limit`."""
    grey = np.rint(255 * np.clip(values / limit, 0, 1)) if limit else np.zeros(values.shape)
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=-1)


def face(picture: np.ndarray, side: int = _MAP) -> np.ndarray:
    """A face (H, W, 1 or 3) float in [0, 1] as an RGB tile near `side`."""
    pixels = np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)
    return fitted(np.repeat(pixels, 3, axis=-1) if pixels.shape[-1] == 1 else pixels, side)


def fitted(tile: np.ndarray, side: int) -> np.ndarray:
    """A tile (h, w, 3) enlarged a whole number of times, or reduced, so that its longer side is near `side`."""
    longest = max(tile.shape[:2])
    times = max(1, round(side / longest))
    if times > 1:
        return tile.repeat(times, axis=0).repeat(times, axis=1)
    if longest <= side * 1.5:
        return tile
    size = tuple(max(1, round(edge * side / longest)) for edge in (tile.shape[1], tile.shape[0]))
    return np.asarray(Image.fromarray(tile).resize(size, Image.Resampling.BOX))


def sheet(tiles: list[np.ndarray], columns: int, gap: int = GAP) -> np.ndarray:
    """Tiles of one size, (h, w, 3 or 4), row by row as one RGBA picture; missing tiles are left transparent."""
    height, width = tiles[0].shape[:2]
    columns = min(columns, len(tiles))
    rows = -(-len(tiles) // columns)
    whole = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, 4), np.uint8)
    for n, tile in enumerate(tiles):
        top, left = n // columns * (height + gap), n % columns * (width + gap)
        whole[top : top + height + gap, left : left + width + gap] = _SEAM
        place = whole[top : top + height, left : left + width]
        place[..., 3] = 255
        place[..., : tile.shape[2]] = tile
    return whole


def filter_sheet(filters: Filters) -> np.ndarray:
    """The filters as one picture; in the input's own colours where they see the picture itself."""
    if filters.colours:
        grey = 0.5 + 0.5 * filters.kernels / (filters.limit or 1.0)
        return sheet([face(kernel, _COLOURED) for kernel in grey], columns=8)
    alone = filters.kernels.shape[1] == 1
    side = 2 * _KERNEL if alone else _KERNEL
    strips = [
        sheet([fitted(diverging(kernel, filters.limit), side) for kernel in kernels], columns=kernels.shape[0], gap=1)
        for kernels in filters.kernels
    ]
    return sheet(strips, columns=8 if alone else 2, gap=2 * GAP)


def map_sheet(maps: np.ndarray) -> tuple[np.ndarray, float, bool]:
    """Feature maps (h, w, K) on one scale as one picture; the scale's end, and whether it is signed."""
    strength = np.abs(maps)
    # A few hot pixels must not turn all others black.
    limit, signed = float(np.percentile(strength, FULL) or strength.max()), bool(maps.min() < 0)
    paint = diverging if signed else amounts
    return sheet([fitted(paint(maps[..., k], limit), _MAP) for k in range(maps.shape[-1])], columns=8), limit, signed


def channel_strip(prototype: np.ndarray | None, faces: np.ndarray) -> np.ndarray:
    """A channel's prototype (H, W, C), where there is one, and after a wider gap faces (T, H, W, C), in one row."""
    tiles = [_squared(face(one)) for one in (*([] if prototype is None else [prototype]), *faces)]
    blank = np.zeros((_MAP, GAP, 4), np.uint8)
    row = sheet(tiles[1:] if prototype is not None else tiles, columns=len(tiles))
    if prototype is None:
        return row
    return np.concatenate([sheet(tiles[:1], 1), blank, blank, blank, row], axis=1)


def _squared(tile: np.ndarray) -> np.ndarray:
    """Prototypes and faces differ in size: side by side both are `_MAP` high and wide."""
    return np.asarray(Image.fromarray(tile).resize((_MAP, _MAP), Image.Resampling.BICUBIC))
