"""A set of faces: pixels, and a table of what is known about each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.emotions import CANONICAL, canonical
from fer_xai.errors import InputError


class Faces:
    """An immutable, sliceable set of faces of one size.

    Slices share the pixels of the set they come from; files are decoded when their pixels are asked for.

    Parameters
    ----------
    store : array-like (M, H, W, C) uint8 or float32
        Pixels: an array, or anything with ``shape`` that gives arrays for integer-array indices.
    table : DataFrame
        One row per face: ``face`` (unique id), ``label`` (emotion or None), ``split``, ``source``, and any more.
    rows : ndarray of int, optional
        Which of the store's faces these are, in order; default all.
    skipped : tuple of str
        One line per row or file that could not be read.

    Attributes
    ----------
    table : DataFrame
    skipped : tuple of str
    """

    def __init__(
        self, store: Any, table: pd.DataFrame, rows: np.ndarray | None = None, skipped: tuple[str, ...] = ()
    ) -> None:
        self._store = store
        self._rows = np.arange(store.shape[0]) if rows is None else rows
        self.table = table.reset_index(drop=True)
        self.skipped = skipped
        if len(self._rows) != len(self.table):
            raise ValueError(f"{len(self._rows)} faces but {len(self.table)} rows in their table")

    @classmethod
    def from_array(
        cls, images: Any, labels: Sequence[str | None] | None = None, ids: Sequence[str] | None = None
    ) -> Faces:
        """Wrap an array of faces.

        Parameters
        ----------
        images : array-like (N, H, W), (N, H, W, 1 or 3) or one face (H, W)
            uint8, or float in [0, 1], which is kept as float32.
        labels : sequence of str or None, optional
        ids : sequence of str, optional
            Unique; default ``face-0``, ``face-1``, …

        Raises
        ------
        InputError
            If the shape, the range, or the number of labels or ids does not fit.
        """
        array = _four_dimensional(np.asarray(images))
        if array.dtype != np.uint8:
            array = _checked(array)
        names = [f"face-{n}" for n in range(len(array))] if ids is None else [str(name) for name in ids]
        known = [None] * len(array) if labels is None else [None if x is None else canonical(x) for x in labels]
        if not len(array) == len(names) == len(known):
            raise InputError(f"{len(array)} faces, {len(known)} labels and {len(names)} ids: expected as many of each")
        if len(set(names)) < len(names):
            raise InputError("ids of faces must be unique; at least one stands twice")
        return cls(array, table_of(names, known, ["test"] * len(names), names))

    def __repr__(self) -> str:
        counts = self.table["label"].value_counts()
        labelled = ", ".join(f"{emotion} {counts[emotion]}" for emotion in self.emotions) or "unlabelled"
        height, width = self.size
        skipped = f"; {len(self.skipped)} skipped" if self.skipped else ""
        return f"Faces({len(self)} of {height}×{width}×{self.channels}; {labelled}{skipped})"

    def _repr_html_(self) -> str:
        from fer_xai.faces.strip import strip_html

        return strip_html(self)

    def __reduce__(self) -> tuple[Any, ...]:
        # A slice takes its own pixels to another process, not those of the set it comes from.
        return Faces, (self._store[self._rows], self.table, None, self.skipped)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Faces:
        """A part of the faces: integer, slice, boolean mask, integer array, or a face's name or a list of names."""
        names = [index] if isinstance(index, str) else index
        if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
            index = self._places(names)
        chosen = np.atleast_1d(np.arange(len(self))[index])
        return Faces(self._store, self.table.iloc[chosen], self._rows[chosen], self.skipped)

    def _places(self, names: list[str]) -> np.ndarray:
        places = pd.Index(self.table["face"]).get_indexer(names)
        if (places < 0).any():
            missing = names[int((places < 0).argmax())]
            splits = " and ".join(sorted(set(self.table["split"]) - {""}))
            these = f"these {len(self)}{f' of {splits}' if splits else ''}"
            unread = f"; could not be read: {'; '.join(self.skipped[:3])}" if self.skipped else ""
            raise InputError(f"there is no face {missing!r} among {these}; names read like {self.ids[0]!r}{unread}")
        return np.asarray(places)

    def renamed(self, ids: Sequence[str]) -> Faces:
        """The same faces under other names, one each."""
        return Faces(self._store, self.table.assign(face=list(ids)), self._rows, self.skipped)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return int(self._store.shape[1]), int(self._store.shape[2])

    @property
    def channels(self) -> int:
        """1 for grey, 3 for colour."""
        return int(self._store.shape[3])

    @property
    def labels(self) -> tuple[str | None, ...]:
        """Each face's emotion, None where unlabelled."""
        return tuple(label if isinstance(label, str) else None for label in self.table["label"])

    @property
    def ids(self) -> tuple[str, ...]:
        """Each face's name, unique within the set."""
        return tuple(self.table["face"])

    @property
    def emotions(self) -> tuple[str, ...]:
        """The labels that occur, in canonical order."""
        present = set(self.labels)
        return tuple(emotion for emotion in CANONICAL if emotion in present)

    def pixels(self) -> np.ndarray:
        """Pixels (N, H, W, C) uint8."""
        stored = self._store[self._rows]
        return stored if stored.dtype == np.uint8 else np.rint(stored * 255).astype(np.uint8)

    def images(self) -> np.ndarray:
        """Pixels (N, H, W, C) float32 in [0, 1]."""
        stored = self._store[self._rows]
        return stored if stored.dtype == np.float32 else stored.astype(np.float32) / np.float32(255)

    def sample(self, limit: int, seed: int = 0) -> Faces:
        """Draw at most `limit` faces at random, stratified by label, in the order they have here.

        Each label gets its share of `limit`, and at least one face where `limit` allows it.
        """
        return self if limit >= len(self) else self[stratified(self.labels, limit, seed)]


