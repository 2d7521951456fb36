"""The study's table of how far sampled maps are settled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from fer_xai.explanation import Explanation
from fer_xai.study import chunks
from fer_xai.study.files import write_table
from fer_xai.study.study import folder_name

_COLUMNS = ["face", "method", "passes", "settled"]


def write_sampling(out: Path, start: int, explanation: Explanation) -> None:
    """Write a chunk's passes per face, and the rank correlation that each map is expected to have with its own limit.

    Methods that draw nothing write nothing.
    """
    if "settled" in explanation.details:
        rows = {name: explanation.details[name] for name in ("passes", "settled")}
        rows = pd.DataFrame({"face": explanation.faces.ids, "method": explanation.method, **rows})
        write_table(chunks.table(out, f"sampling/{folder_name(explanation.method)}", start), rows)


def finish_sampling(out: Path, methods: Sequence[str], starts: Sequence[int]) -> None:
    """Write the table ``sampling``: face, method, passes, settled; without rows where no method draws anything."""
    drawn = [f"sampling/{folder_name(m)}" for m in methods if _complete(out, folder_name(m), starts)]
    if drawn:
        chunks.concatenate(out, "sampling", drawn, starts)
    else:
        write_table(out / "sampling.parquet", pd.DataFrame(columns=_COLUMNS))


def _complete(out: Path, folder: str, starts: Sequence[int]) -> bool:
    return all(chunks.table(out, f"sampling/{folder}", start).exists() for start in starts)
