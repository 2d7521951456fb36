"""Where it goes wrong: which regions pulled the frequent confusions, kinds of errors, covered faces."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from fer_xai.charts.colours import diverging
from fer_xai.charts.words import (
    NOTHING,
    counted,
    in_region_order,
    listing,
    percent,
    plain,
    points,
    region_name,
    span,
    whole_points,
)
from fer_xai.evaluation.error_kinds import LEAST
from fer_xai.report import doubts
from fer_xai.report.causes import FULL_COLOUR
from fer_xai.report.figures import Figures
from fer_xai.report.grids import Cell, Grid
from fer_xai.study.study import Study

SURE = 0.05
_SHOWN = 8  # confusions in the table
_LISTED = 20  # … and behind a click
_TOLD = 3  # confusions in sentences
_COVERS = {
    "hair": "hair in front",
    "glasses": "glasses",
    "eye": "eyes hidden",
    "mouth": "mouth hidden",
}


@dataclass(frozen=True)
class Compared:
    """Accuracy on some faces beside the others; ``clear`` where the corrected test says that they differ."""

    name: str
    n: int
    small: bool
    value: float
    low: float
    high: float
    rest: float
    difference: float
    difference_low: float
    difference_high: float
    p: float

    @property
    def clear(self) -> bool:
        """Whether the difference is beyond chance."""
        return bool(self.p < SURE)

    @classmethod
    def of(cls, row: pd.Series, name: str) -> Compared:
        """A row of the tables ``covered`` and ``groups``."""
        figures = (float(row[column]) for column in ("value", "low", "high", "rest", "difference"))
        ends = (float(row[column]) for column in ("difference_low", "difference_high", "p_holm"))
        return cls(name, int(row["n"]), bool(row["small"]), *figures, *ends)


@dataclass(frozen=True)
class Wrong:
    """What the section shows; whatever is empty is left out, and said so by its sentence."""

    sentences: list[str]
    pulls: Grid | None
    beyond: Grid | None
    rest: Grid | None
    kinds: str
    kind_grid: Grid | None
    covered: list[Compared]
    covered_said: str
    doubts: doubts.Doubts | None


def section(study: Study, figures: Figures) -> Wrong | None:
    """Everything the section needs; `None` where no labelled face is wrong or the study has no such tables."""
    rows, covered = figures.tables["confusions"], figures.tables["covered"]
    told = doubts.doubts(study, figures)
    if not len(figures.tables["errors"]) and told is None:
        return None
    confused = _by_frequency(rows)
    shown, rest = confused[:_SHOWN], confused[_SHOWN:_LISTED]
    lines = [Compared.of(row, _COVERS[str(row["group"])]) for _, row in covered.iterrows() if row["n"] > 0]
    return Wrong(
        sentences=[_confused(part) for _, part in confused[:_TOLD]] + _strongest(confused[_TOLD:]),
        pulls=_grid(shown, "value", "Pull towards the wrong answer, in points"),
        beyond=_grid(shown, "beyond", "… beyond what the region's area would have"),
        rest=_grid(rest, "value", "Pull towards the wrong answer, in points: rarer confusions"),
        kinds=_kinds(figures),
        kind_grid=_kind_grid(figures),
        covered=lines,
        covered_said=_covered(lines),
        doubts=told,
    )


def _by_frequency(rows: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """The confusions with their rows by region, the most frequent first."""
    if rows.empty:
        return []
    pairs = rows.drop_duplicates(["label", "predicted"]).sort_values("n", ascending=False, kind="stable")
    names = zip(pairs["label"], pairs["predicted"], strict=True)
    found = rows.set_index(["label", "predicted"]).sort_index()
    return [((str(a), str(b)), found.loc[[(a, b)]].reset_index()) for a, b in names]


def _grid(shown: list[tuple[tuple[str, str], pd.DataFrame]], value: str, title: str) -> Grid | None:
    """Regions × confusions, in points of probability; a star on what is beyond chance."""
    if not shown:
        return None
    columns = [(f"{label} → {predicted}", f"n = {part['faces'].iloc[0]:.0f}") for (label, predicted), part in shown]
    regions = in_region_order(region for _, part in shown for region in part["region"])
    known = [part.assign(star=_beyond_chance(part)).set_index("region") for _, part in shown]
    lines = [(region_name(region), [_cell(part.loc[region], value) for part in known]) for region in regions]
    return Grid(title, columns, lines)


def _cell(row: pd.Series, value: str) -> Cell:
    if not math.isfinite(row[value]):
        return Cell(diverging(math.nan, FULL_COLOUR), NOTHING)
    star = "*" if row["star"] else ""
    return Cell(diverging(float(row[value]), FULL_COLOUR), whole_points(row[value]) + star)


def _confused(part: pd.DataFrame) -> str:
    """How often one emotion is taken for another, and which regions pulled it there."""
    row = part.iloc[0]
    often = (
        f"{counted(int(row['n']), 'face')} of {int(row['of'])} labelled {row['label']} "
        f"{'is' if row['n'] == 1 else 'are'} called {row['predicted']} "
        f"({percent(row['share'])}, 95 % interval {span(row['share_low'], row['share_high'])})"
    )
    sure = part[_beyond_chance(part)].sort_values("value", key=abs, ascending=False, kind="stable")
    face = sure[sure["region"] != "background"]
    background = sure[(sure["region"] == "background") & (sure["value"] > 0)]
    said = []
    if (face["value"] > 0).any():
        said.append(f"{_named(face[face['value'] > 0])} pulled the answer there")
    if (face["value"] < 0).any():
        said.append(f"{_named(face[face['value'] < 0])} spoke for {row['label']}")
    if len(background):
        said.append(f"{_named(background)} pulled it too: not the face")
    if not said:
        return f"{often}: no region alone pulled the answer there beyond chance."
    return f"{often}: {'; '.join(said)} (points of probability)."


def _strongest(confused: list[tuple[tuple[str, str], pd.DataFrame]]) -> list[str]:
    """Of the rarer confusions, the one on which one region pulls the most beyond chance."""
    sure = [(part[_beyond_chance(part) & (part["value"] > 0)]["value"].max(), part) for _, part in confused]
    known = [(most, part) for most, part in sure if math.isfinite(most)]
    if not known:
        return []
    said = _confused(max(known, key=lambda pair: pair[0])[1])
    return [f"The strongest pull on rarer confusions: {said}"]


def _beyond_chance(rows: pd.DataFrame) -> pd.Series:
    """Regions whose pull differs from none and, the same way, from what their area alone would have."""
    same_way = (rows["value"] > 0) == (rows["beyond"] > 0)
    return (rows["p_holm"] < SURE) & (rows["p_beyond_holm"] < SURE) & same_way


def _named(rows: pd.DataFrame) -> str:
    """At most two regions with their pulls."""
    names = [f"the {region_name(str(row.region))} ({points(row.value)})" for row in rows[:2].itertuples()]
    return listing(names)


def _kinds(figures: Figures) -> str:
    """Whether errors fall into kinds, with the figures that say so."""
    rows = figures.tables["error_kinds"]
    n = len(figures.tables["errors"])
    if rows.empty or not rows["clusters"].iloc[0] > 0:
        why = f"too few (it takes {LEAST})" if n < LEAST else "too much alike"
        return f"{counted(n, 'wrong face')} with landmarks: {why} to look for kinds of errors." if n else ""
    row = rows.iloc[0]
    figures_said = (
        f"best silhouette {plain(row['silhouette'])}, of {int(row['clusters'])} groups; one cloud without groups gives "
        f"{plain(row['expected'])}, p = {plain(row['p'])}; groups of resampled faces agree by {plain(row['stability'])}"
    )
    if not bool(row["found"]):
        return (
            f"The {n:,} wrong faces with landmarks fall into no separate kinds by which regions pulled the answer "
            f"({figures_said}): "
            "that none were found does not prove that there are none; read the confusions one by one."
        )
    sizes = listing([str(int(size)) for size in rows.drop_duplicates("kind")["faces"]])
    return (
        f"The {n:,} wrong faces with landmarks fall into {int(row['clusters'])} kinds by which regions pulled the "
        f"answer, of {sizes} faces ({figures_said})."
    )


def _kind_grid(figures: Figures) -> Grid | None:
    """Regions × kinds of errors; `None` where there are no kinds."""
    rows, errors = figures.tables["error_kinds"], figures.tables["errors"]
    if rows.empty or not bool(rows["found"].iloc[0]):
        return None
    columns = []
    for kind, part in rows.groupby("kind", sort=True):
        own = errors[errors["kind"] == kind]
        most = (own["label"].astype(str) + " → " + own["predicted"].astype(str)).value_counts().head(1)
        columns.append((f"kind {int(kind) + 1}", f"{part['faces'].iloc[0]} faces; most {most.index[0]}"))
    known = rows.set_index(["kind", "region"])["value"]
    kinds = sorted(rows["kind"].unique())
    lines = []
    for region in in_region_order(rows["region"].unique()):
        values = [float(known.get((kind, region), math.nan)) for kind in kinds]
        lines.append((region_name(region), [Cell(diverging(v, 0.5), whole_points(v)) for v in values]))
    return Grid("Share of the pull, in per cent", columns, lines)


def _covered(lines: list[Compared]) -> str:
    if not lines:
        return ""
    sure, enough = [line for line in lines if line.clear], [line for line in lines if not line.small]
    if not sure and not enough:
        most = max(line.n for line in lines)
        return f"Too few faces are covered ({most} at most by one thing) to tell whether that makes a difference."
    if not sure:
        told = [f"{line.name} (on {counted(line.n, 'face')})" for line in enough]
        few = listing([line.name for line in lines if line.small])
        rest = f"; too few faces to tell: {few}" if few else ""
        return (
            f"How often the model is right is not clearly different where something is covered: {listing(told)}{rest}."
        )
    said = [
        f"with {line.name} accuracy is {points(line.difference)} points "
        f"(95 % interval {points(line.difference_low)} to {points(line.difference_high)})"
        for line in sure
    ]
    return f"Against other faces of the same label: {listing(said)}."
