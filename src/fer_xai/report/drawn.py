"""The charts of a report: drawn in both themes, written as files beside the pages, told in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from fer_xai import charts
from fer_xai.atomic import write_bytes
from fer_xai.charts.colours import THEMES
from fer_xai.charts.words import emotion_file, in_fill_order
from fer_xai.errors import InputError
from fer_xai.faces.faces import stratified
from fer_xai.few import FEWEST
from fer_xai.report.figures import Figures
from fer_xai.study.study import Study

FOLDER = "charts"
_MOST_MEANT = 10_000  # faces
_PIXELS_PER_INCH = 96  # CSS pixels of a picture's natural size

Draw = Callable[[str], charts.Chart]


@dataclass(frozen=True)
class Picture:
    """A chart's files, seen from the study's folder, its natural size in CSS pixels, and its words."""

    light: str
    dark: str
    width: int
    height: int
    alt: str


def index_charts(study: Study, figures: Figures, means: list[charts.MeanMap]) -> dict[str, Picture | None]:
    """Draw the overview's charts; None for those whose tables the study lacks."""
    table, lead, book, told = figures.tables, figures.lead or "", figures.codebook, figures.told
    fill = (*in_fill_order(table["ablation"]["fill"].dropna()), "inpaint")[0]
    agreeing = table["agreement_means"].query("codebook == @book").dropna(subset=["mass_accuracy"])
    wanted: dict[str, Draw] = {
        "faces": lambda theme: charts.face_map(table["counts"], lead, book, told(figures.counts_of(lead)), theme=theme),
        "significance": lambda theme: charts.significance_map(table["significance"], lead, theme=theme),
        "means": lambda theme: charts.mean_attribution(means, lead, theme=theme),
        "specificity": lambda theme: charts.specificity_forest(
            table["specificity"], table["specificity_blind"], figures.methods, theme=theme
        ),
        "agreement": lambda theme: charts.agreement_forest(
            agreeing, book, told(agreeing), figures.methods, theme=theme
        ),
        "hiding": lambda theme: charts.hiding_costs(table["ablation"], fill, told(table["ablation"]), theme=theme),
        "worths": lambda theme: charts.region_worths(table["shapley"], told(table["shapley"]), theme=theme),
    }
    return _drawn(study.path, wanted)


def emotion_charts(
    study: Study, figures: Figures, means: list[charts.MeanMap], emotion: str
) -> dict[str, Picture | None]:
    """Draw the charts of an emotion's page; None for those whose tables the study lacks."""
    lead, book = figures.lead or "", figures.codebook
    wanted: dict[str, Draw] = {
        "face": lambda theme: charts.face_map(figures.tables["counts"], lead, book, [emotion], theme=theme),
        "mean": lambda theme: charts.mean_attribution(means, lead, [emotion], theme=theme),
    }
    if (figures.group == emotion).sum() < FEWEST:
        return dict.fromkeys(wanted)
    return _drawn(study.path, wanted, f"{Path(emotion_file(emotion)).stem}-")


def means_of(study: Study, figures: Figures) -> list[charts.MeanMap]:
    """The lead method's maps laid onto the mean face; empty where no face has landmarks of its own and a map.

    Of very many faces a sample, each emotion in its share.
    """
    if figures.lead is None:
        return []
    rows = np.arange(len(figures.predictions))
    if len(rows) > _MOST_MEANT:
        rows = stratified(list(figures.group), _MOST_MEANT, figures.manifest.get("seed", 0))
    maps, landmarks = study.maps(figures.lead, rows)[0], study.landmarks_of(rows)
    # The maps of a model that answers all faces alike may be blank throughout.
    if not (landmarks.found & maps.any(axis=(1, 2))).any():
        return []
    points = np.where(landmarks.found[:, None, None], landmarks.points, np.nan)
    groups = pd.Series(figures.group[rows])
    enough = (groups.groupby(groups).transform("size") >= FEWEST).to_numpy()
    return charts.mean_maps(maps[enough], points[enough], list(groups[enough])) if enough.any() else []


def _drawn(folder: Path, wanted: dict[str, Draw], prefix: str = "") -> dict[str, Picture | None]:
    """Draw and write what can be drawn, in both themes."""
    found: dict[str, Picture | None] = dict.fromkeys(wanted)
    for name, draw in wanted.items():
        file = f"{FOLDER}/{prefix}{name}"
        try:
            made = {theme: draw(theme) for theme in THEMES}
        except InputError:  # its table is missing, as in studies of older versions, or holds no such rows
            continue
        for theme, chart in made.items():
            write_bytes(folder / f"{file}-{theme}.svg", chart.svg())
        width, height = (round(_PIXELS_PER_INCH * side) for side in made["light"].get_size_inches())
        found[name] = Picture(f"{file}-light.svg", f"{file}-dark.svg", width, height, made["light"].alt)
    return found
