"""`load_faces`: any FER data as faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.emotions import FERPLUS, canonical
from fer_xai.errors import InputError, unknown
from fer_xai.faces.cleaning.apply import apply_cleaning
from fer_xai.faces.faces import Faces
from fer_xai.faces.ferplus import relabel, votes_of
from fer_xai.faces.formats import find_format

SPLITS = ("train", "validation", "test")


def load_faces(
    source: Any,
    split: str | None = None,
    *,
    ferplus: str | Path | None = None,
    votes: str | Path | None = None,
    cleaning: Any = None,
    drop: Sequence[str] = (),
    merge: Mapping[str, str] | None = None,
    limit: int | None = None,
    seed: int = 0,
    size: tuple[int, int] | None = None,
    max_bad: float = 0.05,
) -> Faces:
    """Read faces from wherever FER data lies.

    Parameters
    ----------
    source : path, array, ``"sample"``, ``"drawn"`` or ``"drawn-cheating"``
        The Kaggle CSV (plain, ``.gz``, ``.zip``), the Kaggle folders, any folder of emotions, an ``.npz`` with
        ``images`` and perhaps ``labels``, ``classes``, ``usage``, one picture (a photo with one face is cropped),
        an array, the bundled faces (100 of LFW and the astronaut of scikit-image, unlabelled), or faces that the
        library draws (see `fer_xai.faces.drawn`).
    split : {"train", "validation", "test"}, optional
        Default all. FER2013's Training, PublicTest and PrivateTest.
    ferplus : path, optional
        FER+ votes that relabel FER2013 row by row; see `fer_xai.faces.ferplus.relabel`.
    votes : path, optional
        The same file, read beside the labels, which stay as they are: columns ``votes_angry`` … ``votes_NF`` of the
        faces' table, from which a study tells doubtful labels.
    cleaning : path or DataFrame, optional
        What ``fer-xai clean`` or `fer_xai.faces.cleaning.find_doubtful` wrote about this data: faces that it says to
        drop are left out, before anything else.
    drop : sequence of str
        Emotions to leave out.
    merge : mapping, optional
        Emotions to rename, e.g. ``{"disgust": "angry"}``; done before `drop`.
    limit : int, optional
        Take a sample of so many, stratified by label.
    seed : int
        Of that sample.
    size : (H, W), optional
        For pictures in files: the size to bring them to; default their most common one.
    max_bad : float
        Largest share of unreadable rows or files that is skipped; more is an error.

    Returns
    -------
    Faces
        What the data says beside pixels, label and split (further columns of a CSV, arrays of an ``.npz``, a folder's
        ``metadata.csv``) becomes columns of ``Faces.table``, from which a study tells groups. ``skipped`` has one line
        for each row or file that could not be read.

    Raises
    ------
    InputError
        If nothing can be read, too much is bad, the split is empty, or the cleaning table was made for other data.

    Examples
    --------
    >>> from fer_xai import load_faces
    >>> faces = load_faces("sample")
    >>> len(faces), faces.size, faces.channels
    (101, (48, 48), 1)
    >>> faces[:16].images().shape
    (16, 48, 48, 1)
    """
    if isinstance(source, Faces):
        faces = source
    elif isinstance(source, str | Path):
        faces = find_format(source).load(source, size)
    else:
        faces = Faces.from_array(source)
    _refuse_too_many_bad(faces, source, max_bad)
    if cleaning is not None:
        faces = apply_cleaning(faces, cleaning)
    if votes is not None:
        faces = with_votes(faces, Path(votes))
    if ferplus is not None:
        faces = relabel(faces, Path(ferplus))
    faces = _regroup(faces, drop, merge or {})
    named = "this set of faces" if isinstance(source, Faces) else source
    if split is not None:
        faces = _split(faces, split, named)
    if not len(faces):
        raise InputError(f"{named} holds no faces after dropping {', '.join(drop) or 'nothing'}: nothing is left to do")
    return faces if limit is None else faces.sample(limit, seed)


def with_votes(faces: Faces, votes: Path) -> Faces:
    """The same faces, with a column of their table for each answer that FER+'s voters could give."""
    counts = votes_of(faces, votes)
    counts.columns = pd.Index([f"votes_{name}" for name in (*FERPLUS, "unknown", "NF")])
    return Faces(faces._store, pd.concat([faces.table, counts], axis=1), faces._rows, faces.skipped)


def _refuse_too_many_bad(faces: Faces, source: Any, max_bad: float) -> None:
    bad, total = len(faces.skipped), len(faces) + len(faces.skipped)
    if total and (not len(faces) or bad / total > max_bad):
        shown = "; ".join(faces.skipped[:3])
        raise InputError(f"{source}: {bad} of {total} faces cannot be read (allowed share {max_bad:.0%}), e.g. {shown}")
    if not total:
        raise InputError(f"{source} holds no faces")


def _regroup(faces: Faces, drop: Sequence[str], merge: Mapping[str, str]) -> Faces:
    if merge:
        renamed = {canonical(old): canonical(new) for old, new in merge.items()}
        labels = [renamed.get(label or "", label) for label in faces.labels]
        faces = Faces(faces._store, faces.table.assign(label=labels), faces._rows, faces.skipped)
    if drop:
        dropped = {canonical(name) for name in drop}
        faces = faces[np.array([label not in dropped for label in faces.labels], bool)]
    return faces


def _split(faces: Faces, split: str, source: Any) -> Faces:
    if split not in SPLITS:
        raise unknown("split", split, SPLITS)
    inside = (faces.table["split"] == split).to_numpy()
    if not inside.any():
        there = sorted(set(faces.table["split"]) - {""})
        advice = f"it has {', '.join(there)}" if there else "it has no splits: leave the split out"
        raise InputError(f"{source} has no {split} faces; {advice}")
    return faces[inside]
