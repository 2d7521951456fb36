"""NumPy archives with ``images`` and perhaps ``labels``, ``classes``, ``usage`` and more about each face."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from fer_xai.emotions import FER2013, canonical
from fer_xai.errors import InputError, first_line
from fer_xai.faces.columns import columns_in_archive
from fer_xai.faces.faces import Faces, table_of
from fer_xai.faces.formats.csv import split_name
from fer_xai.unpacking import refuse_zip_bomb

_KNOWN = ("images", "labels", "classes", "usage", "split")
WHAT = ".npz with images (N, H, W)"


def reads(source: str | Path) -> bool:
    """Whether this is an ``.npz`` file."""
    return Path(source).suffix == ".npz" and Path(source).is_file()


def load(source: str | Path, size: tuple[int, int] | None) -> Faces:
    """All faces; ``labels`` are names, or numbers into ``classes`` (default FER2013's order)."""
    images, others, more = _arrays(Path(source))
    count = len(images)
    labels = _labels(others, count, source)
    usage = others.get("usage", others.get("split"))
    if usage is not None and usage.shape != (count,):
        raise InputError(f"{source}: usage of shape {usage.shape} for {count} images; expected one each")
    splits = [""] * count if usage is None else [split_name(str(name)) for name in usage]
    strange = [str(name) for name, split in zip(() if usage is None else usage, splits, strict=False) if split is None]
    if strange:
        raise InputError(f"{source}: usage {strange[0]!r} is no split")
    ids = [f"row-{n}" for n in range(count)]
    sources = [f"row {n}" for n in range(count)]
    table = table_of(ids, labels, [s or "" for s in splits], sources, row=np.arange(count), **more)
    return Faces(Faces.from_array(images)._store, table)


def _arrays(path: Path) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Images, what is known of them, and the further columns."""
    try:
        refuse_zip_bomb(path)
        with np.load(path, allow_pickle=False) as archive:
            if "images" not in archive:
                raise InputError(f"{path} has no array 'images'; it has {', '.join(archive.files) or 'nothing'}")
            others = {name: np.asarray(archive[name]) for name in _KNOWN[1:] if name in archive}
            images = np.asarray(archive["images"])
            if not images.ndim:
                raise InputError(f"{path}: 'images' is no array of faces (N, H, W)")
            return images, others, columns_in_archive(archive, _KNOWN, len(images))
    except InputError:
        raise
    # Damaged archives have zipfile, zlib and NumPy raise whatever they like.
    except Exception as error:
        raise InputError(f"{path} cannot be read as .npz (objects are refused): {first_line(error)}") from error


def _labels(others: dict[str, np.ndarray], count: int, source: Any) -> list[str | None]:
    if "labels" not in others:
        return [None] * count
    labels = others["labels"]
    if labels.shape != (count,):
        raise InputError(f"{source}: labels of shape {labels.shape} for {count} images; expected one each")
    if labels.dtype.kind not in "iu":  # NumPy counts lengths of time among whole numbers
        return [canonical(str(label)) for label in labels]
    names = [canonical(str(name)) for name in np.ravel(others.get("classes", FER2013))]
    if count and not (labels.min() >= 0 and labels.max() < len(names)):
        raise InputError(f"{source}: labels {labels.min()}…{labels.max()}; expected 0…{len(names) - 1}")
    return [names[label] for label in labels]
