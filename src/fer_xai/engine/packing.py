"""Faces × passes, packed into full batches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def rows_per_pass(height: int, width: int) -> int:
    """How many faces go through the model together: a power of two, fewer for larger inputs.

    More than 128 bring nothing on a CPU, and a backward pass keeps every layer's activations of all of them.
    """
    return int(2 ** np.clip(np.floor(np.log2(2**20 / (height * width))), 3, 7))


def evenly(total: int, most: int, streams: int = 1, least: int = 32) -> int:
    """Rows of each batch where `total` rows go in as few batches of at most `most` as can be, all alike.

    With several streams their number is a multiple of that of the streams, where batches have `least` rows then: of
    fewer, splitting costs as much as another stream brings.
    """
    batches = -(-total // most)
    if total >= streams * least:
        batches = -(-batches // streams) * streams
    return -(-total // max(batches, 1)) or 1


def packed(faces: int, passes: int, rows: int) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Pack faces × passes into batches of exactly `rows`, the last padded by repeating its first row.

    Yields
    ------
    slice
        Where the batch's results belong in the flat (faces · passes) order.
    ndarray (rows,), ndarray (rows,)
        Face number and pass number of each row.
    """
    total = faces * passes
    for start in range(0, total, rows):
        stop = min(start + rows, total)
        flat = np.full(rows, start)
        flat[: stop - start] = np.arange(start, stop)
        yield slice(start, stop), flat // passes, flat % passes
