"""Which segments LIME shows in which pass: at random, as the lime package does, or orthogonally."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

SAMPLINGS = ("orthogonal", "random")


def draw(sampling: str, count: int, samples: int, seed: list[int]) -> np.ndarray:
    """The first `samples` coalitions (samples, count) uint8 of a sampling; the first shows every segment.

    A longer draw begins with the shorter one, so that more may be asked for later.

    Parameters
    ----------
    sampling : {"orthogonal", "random"}
        ``orthogonal``: see `orthogonal_pairs`; rows 1 and 2, 3 and 4, … are complements. ``random``: each segment is
        shown with probability ½.
    """
    rng = np.random.default_rng(seed)
    whole = np.ones((1, count), np.uint8)
    if sampling == "random":
        return np.concatenate([whole, rng.integers(0, 2, (samples - 1, count), np.uint8)])
    parts, have = [whole], 1
    for block in orthogonal_pairs(count, rng):
        parts.append(block)
        have += len(block)
        if have >= samples:
            return np.concatenate(parts)[:samples]
    raise AssertionError("blocks never end")


def orthogonal_pairs(count: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Blocks of coalitions (2m, count) uint8 without end, m the power of two above `count`.

    A block is a Hadamard matrix – its columns are as far from one another as can be, so that what one segment does is
    never taken for what another does – with each row followed by its complement, so that what two segments do only
    together cancels. Which columns are used, which of them are turned over and the order of rows are random: every row
    by itself is as likely as by tossing a coin for each segment, so that LIME's estimand is the same.

    References
    ----------
    Plackett & Burman 1946, "The design of optimum multifactorial experiments"; Box & Hunter 1961, "The 2^(k−p)
    fractional factorial designs" (fold-over).
    """
    from scipy.linalg import hadamard

    size = 1 << int(count).bit_length()
    shown = (hadamard(size, dtype=np.int8) > 0).astype(np.uint8)
    while True:
        # The first column is constant.
        columns = 1 + rng.permutation(size - 1)[:count]
        turned = rng.integers(0, 2, count, np.uint8)
        half = shown[rng.permutation(size)][:, columns] ^ turned
        yield np.stack([half, 1 - half], axis=1).reshape(-1, count)
