"""Chance: what a map of the same grain and spread scores that does not know the place.

A method's own map is shifted round the face by a random amount. All of its values stay, neighbours stay neighbours
(round the edge), only the place is gone. Shifts are the same for all methods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

#: For each face the numbers that its random numbers derive from.
Seeds = Sequence[Sequence[int]]

_SHIFTS, _TIES, _SUBSETS = 11, 12, 13  # so that one face's streams are apart


def draw_shifts(size: tuple[int, int], seeds: Seeds, draws: int) -> np.ndarray:
    """Random shifts (N, draws, 2), rows down and columns to the right; every one but none at all is equally likely."""
    height, width = size
    flat = np.stack([np.random.default_rng([*seed, _SHIFTS]).integers(1, height * width, draws) for seed in seeds])
    return np.stack(np.divmod(flat, width), axis=-1)


def shifted(maps: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Each map (H, W) of N, shifted round the edges by each of its shifts (N, D, 2): (N, D, H, W)."""
    height, width = maps.shape[1:]
    rows = (np.arange(height) - shifts[..., 0, None]) % height
    columns = (np.arange(width) - shifts[..., 1, None]) % width
    faces = np.arange(len(maps))[:, None, None, None]
    return maps[faces, rows[..., :, None], columns[..., None, :]]


def beside_shifted(maps: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Each map followed by its shifted copies, (N, 1 + D, H, W)."""
    return np.concatenate([maps[:, None], shifted(maps, shifts)], axis=1)


def each_face(maps: Mapping[str, np.ndarray], shifts: np.ndarray) -> Iterator[np.ndarray]:
    """For each of N faces, the M methods' maps of it and their shifted copies, (M, 1 + D, H, W)."""
    for face, moves in enumerate(shifts):
        planes = np.stack([values[face] for values in maps.values()])
        yield beside_shifted(planes, np.broadcast_to(moves, (len(planes), *moves.shape)))


def tie_breakers(count: int, seeds: Seeds) -> np.ndarray:
    """A random number for each of `count` units of each face, (N, count): which of two equal ones goes first.

    A unit's number does not depend on `count`, which other faces may raise.
    """
    return np.stack([np.random.default_rng([*seed, _TIES]).random(count) for seed in seeds])


def draw_subsets(counts: np.ndarray, share: float, samples: int, seeds: Seeds) -> np.ndarray:
    """Random subsets of each face's first `counts` units, (N, samples, S) bool: `share` of the units, at least one."""
    found = np.zeros((len(counts), samples, int(counts.max())), bool)
    for face, (count, seed) in enumerate(zip(counts, seeds, strict=True)):
        order = np.random.default_rng([*seed, _SUBSETS]).random((samples, count)).argsort(axis=1)
        chosen = order[:, : max(1, round(share * count))]
        found[face, np.arange(samples)[:, None], chosen] = True
    return found
