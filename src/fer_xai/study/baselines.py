"""The table ``baselines``: each method's agreement beside maps that know nothing of the classifier, face by face."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from fer_xai.emotions import CANONICAL
from fer_xai.faces.landmarks import Landmarks
from fer_xai.facs import Codebook, FaceMasks, beside_table
from fer_xai.facs.atlas import part_names
from fer_xai.facs.baselines import mean_of_others
from fer_xai.facs.maps import shares
from fer_xai.study import chunks
from fer_xai.study.files import write_table
from fer_xai.study.profiles import Told, mask_profiles
from fer_xai.study.study import Study, folder_name

DRAWN = ("blob", "sobel")  # whose profiles the study keeps


def write_baselines(study: Study, starts: Sequence[int], told: Told, books: Sequence[Codebook]) -> None:
    """Write each method's and codebook's rows of `beside_table`: map is measured, flat, blob, sobel or others.

    ``others`` is the mean map of the method over the faces of the other emotions, each emotion with equal weight.
    """
    out, seed = study.path, study.manifest["seed"]
    others = _others(study, starts, told.emotions)
    blind = {(name, book.name): mask_profiles(out, name, starts, told, book) for name in DRAWN for book in books}
    tables = []
    for method in study.methods:
        for book in books:
            mass, area = mask_profiles(out, folder_name(method), starts, told, book)
            own = np.array([book.emotions.index(e) if e in book.emotions else -1 for e in told.emotions])
            maps = {"measured": _own(mass, own), "flat": _own(area, own)}
            maps |= {name: _own(blind[name, book.name][0], own) for name in DRAWN}
            maps["others"] = _own(others[method] @ book.merge.T.astype(np.float64), own)
            named = [emotion if place >= 0 else None for emotion, place in zip(told.emotions, own, strict=True)]
            table = beside_table(maps, maps["flat"], named, seed)
            tables.append(table.assign(method=method, codebook=book.name))
    found = pd.concat(tables, ignore_index=True)
    write_table(out / "baselines.parquet", found[["method", "codebook", *found.columns[:-2]]])


def _own(table: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Each face's number of its own mask from (N, masks); NaN where the codebook has none."""
    numbers = table[np.arange(len(own)), np.maximum(own, 0)]
    return np.where(own >= 0, numbers, np.nan)


def _others(study: Study, starts: Sequence[int], kinds: np.ndarray) -> dict[str, np.ndarray]:
    """Share of mass in each part of the face that each face's map of the other emotions has, (N, parts) by method.

    Two passes over the stored maps and one painting of the faces, a chunk at a time.
    """
    emotions = [e for e in CANONICAL if e in set(kinds)]
    found = {method: np.full((len(kinds), len(part_names())), np.nan) for method in study.methods}
    size = tuple(study.manifest["data"]["size"][:2])
    pictures = np.stack(
        [
            mean_of_others(means, emotion, size)
            for means in (_mean_maps(study.path, method, starts, kinds) for method in study.methods)
            for emotion in emotions
        ]
    )
    place = {emotion: i for i, emotion in enumerate(emotions)}
    for start, parts in _painted(study.path, starts):
        flat = parts.reshape(*parts.shape[:2], -1)
        every = flat @ shares(pictures).reshape(len(pictures), -1).T
        every = every.reshape(*every.shape[:2], len(study.methods), len(emotions))
        every[~parts.any(axis=(1, 2, 3))] = np.nan
        for i, kind in enumerate(kinds[start : start + len(parts)]):
            for j, method in enumerate(study.methods):
                if kind in place:
                    found[method][start + i] = every[i, :, j, place[kind]]
    return found


def _mean_maps(out: Path, method: str, starts: Sequence[int], kinds: np.ndarray) -> dict[str, np.ndarray]:
    """Mean over each emotion's faces of their maps' shares of positive mass, (H, W) by emotion."""
    sums: dict[str, np.ndarray] = {}
    counts: dict[str, int] = {}
    for start in starts:
        with np.load(chunks.arrays(out, folder_name(method), start), allow_pickle=False) as stored:
            positive = shares(stored["attributions"])
        for share, kind in zip(positive, kinds[start : start + len(positive)], strict=True):
            if isinstance(kind, str) and np.isfinite(share).all():
                sums[kind] = sums.get(kind, 0) + share.astype(np.float64)
                counts[kind] = counts.get(kind, 0) + 1
    return {kind: total / counts[kind] for kind, total in sums.items()}


def _painted(out: Path, starts: Sequence[int]) -> Iterator[tuple[int, np.ndarray]]:
    """The parts of each chunk's faces, (n, parts, H, W), with the number of its first face."""
    for start in starts:
        with np.load(chunks.arrays(out, "faces", start), allow_pickle=False) as stored:
            landmarks = Landmarks(stored["points"], stored["scores"], tuple(map(str, stored["source"])))
            yield start, FaceMasks.paint(stored["pixels"], landmarks).own_parts
