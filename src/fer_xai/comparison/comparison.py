"""A comparison's folder, opened: its tables, and the studies it was made from."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from fer_xai.errors import InputError
from fer_xai.study import Study
from fer_xai.study.files import read_object, read_table

FILE = "comparison.json"
FIGURES = (
    *("orders", "twins", "accuracy", "accuracy_differences", "confusion_differences"),
    *("calibration", "brier_differences", "region_differences", "focus", "focus_differences"),
    *("specificity_differences", "map_agreement", "face_differences", "contrasts", "contrast_regions"),
)  # tables that no single study has; the last two only where one model alone is right on some face


class Comparison:
    """Two or more classifiers on the same faces.

    Parameters
    ----------
    path : path
        The folder that ``fer-xai compare`` wrote.

    Raises
    ------
    InputError
        If the folder holds no comparison.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not (self.path / FILE).is_file():
            raise InputError(f"{self.path} holds no comparison (no {FILE}): run fer-xai compare --out {self.path}")

    def __repr__(self) -> str:
        return f"Comparison({str(self.path)!r}, {' '.join(self.models)})"

    def _repr_html_(self) -> str:
        facts = {"models": ", ".join(self.models), "report": self.path / "index.html"}
        with pd.option_context("display.max_colwidth", None):
            return (
                f"<strong>Comparison</strong>{pd.Series(facts).astype(str).to_frame().to_html(header=False, border=0)}"
            )

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was compared: the studies' folders by model, seed, and what was left out."""
        return read_object(self.path / FILE)

    @property
    def models(self) -> list[str]:
        """Names of the models, in the order they were given."""
        return list(self.manifest["studies"])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every two models, in that order."""
        return list(combinations(self.models, 2))

    @cached_property
    def studies(self) -> dict[str, Study]:
        """Each model's study."""
        return {model: Study(self.path / folder) for model, folder in self.manifest["studies"].items()}

    def table(self, name: str) -> pd.DataFrame:
        """A tidy table: a study's with a column ``model``, or one of the differences."""
        path = self.path / f"{name}.parquet"
        if not path.is_file():
            there = ", ".join(sorted(file.stem for file in self.path.glob("*.parquet")))
            raise InputError(f"no table {name!r} in {self.path}; there are: {there or 'none yet'}")
        return read_table(path)

    @cached_property
    def figures(self) -> dict[str, pd.DataFrame]:
        """The tables of `FIGURES` that there are, and the studies' ``specificity_blind``: all that sentences need."""
        found = {name: self.table(name) for name in FIGURES if (self.path / f"{name}.parquet").is_file()}
        # All studies are of the same faces, and a blind map knows nothing of the model.
        study = self.studies[self.models[0]]
        if "specificity_blind" in study.tables:
            found["specificity_blind"] = study.table("specificity_blind")
        return found
