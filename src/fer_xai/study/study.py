"""A study's folder, opened."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.faces.landmarks import Landmarks
from fer_xai.study.files import read_arrays, read_object, read_table

CHUNK = 32


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
        path = self.path / f"{name}.parquet"
        if not path.is_file():
            raise InputError(f"no table {name!r} in {self.path}; there are: {', '.join(self.tables) or 'none yet'}")
        return read_table(path)

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
        predictions = self.table("predictions")
        pixels = np.concatenate([part["pixels"] for part in self._parts("faces")])
        return Faces.from_array(pixels, labels=_labels(predictions), ids=list(predictions["face"]))

    @cached_property
    def landmarks(self) -> Landmarks:
        """The landmarks of the study's faces, in the order of the predictions table."""
        parts = list(self._parts("faces"))
        source = tuple(str(name) for part in parts for name in part["source"])
        points, scores = (np.concatenate([part[name] for part in parts]) for name in ("points", "scores"))
        return Landmarks(points, scores, source)

    def maps(self, method: str) -> tuple[np.ndarray, np.ndarray | None]:
        """Attributions (N, H, W) float32 of a method, and its segments (N, H, W) where it has them."""
        if method not in self.methods:
            raise InputError(f"no maps of {method!r} in {self.path}; there are: {', '.join(self.methods)}")
        parts = list(self._parts(folder_name(method)))
        segments = [part["segments"] for part in parts if "segments" in part]
        return np.concatenate([part["attributions"] for part in parts]), np.concatenate(segments) if segments else None

    def _parts(self, name: str) -> Iterator[dict[str, np.ndarray]]:
        for start in range(0, self.manifest["data"]["faces"], CHUNK):
            yield read_arrays(self.path / "maps" / name / f"{start:08d}.npz")


def folder_name(method: str) -> str:
    """``lime:slic`` as a file name that every system allows."""
    return method.replace(":", "-")


def _labels(predictions: pd.DataFrame) -> list[str | None]:
    return [label if isinstance(label, str) else None for label in predictions["label"]]
