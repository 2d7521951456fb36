"""An explanation as plain values: regions and codebooks, each number beside what chance gives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.charts.words import codebook_name, in_region_order, region_name
from fer_xai.explanation import Explanation
from fer_xai.facs import FaceMasks, agreement, list_codebooks, load_codebook

_REGION_NUMBERS = ("area", "share", "negative_share", "log2_enrichment", "coverage", "counted_chance")


def plain(value: Any) -> Any:
    """Values that JSON can say: no arrays, and null for what is not a finite number."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def region_rows(regions: pd.DataFrame) -> list[dict[str, Any]]:
    """One object per level and region, from forehead to chin.

    ``area`` is the share that a flat map would put there, ``counted_chance`` how often the region would count under
    the same map shifted at random.
    """
    rows = []
    for level, part in regions.groupby("level", sort=False):
        by_name = part.set_index("region")
        for region in in_region_order(by_name.index):
            row = by_name.loc[region]
            numbers = {name: plain(float(row[name])) for name in _REGION_NUMBERS}
            names = {"level": str(level), "region": region, "name": region_name(region)}
            rows.append({**names, **numbers, "counted": bool(row["counted"])})
    return rows


def agreement_rows(explanation: Explanation, masks: FaceMasks) -> list[dict[str, Any]]:
    """How much of the map lies where each codebook puts the target's action units, beside two kinds of chance.

    ``mass`` is the share of the positive map inside the units' mask; a flat map has ``area`` of it there, and a blob in
    the middle of the crop, which knows nothing of emotions, ``blob``. Of a contrast, the first emotion is looked up.
    `None` where a codebook has no units for the emotion, or the face's landmarks were not found.
    """
    emotion = explanation.targets[0].partition("-")[0]
    rows = []
    for name in list_codebooks():
        units = load_codebook(name).core.get(emotion, ())
        found = _agreement(explanation, masks, emotion, name) if units else {"mass": None, "area": None, "blob": None}
        names = {"codebook": name, "title": codebook_name(name), "emotion": emotion, "action_units": list(units)}
        rows.append({**names, **found})
    return rows


def _agreement(explanation: Explanation, masks: FaceMasks, emotion: str, codebook: str) -> dict[str, Any]:
    table = agreement(explanation.faces, explanation.attributions, [emotion], codebook=codebook, masks=masks)
    if table.empty:
        return {"mass": None, "area": None, "blob": None}
    row = table.iloc[0]
    columns = {"mass": "mass_accuracy", "area": "area", "blob": "mass_accuracy_blob"}
    return {name: plain(float(row[column])) for name, column in columns.items()}
