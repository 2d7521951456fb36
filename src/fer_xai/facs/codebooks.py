"""Codebooks: published tables of which action units make which emotion. They are hypotheses, not truth."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from fer_xai.emotions import canonical
from fer_xai.errors import InputError, first_line
from fer_xai.facs.atlas import part_names, parts_of


@dataclass(frozen=True)
class Codebook:
    """An emotion → action unit table.

    Attributes
    ----------
    name : str
        How tables and reports call it.
    core : mapping of str to tuple of int
        The units that make the emotion; empty where the table has none (neutral).
    optional : mapping of str to tuple of int
        Units that may come with them; never part of a mask.
    """

    name: str
    core: Mapping[str, tuple[int, ...]]
    optional: Mapping[str, tuple[int, ...]]

    @property
    def emotions(self) -> tuple[str, ...]:
        """Emotions with core units: those that have a mask."""
        return tuple(emotion for emotion, units in self.core.items() if units)

    @cached_property
    def merge(self) -> np.ndarray:
        """Which parts of the face (columns) show the core units of which emotion (rows): 0 or 1, float32 (E, P)."""
        shown = [{part for unit in self.core[emotion] for part in unit_parts(unit)} for emotion in self.emotions]
        return np.array([[part in parts for part in part_names()] for parts in shown], np.float32)


def list_codebooks() -> tuple[str, ...]:
    """Names of the bundled codebooks, the default first.

    Examples
    --------
    >>> list_codebooks()
    ('facs2002', 'emfacs', 'facs1978', 'du2014', 'ckplus', 'belharbi2024')
    """
    return tuple(_data()["codebooks"])


def load_codebook(codebook: str | Path | Codebook) -> Codebook:
    """Load a codebook.

    Parameters
    ----------
    codebook : str, path or Codebook
        The name of a bundled one, or a ``.json`` or ``.toml`` file of one's own: for each emotion a list of core units,
        or a table with ``core`` and, if wanted, ``opt``; e.g. ``happy = [6, 12]``. The file's stem is its name.

    Raises
    ------
    InputError
        If there is no such codebook, or it names an unknown emotion or unit.

    Examples
    --------
    >>> load_codebook("facs2002").core["happy"]
    (6, 12)
    """
    if isinstance(codebook, Codebook):
        return codebook
    if str(codebook) in _data()["codebooks"]:
        return _bundled(str(codebook))
    path = Path(codebook)
    if path.suffix.lower() not in (".json", ".toml"):
        raise InputError(
            f"unknown codebook {str(codebook)!r}: give {', '.join(list_codebooks())}, or a .json or .toml file"
        )
    try:
        content = path.read_text("utf-8")
        table = json.loads(content) if path.suffix.lower() == ".json" else tomllib.loads(content)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"codebook {path} cannot be read ({first_line(error)}): give a JSON or TOML table of emotions"
        ) from error
    return _parse(path.stem, table)


def action_units() -> dict[int, dict[str, Any]]:
    """Name, muscle and regions of each action unit, by its number.

    Examples
    --------
    >>> action_units()[12]["name"], action_units()[12]["muscle"]
    ('Lip corner puller', 'zygomaticus major')
    """
    return {int(unit): rule for unit, rule in _data()["action_units"].items()}


def unit_parts(unit: int) -> tuple[str, ...]:
    """Parts of the face on which an action unit shows."""
    rule = _data()["action_units"][str(unit)]
    parts: list[str] = []
    for region in rule["regions"]:
        parts += rule.get(f"polygons_{region}") or parts_of(region)
    return tuple(parts)


@cache
def _data() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(files(__package__).joinpath("data/action_units.json").read_text("utf-8"))
    return content


@cache
def _bundled(name: str) -> Codebook:
    return _parse(name, _data()["codebooks"][name])


def _parse(name: str, table: Any) -> Codebook:
    """Check a table and bring it to canonical emotions."""
    if not isinstance(table, dict) or not table:
        raise InputError(f"codebook {name} is not a table of emotions: give e.g. {{'happy': [6, 12]}}")
    core, optional = {}, {}
    for emotion, units in table.items():
        both = units if isinstance(units, dict) else {"core": units}
        core[canonical(emotion)] = _units(name, emotion, both.get("core", []))
        optional[canonical(emotion)] = _units(name, emotion, both.get("opt", []))
    return Codebook(name, core, optional)


def _units(name: str, emotion: str, units: Any) -> tuple[int, ...]:
    known = _data()["action_units"]
    if not isinstance(units, list) or any(isinstance(unit, float | bool) or str(unit) not in known for unit in units):
        raise InputError(
            f"codebook {name}, {emotion}: received {units!r}, give a list of units among {' '.join(known)}"
        )
    return tuple(int(unit) for unit in units)
