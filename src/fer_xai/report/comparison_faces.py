"""Faces that tell two models apart, each with both maps: few, chosen by rule, never by looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.charts.words import percent, region_name
from fer_xai.comparison import Comparison
from fer_xai.comparison.faces import BOTH
from fer_xai.comparison.verdict import pair_rows
from fer_xai.report.cards import Picture
from fer_xai.report.pixels import colour_scale, data_uri, face_picture, overlay

MOST = 6


@dataclass(frozen=True)
class FaceCard:
    """A face, what both models call it, and both maps."""

    face: Picture
    label: str
    told: str
    overlays: list[Picture]


@dataclass(frozen=True)
class Group:
    """Faces under one heading; ``of`` is how many there were to choose from."""

    title: str
    rule: str
    of: int
    cards: list[FaceCard]


def groups(comparison: Comparison, tables: dict[str, pd.DataFrame], model: str, other: str) -> list[Group]:
    """Both right with maps apart, only the first right, only the second right; groups without faces left out.

    Of the first group those whose maps are furthest apart; of the others those of which the model that is wrong was the
    surest, since these hurt most.
    """
    rows = pair_rows(tables["face_differences"], model, other).reset_index(drop=True)
    both = rows[(rows["kind"] == BOTH) & (rows["apart"] > rows["apart_chance"])].sort_values("apart", ascending=False)
    found = [
        (
            "Both right, maps apart",
            "both call it by its label, and their maps of it are further apart than one model's maps of two faces of "
            "that emotion usually are; furthest apart first",
            both,
        )
    ]
    for right, wrong, answers in ((model, other, "other_predicted"), (other, model, "predicted")):
        some = rows[rows["kind"] == right]
        sure = _sureness(comparison.studies[wrong].table("predictions"), some, answers)
        found.append(
            (
                f"Only {right} right",
                f"{wrong} is wrong, and surest of itself first",
                some.assign(sure=sure).sort_values("sure", ascending=False, kind="stable"),
            )
        )
    method = str(rows["method"].iloc[0])
    maps = {name: comparison.studies[name].maps(method)[0] for name in (model, other)}
    pixels = comparison.studies[model].faces.pixels()
    return [
        Group(title, rule, len(some), [_card(row, maps, pixels, model, other) for row in some.head(MOST).itertuples()])
        for title, rule, some in found
        if len(some)
    ]


def _sureness(predictions: pd.DataFrame, rows: pd.DataFrame, answers: str) -> list[float]:
    """The probability that the model gave its answer on each face."""
    own = predictions.set_index("face")
    return [float(own.loc[face, f"p_{said}"]) for face, said in zip(rows["face"], rows[answers], strict=True)]


def _card(row: Any, maps: dict[str, np.ndarray], pixels: np.ndarray, model: str, other: str) -> FaceCard:
    face = pixels[row.Index]
    overlays = []
    for name, said, region, share in (
        (model, row.predicted, row.region, row.share),
        (other, row.other_predicted, row.other_region, row.other_share),
    ):
        of = "the label" if isinstance(row.label, str) else "its answer"
        most = f"{of} rests most on the {region_name(str(region))}, {percent(share)}"
        where = most if isinstance(region, str) else "no landmarks"
        empty = "" if colour_scale(maps[name][row.Index]) else "; the map is empty"
        note = f"says {said}; {where}{empty}"
        overlays.append(Picture(name, data_uri(overlay(face, maps[name][row.Index])), f"Map of {name}: {note}", note))
    told = (
        f"both say {row.predicted}" if row.predicted == row.other_predicted
        else f"{model} says {row.predicted}, {other} says {row.other_predicted}"
    )  # fmt: skip
    label = str(row.label) if isinstance(row.label, str) else "not labelled"
    return FaceCard(
        Picture("", data_uri(face_picture(face)), f"Face {row.face}, labelled {label}"), label, told, overlays
    )
