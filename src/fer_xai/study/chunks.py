"""Where the pieces of a study lie while it runs and after, and how they become tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from fer_xai.atomic import partial_file
from fer_xai.study.files import write_table

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 100_000  # of a row group, about


def arrays(out: Path, name: str, start: int) -> Path:
    """Faces, or a method's maps, of the chunk whose first face is number `start`."""
    return out / "maps" / name / f"{start:08d}.npz"


def table(out: Path, name: str, start: int) -> Path:
    """A table's rows for one chunk."""
    return out / "parts" / name / f"{start:08d}.parquet"


def gather(out: Path, names: Iterable[str], starts: Iterable[int]) -> pd.DataFrame:
    """All rows of the named parts, in order of name, then chunk."""
    starts = list(starts)
    return _read([table(out, name, start) for name in names for start in starts])


def merge(out: Path, final: str, names: Iterable[str], starts: Iterable[int]) -> pd.DataFrame:
    """Write the parts as one table and return it."""
    rows = gather(out, names, starts)
    write_table(out / f"{final}.parquet", rows)
    return rows


def _read(paths: Sequence[Path], columns: list[str] | None = None) -> pd.DataFrame:
    """The rows of several parts; parts without rows do not know their columns' types."""
    rows = [pd.read_parquet(path, columns=columns) for path in paths]
    filled = [part for part in rows if len(part)]
    return pd.concat(filled or rows[:1], ignore_index=True)


def concatenate(out: Path, final: str, names: Iterable[str], starts: Sequence[int]) -> None:
    """Write the parts as one table, a row group after the other, so that they need not fit into memory."""
    paths = [table(out, name, start) for name in names for start in starts]
    schema = _schema(paths)
    with partial_file(out / f"{final}.parquet") as partial, _writer(partial, schema) as writer:
        for group in _groups(paths, schema):
            writer.write_table(group, row_group_size=max(1, group.num_rows))


def _writer(path: Path, schema: pa.Schema) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetWriter(path, schema, write_page_checksum=True)


def _schema(paths: Sequence[Path]) -> pa.Schema:
    """What all parts have in common: a column without any value in one has its type from another."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    known = [pq.read_schema(path) for path in paths]
    return pa.unify_schemas(known, promote_options="permissive").with_metadata(known[0].metadata)


def _groups(paths: Sequence[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    waiting: list[Any] = []
    for path in paths:
        waiting.append(pq.read_table(path).cast(schema))
        if sum(len(part) for part in waiting) >= _ROWS:
            yield pa.concat_tables(waiting).combine_chunks()
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()
