"""Folders of pictures: the Kaggle form (train/angry/…), or any tree with folders named after emotions."""

from __future__ import annotations

import logging
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from fer_xai.emotions import canonical
from fer_xai.errors import InputError
from fer_xai.faces.columns import columns_beside
from fer_xai.faces.faces import Faces, table_of
from fer_xai.faces.formats.csv import split_name
from fer_xai.faces.images import SUFFIXES, LazyPixels, name_of, opened

_LOG = logging.getLogger("fer_xai.faces")

WHAT = "a folder with one folder of pictures per emotion"
# Up to this many bytes decoded faces are kept, beyond it they are decoded when used.
_KEPT = 200_000_000
_ROW = re.compile(r"(Training|PublicTest|PrivateTest)_(\d{1,9})(?!\d)", re.IGNORECASE)


def reads(source: str | Path) -> bool:
    """Whether this is a folder."""
    return Path(source).is_dir()


def load(source: str | Path, size: tuple[int, int] | None) -> Faces:
    """All pictures below the folder; those of another size are brought to the most common one, or to `size`.

    A ``metadata.csv`` in the folder tells more about each: see `fer_xai.faces.columns.columns_beside`.
    """
    root = Path(source)
    paths = sorted(p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not paths:
        raise InputError(f"{root} holds no pictures ({' '.join(sorted(SUFFIXES))}){_tables(root)}")
    places = [path.relative_to(root).parts[:-1] for path in paths]
    labels = [emotion_of(parts) for parts in places]
    skipped = []
    if any(labels):
        skipped = [
            f"{p}: no folder above it is named after an emotion" for p, e in zip(paths, labels, strict=True) if not e
        ]
    kept = [n for n, label in enumerate(labels) if label or not any(labels)]
    store, readable, broken = _open([paths[n] for n in kept], size)
    kept = [kept[n] for n in readable]
    splits = _splits(paths, places)
    ids = [name_of(paths[n].relative_to(root).as_posix()) for n in kept]
    rows = [int(match.group(2)) if (match := _ROW.match(paths[n].name)) else None for n in kept]
    more: dict[str, list[Any]] = {"row": rows} if None not in rows else {}
    more |= columns_beside(root, ids)
    table = table_of(
        ids, [labels[n] for n in kept], [splits[n] for n in kept], [name_of(paths[n]) for n in kept], **more
    )
    return Faces(store, table, skipped=(*skipped, *broken))


def _tables(root: Path) -> str:
    """The files in a folder that hold faces themselves, and would be read if given."""
    found = sorted(path.name for path in root.iterdir() if path.suffix.lower() in (".csv", ".npz"))
    return f"; it holds {', '.join(found[:3])}{', …' if len(found) > 3 else ''}: give that file" if found else ""


def emotion_of(parts: tuple[str, ...]) -> str | None:
    """The emotion that the innermost of some folders is named after; `None` where none is."""
    for part in reversed(parts):
        try:
            return canonical(part)
        except InputError:
            continue
    return None


def _splits(paths: list[Path], places: list[tuple[str, ...]]) -> list[str]:
    """Folders decide, and names where no folder does.

    A test folder with pictures called PublicTest_ *and* PrivateTest_ is Kaggle's: unless there is a folder of
    validation faces, it holds them too.
    """
    folders = [next((found for part in parts if (found := split_name(part))), "") for parts in places]
    names = [split_name(match.group(1)) or "" if (match := _ROW.match(path.name)) else "" for path in paths]
    splits = [folder or name for folder, name in zip(folders, names, strict=True)]
    in_test = [name for folder, name in zip(folders, names, strict=True) if folder == "test"]
    if "validation" in folders or not {"validation", "test"} <= set(in_test):
        return splits
    _LOG.warning(
        "%s of the pictures in the test folder are called PublicTest_… beside others called PrivateTest_…, so they "
        "count as validation, as in FER2013; with other names they would be of the test split",
        f"{in_test.count('validation'):,}",
    )
    return [
        "validation" if name == "validation" and folder == "test" else split
        for folder, name, split in zip(folders, names, splits, strict=True)
    ]


def _open(paths: list[Path], size: tuple[int, int] | None) -> tuple[np.ndarray | LazyPixels, list[int], list[str]]:
    """Pixels of the readable pictures, their numbers, and a line for each broken one."""
    heads = [_head(path) for path in paths]
    known = [head for head in heads if head]
    if size is None:
        size = Counter((height, width) for height, width, _ in known).most_common(1)[0][0] if known else (48, 48)
    channels = 3 if any(_coloured(p) for p, head in zip(paths, heads, strict=True) if head and head[2]) else 1
    lazy = LazyPixels(paths, size, channels)
    keep = len(paths) * size[0] * size[1] * channels <= _KEPT
    readable, broken, decoded = [], [], []
    for number, path in enumerate(paths):
        try:
            pixels = lazy.read(path)
        except InputError as error:
            broken.append(str(error))
            continue
        readable.append(number)
        if keep:
            decoded.append(pixels)
    if keep and decoded:
        return np.stack(decoded), readable, broken
    return LazyPixels([paths[n] for n in readable], size, channels), readable, broken


def _head(path: Path) -> tuple[int, int, bool] | None:
    """Height, width and whether it may be coloured, from the file's head; None where it has none."""
    try:
        with opened(path) as image:
            return image.height, image.width, image.mode not in ("1", "L", "LA") and not image.mode.startswith("I")
    # What is wrong with it is told where its pixels are read.
    except Exception:
        return None


def _coloured(path: Path) -> bool:
    """Whether a picture stored in colour has any: many grey sets are stored as RGB."""
    try:
        with opened(path) as image:
            pixels = np.asarray(image.convert("RGB"), np.int16)
    except Exception:
        return False
    return int(np.abs(pixels - pixels[..., :1]).max()) > 16
