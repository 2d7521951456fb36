"""The Kaggle CSV of FER2013: emotion, pixels, Usage and perhaps more; plain, .gz or .zip."""

from __future__ import annotations

import logging
import math
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from fer_xai.emotions import FER2013, canonical
from fer_xai.errors import InputError, first_line
from fer_xai.faces.columns import further_columns, refuse_twins
from fer_xai.faces.faces import Faces, table_of
from fer_xai.unpacking import refuse_zip_bomb

_LOG = logging.getLogger("fer_xai.faces")

WHAT = "FER2013's CSV (emotion,pixels,Usage; plain, .gz or .zip)"
_SPLITS = {
    "training": "train", "train": "train",
    "publictest": "validation", "validation": "validation", "valid": "validation", "val": "validation",
    "privatetest": "test", "test": "test", "testing": "test",
}  # fmt: skip
_ROWS = 2000
_KNOWN = ("emotion", "pixels", "usage")


def reads(source: str | Path) -> bool:
    """Whether this is a CSV file, perhaps compressed."""
    name = Path(source).name.lower()
    return name.endswith((".csv", ".csv.gz", ".csv.zip", ".zip", ".gz")) and Path(source).is_file()


def split_name(usage: str) -> str | None:
    """The library's name of a split, None where it is none."""
    return _SPLITS.get(usage.strip().lower())


def load(source: str | Path, size: tuple[int, int] | None) -> Faces:
    """All rows that can be read, in chunks; rows are counted from 0 after the header, as pandas counts."""
    path = Path(source)
    parts: list[pd.DataFrame] = []
    pixels: list[np.ndarray] = []
    skipped: list[str] = []
    side = 0
    for start, rows in _chunks(path):
        side = side or _side(rows["pixels"], path)
        array, reasons = _pixels(rows["pixels"], side)
        labels, splits = _labels(rows, reasons), _usages(rows, reasons)
        good = np.array([reason is None for reason in reasons])
        skipped += [f"row {start + n}: {reason}" for n, reason in enumerate(reasons) if reason]
        pixels.append(array[good])
        numbers = start + np.flatnonzero(good)
        ids, sources = [f"row-{n}" for n in numbers], [f"row {n}" for n in numbers]
        more = {name: values[good].to_numpy(object) for name, values in further_columns(rows, _KNOWN).items()}
        parts.append(table_of(ids, labels[good].tolist(), splits[good].tolist(), sources, row=numbers, **more))
    if not parts:
        raise InputError(f"{path} has a header but no rows")
    if meant := sorted({"label", "labels", "class", "expression"} & set(rows.columns)) if "emotion" not in rows else []:
        _LOG.warning("%s has a column %s but none called emotion: its faces count as unlabelled", path.name, meant[0])
    return Faces(np.concatenate(pixels)[..., None], pd.concat(parts, ignore_index=True), skipped=tuple(skipped))


def _chunks(path: Path):  # type: ignore[no-untyped-def]
    start = 0
    try:
        if path.suffix.lower() == ".zip":
            refuse_zip_bomb(path)
        with pd.read_csv(path, dtype=str, chunksize=_ROWS, keep_default_na=False) as reader:
            for rows in reader:
                rows.columns = [str(name).strip().lower() for name in rows.columns]
                if "pixels" not in rows:
                    found = ", ".join(rows.columns)
                    raise InputError(
                        f"{path} has the columns {found}; expected pixels, and for labels and splits emotion and "
                        "Usage, with commas between columns"
                    )
                refuse_twins(rows, path)
                if len(rows):
                    yield start, rows
                start += len(rows)
    except InputError:
        raise
    # Damaged text has pandas, and damaged archives zipfile and zlib, raise whatever they like.
    except Exception as error:
        raise InputError(f"{path} cannot be read as CSV: {first_line(error)}") from error


def _side(texts: pd.Series, path: Path) -> int:
    """Side of the square faces, from what most rows hold."""
    count = Counter(len(text.split()) for text in texts.head(200)).most_common(1)[0][0]
    side = math.isqrt(count)
    if side * side != count or side < 8:
        raise InputError(f"{path}: rows of {count} pixels make no square face; FER2013 has 2304 (48×48)")
    return side


def _pixels(texts: pd.Series, side: int) -> tuple[np.ndarray, list[str | None]]:
    """Faces (n, side, side) uint8 and, per row, what is wrong with it."""
    values = _parse(" ".join(texts))
    counts = texts.str.count(" ").to_numpy() + 1
    whole = values is not None and len(values) == len(texts) * side**2 and (counts == side**2).all()
    if values is not None and whole and values.min() >= 0 and values.max() <= 255:
        return values.astype(np.uint8).reshape(-1, side, side), [None] * len(texts)
    faces, reasons = np.zeros((len(texts), side, side), np.uint8), [_reason(text, side) for text in texts]
    for face, text, reason in zip(faces, texts, reasons, strict=True):
        if reason is None:
            face[:] = np.array(text.split(), np.int64).reshape(side, side)
    return faces, reasons


def _parse(text: str) -> np.ndarray | None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return np.fromstring(text, dtype=np.int64, sep=" ")
        except (DeprecationWarning, ValueError):
            return None


def _reason(text: str, side: int) -> str | None:
    fields = text.split()
    if len(fields) != side**2:
        return f"{len(fields)} pixels, expected {side**2}"
    for field in fields:
        if not field.removeprefix("-").isdecimal() or not field.isascii():
            return f"pixel {field[:20]!r} is no whole number"
        if (len(field) > 3 and len(field.lstrip("0")) > 3) or not 0 <= int(field) <= 255:
            return f"pixel value {field[:20]}, expected 0 to 255"
    return None


def _labels(rows: pd.DataFrame, reasons: list[str | None]) -> np.ndarray:
    labels = np.full(len(rows), None, dtype=object)
    if "emotion" not in rows:
        return labels
    known = {str(number): name for number, name in enumerate(FER2013)}
    for n, text in enumerate(rows["emotion"].str.strip()):
        if text in known:
            labels[n] = known[text]
        elif text:
            try:
                labels[n] = canonical(text)
            except InputError:
                reasons[n] = reasons[n] or f"emotion {text[:20]!r}, expected 0 to 6 or a name"
    return labels


def _usages(rows: pd.DataFrame, reasons: list[str | None]) -> np.ndarray:
    splits = np.full(len(rows), "", dtype=object)
    if "usage" not in rows:
        return splits
    for n, text in enumerate(rows["usage"]):
        split = split_name(text) if text.strip() else ""
        if split is None:
            reasons[n] = reasons[n] or f"usage {text[:20]!r}, expected Training, PublicTest or PrivateTest"
        splits[n] = split or ""
    return splits
