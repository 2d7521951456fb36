"""What a disk or a hand spoiled in a study's folder is found before the study goes on, and made again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fer_xai.errors import InputError
from fer_xai.study import chunks
from fer_xai.study.files import check_arrays, check_table


def discard_damaged(out: Path) -> list[Path]:
    """Remove the pieces of a study that do not hold what was written; a run makes what is missing.

    Returns
    -------
    list of Path
        Below `out`, in order of name.
    """
    damaged = sorted(path for path in _pieces(out) if not _is_whole(path))
    for path in damaged:
        path.unlink(missing_ok=True)
        # A chunk counts as measured without these, as in studies older than they are.
        if path.parts[-3] in ("cells", "sampling"):
            chunks.table(out, f"regions/{path.parent.name}", int(path.stem)).unlink(missing_ok=True)
    return [path.relative_to(out) for path in damaged]


def _pieces(out: Path) -> Iterable[Path]:
    yield from (out / "maps").glob("**/*.npz")
    yield from (out / "parts").glob("**/*.parquet")


def _is_whole(path: Path) -> bool:
    try:
        (check_table if path.suffix == ".parquet" else check_arrays)(path)
    except InputError:
        return False
    return True