def stratified(labels: Sequence[str | None], limit: int, seed: int = 0) -> np.ndarray:
    """Places of at most `limit` labels, drawn at random, each label in its share, in ascending order.

    A smaller sample of the same seed is part of a larger one.
    """
    if limit < 1:
        raise InputError(f"limit {limit}: take at least one face")
    named = np.array([label or "" for label in labels])
    shuffled = np.random.default_rng(seed).permutation(len(named))
    # Rank of each face within its label, as a share of the label's size: cutting at a common share stratifies.
    share = np.empty(len(named))
    for label in np.unique(named):
        members = shuffled[named[shuffled] == label]
        share[members] = np.arange(len(members)) / len(members)
    return np.sort(np.lexsort((np.argsort(shuffled), share))[:limit])


def table_of(
    ids: Sequence[str], labels: Sequence[str | None], splits: Sequence[str], sources: Sequence[str], **more: Any
) -> pd.DataFrame:
    """The table of a set of faces."""
    label = pd.Series(list(labels), dtype="object")
    return pd.DataFrame({"face": list(ids), "label": label, "split": list(splits), "source": list(sources), **more})


def _four_dimensional(array: np.ndarray) -> np.ndarray:
    shape = array.shape
    if array.ndim == 0:
        raise InputError(f"received {str(array)[:80]!r} for faces: open a file with load_faces, or give an array")
    if array.ndim == 2:
        array = array[None]
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4 or array.shape[-1] not in (1, 3) or 0 in array.shape[1:]:
        raise InputError(f"faces of shape {shape}: expected (N, H, W), (N, H, W, 1 or 3) or (H, W)")
    return array


def _checked(array: np.ndarray) -> np.ndarray:
    if not np.issubdtype(array.dtype, np.floating):
        raise InputError(f"faces of type {array.dtype}: expected uint8, or float in [0, 1]")
    if array.size and not (array.min() >= 0 and array.max() <= 1):
        raise InputError(f"float faces must lie in [0, 1]; received {array.min():g} to {array.max():g}: divide by 255?")
    return array.astype(np.float32)
