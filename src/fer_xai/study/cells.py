"""A method's cell, the smallest thing it can tell apart on a face: what is smaller has its surroundings' number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from fer_xai.explainers.registry import explainer_classes
from fer_xai.explanation import Explanation
from fer_xai.study import chunks
from fer_xai.study.files import write_table
from fer_xai.study.study import folder_name


def cell_pixels(explanation: Explanation) -> np.ndarray:
    """Pixels in one cell of the method on each face, (N,); NaN where it is not known.

    A method of segments has the median segment; a class-activation method a cell of its layer's grid; occlusion its
    patch; a gradient one pixel.
    """
    count, details = len(explanation), explanation.details
    if explanation.segments is not None:
        return np.array([np.median(np.unique(face, return_counts=True)[1]) for face in explanation.segments])
    for name in ("cell", "patch"):
        if name in details:
            return np.full(count, float(np.prod(details[name])))
    grain = getattr(explainer_classes().get(explanation.method), "grain", None)
    return np.full(count, 1.0 if grain == "pixel" else np.nan)


def write_cells(out: Path, start: int, explanation: Explanation) -> None:
    """Write the cells of a chunk's faces."""
    table = pd.DataFrame({"face": explanation.faces.ids, "cell": cell_pixels(explanation)})
    write_table(chunks.table(out, f"cells/{folder_name(explanation.method)}", start), table)


def read_cells(out: Path, methods: Sequence[str], starts: Sequence[int]) -> dict[str, float]:
    """Median cell of each method over the study's faces, in pixels; without the methods whose cell is not known.

    Studies begun before cells were written have none for their first chunks.
    """
    found = {}
    for method in methods:
        name = f"cells/{folder_name(method)}"
        written = [start for start in starts if chunks.table(out, name, start).exists()]
        cells = chunks.gather(out, [name], written)["cell"].dropna() if written else pd.Series(dtype=float)
        if len(cells):
            found[method] = float(cells.median())
    return found
