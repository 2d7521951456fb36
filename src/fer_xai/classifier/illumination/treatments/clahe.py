"""Contrast-limited adaptive histogram equalization (CLAHE)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from fer_xai.classifier.illumination.counting import between, histograms, stretched
from fer_xai.classifier.illumination.layer import IlluminationLayer

_BINS = 256
_TILES = 8  # along each side
_CLIP = 0.01  # most pixels in one bin, as a share of the tile's; at least one pixel


@keras.saving.register_keras_serializable("fer_xai")
class CLAHE(IlluminationLayer):
    """Each eighth of a face is equalized on its own, no bin counting for more than its limit; tiles are blended.

    With the numbers of `skimage.exposure.equalize_adapthist`: tiles of ⌊side / 8⌋ pixels, 256 bins, a limit of 1 % of
    the tile's pixels but at least one. Unlike there, what is cut off goes to the bins below the limit by the room they
    have, not one by one, and brightness is read between bins, so that gradients pass; so the two differ by about a
    pixel's weight in its tile.

    References
    ----------
    Zuiderveld 1994, "Contrast limited adaptive histogram equalization", *Graphics Gems IV*.
    """

    def treat(self, luma: Any) -> Any:
        """Equalize each face (N, H, W)."""
        height, width = luma.shape[1:]
        values, varied = stretched(luma)
        tables, rows, columns = _tables(values)
        flat = ops.reshape(values, (-1, height * width))
        place = flat * _BINS - 0.5
        equal = ops.zeros_like(flat)
        for row, down in _neighbours(height, rows):
            for column, right in _neighbours(width, columns):
                start = (row[:, None] * columns + column).reshape(1, -1) * _BINS
                weight = (down[:, None] * right).reshape(1, -1).astype(np.float32)
                equal += between(tables, ops.convert_to_tensor(start, "int32"), place, _BINS) * weight
        blended, _ = stretched(ops.reshape(equal, ops.shape(luma)))
        return ops.where(varied, blended, luma)


def _tables(values: Any) -> tuple[Any, int, int]:
    """From brightness to equalized brightness, (N, tiles · bins), and the numbers of tiles down and across."""
    height, width = values.shape[1:]
    tile_height, tile_width = max(height // _TILES, 1), max(width // _TILES, 1)
    rows, columns = -(-height // tile_height), -(-width // tile_width)
    missing = ((0, 0), (0, rows * tile_height - height), (0, columns * tile_width - width))
    whole = ops.pad(values, missing, mode="reflect")
    tiles = ops.reshape(whole, (-1, rows, tile_height, columns, tile_width))
    pixels = tile_height * tile_width
    tiles = ops.reshape(ops.transpose(tiles, (0, 1, 3, 2, 4)), (-1, rows * columns, pixels))
    counts, limit = histograms(tiles, _BINS), max(int(_CLIP * pixels), 1)
    clipped = ops.minimum(counts, float(limit))
    room = limit - clipped
    excess = pixels - ops.sum(clipped, axis=-1, keepdims=True)
    share = ops.minimum(excess / ops.maximum(ops.sum(room, axis=-1, keepdims=True), 1e-6), 1.0)
    tables = ops.cumsum(clipped + room * share, axis=-1) / pixels
    return ops.reshape(tables, (-1, rows * columns * _BINS)), rows, columns


def _neighbours(side: int, tiles: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each pixel of a line the tile before it and the one after, by their centres, with their weights."""
    length = max(side // _TILES, 1)
    place = np.arange(side) + length // 2
    tile, share = place // length, place % length / length
    return [
        (np.clip(tile - 1, 0, tiles - 1), 1 - share),
        (np.clip(tile, 0, tiles - 1), share),
    ]


LAYER = CLAHE
