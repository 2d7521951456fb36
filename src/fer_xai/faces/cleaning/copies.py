"""Groups of faces that hold the same pixels."""

from __future__ import annotations

import numpy as np

from fer_xai.faces.cleaning.request import Request

# Where copies stand in several splits, the one for testing stays: figures on it remain comparable with others'.
_PRECEDENCE = {"test": 0, "validation": 1, "train": 2, "": 3}


def exact_groups(request: Request) -> list[np.ndarray]:
    """Places of the faces of each group of two or more with equal pixels, in order; constant images aside."""
    left = np.flatnonzero(~request.constant)
    order = left[np.argsort(request.digests[left], kind="stable")]
    ends = np.flatnonzero(request.digests[order][1:] != request.digests[order][:-1]) + 1
    groups = [np.sort(group) for group in np.split(order, ends) if len(group) > 1]
    return sorted(groups, key=lambda group: int(group[0]))


def survivor(request: Request, group: np.ndarray) -> int:
    """The copy to keep: the first of those in the split that comes first in test, validation, train."""
    splits = request.splits
    return min(map(int, group), key=lambda place: (_PRECEDENCE.get(str(splits[place]), 3), place))


def suggestion(split: str, kept: str) -> str:
    """What to do with a face of `split` whose copy stays in `kept`.

    Training faces may go without harm. A validation face whose copy is in test leaks, so it goes too. Copies within
    one evaluation split change no one's training: a person decides.
    """
    return "drop" if split in ("train", "") or split != kept else "look"
