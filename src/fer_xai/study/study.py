"""A study's folder, opened."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.faces.landmarks import Landmarks
from fer_xai.study.files import read_arrays, read_groups, read_object, read_rows, read_table

_CHUNK, _LARGE, _MANY = 32, 256, 10_000


#: Places in the predictions table, going up.
Rows = Sequence[int] | np.ndarray


def starts_of(faces: int) -> range:
    """The first face of each chunk, `range.step` faces to a chunk: more in studies of very many, for fewer files."""
    return range(0, faces, _CHUNK if faces <= _MANY else _LARGE)


def chunk(faces: Faces, start: int) -> Faces:
    """The faces of the chunk that begins at `start`."""
    return faces[start : start + starts_of(len(faces)).step]


class Study:
    """Tables, attribution maps and faces of one run of explainers.

    Each table is an attribute (where nothing else has its name) and an item: ``study.regions`` and
    ``study["regions"]`` are data frames.

    Parameters
    ----------
    path : path
        The folder that ``fer-xai report`` wrote.

    Raises
    ------
    InputError
        If the folder holds no study.

    Examples
    --------
    >>> from fer_xai import Study
    >>> study = Study("report")  # doctest: +SKIP
    >>> study.regions.query("method == 'occlusion'").groupby("region")["share"].mean()  # doctest: +SKIP
    >>> attributions, segments = study.maps("occlusion")  # doctest: +SKIP
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not (self.path / "study.json").is_file():
            raise InputError(f"{self.path} holds no study (no study.json): run fer-xai report --out {self.path}")

    def __repr__(self) -> str:
        return f"Study({str(self.path)!r}, {self.manifest['data']['faces']} faces, {' '.join(self.methods)})"

    def _repr_html_(self) -> str:
        model, data = self.manifest["model"], self.manifest["data"]
        facts = {
            "model": model["name"],
            "data": ", ".join(str(data[key]) for key in ("source", "split") if data.get(key)),
            "faces": data["faces"],
            "methods": ", ".join(self.methods),
            "tables": ", ".join(self.tables),
            "report": self.path / "index.html",
        }
        with pd.option_context("display.max_colwidth", None):
            return f"<strong>Study</strong>{pd.Series(facts).astype(str).to_frame().to_html(header=False, border=0)}"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was run: model, data, methods with their settings, seed."""
        return read_object(self.path / "study.json")

    @property
    def methods(self) -> list[str]:
        """Methods in the order they were asked for."""
        return list(self.manifest["methods"])

    @property
    def tables(self) -> list[str]:
        """Names of the tables written so far."""
        return sorted(path.stem for path in self.path.glob("*.parquet"))

    def table(self, name: str) -> pd.DataFrame:
        """A tidy table, e.g. ``predictions``, ``regions``, ``agreement``, ``counts``."""
        return read_table(self._file(name))

    def _file(self, name: str) -> Path:
        path = self.path / f"{name}.parquet"
        if not path.is_file():
            raise InputError(f"no table {name!r} in {self.path}; there are: {', '.join(self.tables) or 'none yet'}")
        return path

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.table(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __contains__(self, name: object) -> bool:
        return name in self.tables

    def keys(self) -> list[str]:
        """Names of the tables, so that ``dict(study)`` gives them all."""
        return self.tables

    def __getattr__(self, name: str) -> pd.DataFrame:
        # Private names are asked for before there is a path, e.g. by copy.copy.
        if name.startswith("_") or name not in self.tables:
            there = "" if name.startswith("_") else f"; its tables: {', '.join(self.tables)}"
            raise AttributeError(f"a study has no {name!r}{there}")
        return self.table(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(name for name in self.tables if name.isidentifier())})

    def _ipython_key_completions_(self) -> list[str]:
        return self.tables

    @cached_property
    def faces(self) -> Faces:
        """The faces of the study, in the order of the predictions table."""
        return self._faces(self.table("predictions"), self._parts("faces"))

    def _faces(self, predictions: pd.DataFrame, parts: Iterator[dict[str, np.ndarray]]) -> Faces:
        pixels = np.concatenate([part["pixels"] for part in parts])
        return Faces.from_array(pixels, labels=_labels(predictions), ids=list(predictions["face"]))

    @cached_property
    def landmarks(self) -> Landmarks:
        """The landmarks of the study's faces, in the order of the predictions table."""
        return _landmarks(list(self._parts("faces")))

    def maps(self, method: str, rows: Rows | None = None) -> tuple[np.ndarray, np.ndarray | None]:
        """Attributions (N, H, W) float32 of a method, and its segments (N, H, W) where it has them.

        Parameters
        ----------
        method : str
        rows : sequence of int, optional
            Places in the predictions table, going up: only these maps, and only the files that hold them are read.
        """
        if method not in self.methods:
            raise InputError(f"no maps of {method!r} in {self.path}; there are: {', '.join(self.methods)}")
        parts = list(self._parts(folder_name(method), rows))
        segments = [part["segments"] for part in parts if "segments" in part]
        return np.concatenate([part["attributions"] for part in parts]), np.concatenate(segments) if segments else None

    def faces_of(self, rows: Rows) -> Faces:
        """Some faces, by their places in the predictions table, going up."""
        return self._faces(self.table("predictions").iloc[list(rows)], self._parts("faces", rows))

    def each_face(self) -> Iterator[np.ndarray]:
        """Pixels (H, W, C) uint8 of each face, in the order of the predictions table."""
        for part in self._parts("faces"):
            yield from part["pixels"]

    def landmarks_of(self, rows: Rows) -> Landmarks:
        """Landmarks of some faces, by their places in the predictions table, going up."""
        return _landmarks(list(self._parts("faces", rows)))

    def rows(self, name: str, only: dict[str, Collection[Any]], columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Those rows of a table whose columns hold one of the values given; the others are not kept in memory."""
        return read_rows(self._file(name), only, columns)

    def row_groups(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """A table's rows, one row group after the other, so that it need not fit into memory."""
        return read_groups(self._file(name), columns)

    def _parts(self, name: str, rows: Rows | None = None) -> Iterator[dict[str, np.ndarray]]:
        """What the chunks hold, in their order; of some faces only, in the order of `rows`, which must go up."""
        starts = starts_of(self.manifest["data"]["faces"])
        wanted = None if rows is None else np.asarray(rows, np.int64)
        chosen = starts if wanted is None else [starts[i] for i in np.unique(wanted // starts.step)]
        for start in chosen:
            part = read_arrays(self.path / "maps" / name / f"{start:08d}.npz")
            if wanted is None:
                yield part
            else:
                here = wanted[wanted // starts.step == start // starts.step] - start
                yield {key: values[here] for key, values in part.items()}


def _landmarks(parts: Sequence[dict[str, np.ndarray]]) -> Landmarks:
    points, scores = (np.concatenate([part[name] for part in parts]) for name in ("points", "scores"))
    return Landmarks(points, scores, tuple(str(name) for part in parts for name in part["source"]))


def folder_name(method: str) -> str:
    """``lime:slic`` as a file name that every system allows."""
    return method.replace(":", "-")


def _labels(predictions: pd.DataFrame) -> list[str | None]:
    return [label if isinstance(label, str) else None for label in predictions["label"]]
