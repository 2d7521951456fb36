"""Nearly the same picture in two splits: cropped, scaled, mirrored, lightened or with another watermark.

All pairs of faces across splits are compared by the correlation of their 12×12 thumbnails, mirrored ones too. A pair
that agrees there is checked on its details: the picture less its blur, shifted by up to two pixels. Two people in
the same light share their thumbnail; only copies share details. On FER2013 the details' correlation has two humps
with its valley at .55 to .6, for mirrored pairs at .6 to .65.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fer_xai.faces.cleaning.copies import suggestion, survivor
from fer_xai.faces.cleaning.request import SIDE, Finding, Request

TITLE = "nearly equal pictures across splits"
NEEDS = None
RIGHT = (78, 80)

_CELLS = 12
_ALIKE = 0.9
_SAME = 0.62
_SHIFT = 2
_BLUR = 2.0
_FLAT = 1.0  # standard deviation in grey levels below which a thumbnail says nothing
_ROWS, _COLUMNS = 1024, 8192


def find(request: Request) -> list[Finding]:
    """Every face with a near copy in another split; of each group one split's faces stay."""
    pairs, scores = near_pairs(request)
    count = len(request.faces)
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    groups = connected_components(links, directed=False)[1]
    best: dict[int, tuple[float, int]] = {}
    for (a, b), score in zip(pairs.tolist(), scores.tolist(), strict=True):
        for one, other in ((a, b), (b, a)):
            best[one] = max(best.get(one, (-1.0, -1)), (score, other))
    members: dict[int, list[int]] = {}
    for place in sorted(best):
        members.setdefault(int(groups[place]), []).append(place)
    findings = []
    for number, group in enumerate(sorted(members.values())):
        kept = request.splits[survivor(request, np.array(group))]
        for place in group:
            score, partner = best[place]
            split = request.splits[place]
            suggested = "keep" if split == kept else suggestion(split, kept)
            detail = f"like a face in {request.splits[partner]}"
            findings.append(Finding(place, "near copy", suggested, detail, number, partner, score))
    return findings


def near_pairs(request: Request) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (P, 2) of faces across splits that are near copies, and how well their details correlate (P,).

    Exact copies are left to their own check. A mirrored copy counts as one.
    """
    candidates = np.concatenate([_candidates(request, mirrored) for mirrored in (False, True)])
    digests = request.digests
    candidates = candidates[digests[candidates[:, 0]] != digests[candidates[:, 1]]]
    scores = np.empty(len(candidates), np.float32)
    for start in range(0, len(candidates), _ROWS):
        some = slice(start, start + _ROWS)
        first, second = (_details(request.small[candidates[some, side]]) for side in (0, 1))
        mirrored = candidates[some, 2].astype(bool)
        second[mirrored] = second[mirrored, :, ::-1]
        scores[some] = _shifted_correlation(first, second)
        request.track("near copies", min(start + _ROWS, len(candidates)), len(candidates))
    same = scores >= _SAME
    return candidates[same, :2], scores[same]


def _candidates(request: Request, mirrored: bool) -> np.ndarray:
    """Pairs across splits with like thumbnails, (P, 3): place, place, whether the second is mirrored."""
    thumbnails, useful = _thumbnails(request.small)
    splits = request.splits
    places = {split: np.flatnonzero((splits == split) & useful) for split in sorted(set(splits))}
    names = list(places)
    found = [np.empty((0, 3), np.int64)]
    for first in range(len(names)):
        for second in range(first + 1, len(names)):
            rows, columns = places[names[first]], places[names[second]]
            others = thumbnails[columns]
            others = (others[:, :, ::-1] if mirrored else others).reshape(len(columns), -1)
            for start in range(0, len(rows), _ROWS):
                some = thumbnails[rows[start : start + _ROWS]].reshape(-1, _CELLS**2)
                for along in range(0, len(columns), _COLUMNS):
                    a, b = np.nonzero(some @ others[along : along + _COLUMNS].T >= _ALIKE)
                    pairs = np.stack([rows[start + a], columns[along + b]], axis=1)
                    found.append(np.insert(pairs, 2, int(mirrored), axis=1))
    return np.concatenate(found)


def _thumbnails(small: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Thumbnails (N, 12, 12) of mean 0 and length 1, and which of them show anything."""
    cells = SIDE // _CELLS
    blocks = small.reshape(-1, _CELLS, cells, _CELLS, cells)
    thumbnails = np.concatenate(
        [blocks[n : n + _ROWS].astype(np.float32).mean(axis=(2, 4)) for n in range(0, len(blocks), _ROWS)]
    )
    thumbnails -= thumbnails.mean(axis=(1, 2), keepdims=True)
    length = np.sqrt((thumbnails**2).sum(axis=(1, 2), keepdims=True))
    return thumbnails / np.maximum(length, 1e-6), length[:, 0, 0] > _FLAT * _CELLS


def _details(small: np.ndarray) -> np.ndarray:
    faces = small.astype(np.float32)
    return faces - gaussian_filter(faces, (0, _BLUR, _BLUR))


def _shifted_correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The best correlation (n,) of two stacks (n, H, W) over shifts of up to two pixels."""
    inner = first[:, _SHIFT:-_SHIFT, _SHIFT:-_SHIFT]
    height, width = inner.shape[1:]
    best = np.full(len(first), -1, np.float32)
    for down in range(2 * _SHIFT + 1):
        for right in range(2 * _SHIFT + 1):
            moved = second[:, down : down + height, right : right + width]
            best = np.maximum(best, _correlation(inner, moved))
    return best


def _correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    a, b = (stack - stack.mean(axis=(1, 2), keepdims=True) for stack in (first, second))
    norm = np.sqrt((a**2).sum(axis=(1, 2)) * (b**2).sum(axis=(1, 2)))
    return (a * b).sum(axis=(1, 2)) / np.maximum(norm, 1e-6)
