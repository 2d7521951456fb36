"""Where the pieces of a study lie while it runs and after."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from fer_xai.study.files import write_table


def arrays(out: Path, name: str, start: int) -> Path:
    """Faces, or a method's maps, of the chunk whose first face is number `start`."""
    return out / "maps" / name / f"{start:08d}.npz"


def table(out: Path, name: str, start: int) -> Path:
    """A table's rows for one chunk."""
    return out / "parts" / name / f"{start:08d}.parquet"


def gather(out: Path, names: Iterable[str], starts: Iterable[int]) -> pd.DataFrame:
    """All rows of the named parts, in order of name, then chunk."""
    starts = list(starts)
    rows = [pd.read_parquet(table(out, name, start)) for name in names for start in starts]
    filled = [part for part in rows if len(part)]
    return pd.concat(filled or rows[:1], ignore_index=True)


def merge(out: Path, final: str, names: Iterable[str], starts: Iterable[int]) -> pd.DataFrame:
    """Write the parts as one table and return it."""
    rows = gather(out, names, starts)
    write_table(out / f"{final}.parquet", rows)
    return rows
