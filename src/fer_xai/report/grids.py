"""Figures laid out for the templates: tables whose cells are the chart, and bars whose ends are per cents.

Nothing here is a picture: the templates draw HTML tables and a few SVG lines, so every chart is also text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from fer_xai.charts.colours import diverging, sequential
from fer_xai.charts.words import NOTHING, method_name, region_name, signed
from fer_xai.few import FEWEST
from fer_xai.report.figures import Figures

HEAT_LIMIT = 2.0  # log2: four times its area, or a quarter of it, is full colour


@dataclass(frozen=True)
class Cell:
    """A coloured table cell: its class (see ``colours``) and its text."""

    shade: str
    text: str


@dataclass(frozen=True)
class Grid:
    """A table of coloured cells."""

    title: str
    columns: list[tuple[str, str]]
    rows: list[tuple[str, list[Cell]]]


def region_heat(figures: Figures, method: str, level: str) -> Grid:
    """Regions × emotions: log2 of how much more of the positive attribution a region holds than its area would.

    Emotions with one or two faces are left out: in a table of findings their numbers would look like some.
    """
    columns, by_emotion = [], []
    for emotion in figures.told(figures.counts_of(method)):
        counts = figures.counts(method, level, emotion)
        columns.append((emotion, f"n = {counts['n'].max():.0f}"))
        by_emotion.append(counts["log2_enrichment"])
    rows = []
    for region in figures.regions(level):
        values = [float(column.get(region, math.nan)) for column in by_emotion]
        rows.append((region_name(region), [Cell(diverging(v, HEAT_LIMIT), signed(v, 1)) for v in values]))
    return Grid(method_name(method), columns, rows)


def shade(value: float, limit: float, n: float) -> str:
    """The diverging colour of a number that `n` faces gave; that of no number where they are too few."""
    return diverging(value if n >= FEWEST else math.nan, limit)


@dataclass(frozen=True)
class FaceMap:
    """A drawn face to be coloured: the shade of each of the eight regions, and the same in words."""

    title: str
    shades: dict[str, str]
    words: str


def face_map(figures: Figures, method: str, emotion: str, title: str) -> FaceMap | None:
    """A method's coarse region heat for one emotion, for the drawn face; None where no faces count, or too few."""
    counts = figures.counts(method, "coarse", emotion)
    every, n = counts["log2_enrichment"].astype(float), counts["n"].max()
    values = every.dropna()
    if values.empty or n < FEWEST:
        return None
    words = ", ".join(f"{region_name(str(region))} {signed(value, 1)}" for region, value in values.items())
    return FaceMap(title, {str(r): diverging(v, HEAT_LIMIT) for r, v in every.items()}, words)


def confusion_grid(figures: Figures) -> Grid:
    """Labels × predictions: counts, coloured by the share of the row."""
    found = figures.confusion
    rows = []
    for emotion in found.index:
        n = int(found.loc[emotion].sum())
        cells = [Cell(sequential(k / n if n else math.nan), str(k) if n else NOTHING) for k in found.loc[emotion]]
        rows.append((emotion, cells))
    return Grid("Confusion matrix", [(emotion, "") for emotion in found.columns], rows)


def mask_grid(figures: Figures, method: str, codebook: str) -> Grid | None:
    """Emotions × masks: log2 enrichment of each emotion's faces on each emotion's action units; None without S."""
    rows = figures.tables["matrix"]
    rows = rows[(rows["method"] == method) & (rows["codebook"] == codebook)]
    if rows.empty:
        return None
    found = rows.pivot_table(index="emotion", columns="mask", values="log2_enrichment", dropna=False)
    order = [emotion for emotion in figures.emotions if emotion in found.index]
    masks = [emotion for emotion in figures.emotions if emotion in found.columns]
    found = found.reindex(index=order, columns=masks)
    lines = [
        (
            emotion,
            [Cell(diverging(v, 1.0) + (" own" if mask == emotion else ""), signed(v)) for mask, v in line.items()],
        )
        for emotion, line in found.iterrows()
    ]
    return Grid(method_name(method), [(mask, "") for mask in masks], lines)


@dataclass(frozen=True)
class Agreement:
    """A mean share of the positive attribution on an emotion's action units, beside what chance would give.

    Attributes
    ----------
    value, low, high : float
        With its 95 % interval; NaN for few faces.
    area, blob : float
        The two chance levels; a blob's may be NaN.
    n : int
    more : dict
    """

    value: float
    low: float
    high: float
    area: float
    blob: float
    n: int
    more: dict[str, float]

    @property
    def mark(self) -> str:
        """``"▲"`` where the interval lies above all chance levels, ``"▼"`` below all, ``"·"`` otherwise."""
        levels = [level for level in (self.area, self.blob) if math.isfinite(level)]
        return "▲" if self.low > max(levels) else "▼" if self.high < min(levels) else "·"

    @property
    def verdict(self) -> str:
        """The mark in words."""
        return {"▲": "above both chance levels", "▼": "below both chance levels", "·": "not beyond both"}[self.mark]


def agreement_of(figures: Figures, method: str, codebook: str, emotion: str) -> Agreement | None:
    """Agreement of one method, codebook and emotion; None where the codebook has no units for it or no face counts."""
    row = figures.agreement_of(method, codebook, emotion)
    if row is None or not math.isfinite(row["mass_accuracy"]):
        return None
    more = {name: float(row[name]) for name in ("rank_accuracy", "pointing", "iou", "iou_chance") if name in row}
    value, low, high, area, blob = (
        float(row[name]) for name in ("mass_accuracy", "low", "high", "area", "mass_accuracy_blob")
    )
    return Agreement(value, low, high, area, blob, int(row["n"]), more)


def agreement_rows(figures: Figures, codebook: str) -> list[tuple[str, list[Agreement | None]]]:
    """One row per emotion the codebook has figures for, one entry per method."""
    rows = [(e, [agreement_of(figures, method, codebook, e) for method in figures.methods]) for e in figures.emotions]
    return [(emotion, cells) for emotion, cells in rows if any(cells)]


@dataclass(frozen=True)
class Fork:
    """S with its interval, and what chance gives: 0, or what blind maps have on these faces."""

    value: float
    low: float
    high: float
    p: float
    n: int
    chance: tuple[float, ...] = (0.0,)

    @property
    def clear(self) -> str:
        """``"above"`` or ``"below"`` where the interval leaves out all that chance gives; else ``"none"``."""
        return "above" if self.low > max(self.chance) else "below" if self.high < min(self.chance) else "none"

    @property
    def beside(self) -> str:
        """What chance gives, in words."""
        low, high = signed(min(self.chance)), signed(max(self.chance))
        return low if low == high else f"{low} to {high}, what blind maps have"


def fork_of(figures: Figures, method: str, codebook: str) -> Fork | None:
    """S of a method, or of a blind map; None where it could not be had."""
    row = figures.specificity(method, codebook)
    if row is None:
        return None
    value, low, high, p = (float(row[name]) for name in ("value", "low", "high", "p"))
    # A blind map is chance itself: nothing makes it clear of that.
    chance = (-math.inf, math.inf) if method in figures.blind else figures.blind_s(codebook)
    return Fork(value, low, high, p, int(row["n"]), chance)


def specificity_rows(figures: Figures) -> list[tuple[str, list[Fork | None]]]:
    """One row per method, one entry per codebook; empty where no S could be had at all."""
    rows = [
        (method, [fork_of(figures, method, codebook) for codebook in figures.codebooks])
        for method in (*figures.methods, *figures.blind)
    ]
    return rows if any(fork for _, forks in rows for fork in forks) else []


@dataclass(frozen=True)
class Bar:
    """How often a region was counted for one method: of ``n`` faces, with interval and the share chance would give."""

    method: str
    counted: int
    n: int
    value: float
    low: float
    high: float
    chance: float


@dataclass(frozen=True)
class FrequencyChart:
    """Regions counted, as grouped bars; the first two methods side by side."""

    methods: list[str]
    standard: bool
    rows: list[tuple[str, list[Bar]]]
    fine: list[tuple[str, list[Bar]]]


def frequency_chart(figures: Figures, emotion: str) -> FrequencyChart:
    """SLIC's and Felzenszwalb's counts as the LIME document charts them; other methods where the study lacks both.

    Where another method was found the one to believe, it stands beside SLIC.
    """
    pair: list[str] = [method for method in ("lime:slic", "lime:felzenszwalb") if method in figures.methods]
    believed = [figures.methods[0]] if len(figures.tables["trust"]) and figures.methods[0] not in pair else []
    methods = [*believed, *pair][:2] if pair else figures.methods[:2]
    coarse, fine = (counted_regions(figures, emotion, methods, level) for level in ("coarse", "fine"))
    return FrequencyChart(methods, len(pair) == 2 and not believed, coarse, fine)


def counted_regions(figures: Figures, emotion: str, methods: list[str], level: str) -> list[tuple[str, list[Bar]]]:
    """For each region, how often each of the methods counts it; regions of no method are left out."""
    counts = {method: figures.counts(method, level, emotion) for method in methods}
    rows = []
    for region in figures.regions(level):
        bars = []
        for method in methods:
            row: Any = counts[method].loc[region]
            if math.isfinite(row["n"]) and row["n"] > 0:
                shares = (float(row[name]) for name in ("frequency", "low", "high", "chance"))
                bars.append(Bar(method, round(row["counted"]), int(row["n"]), *shares))
        if bars:
            rows.append((region_name(region), bars))
    return rows


@dataclass(frozen=True)
class RegionRow:
    """One line of a method's region table."""

    region: str
    counted: int
    n: int
    frequency: float
    low: float
    high: float
    chance: float
    share: float
    enrichment: Cell


def region_table(figures: Figures, method: str, level: str, emotion: str) -> list[RegionRow]:
    """A method's figures for one emotion, region by region; empty where no face with landmarks counts."""
    rows = []
    for region, row in figures.counts(method, level, emotion).iterrows():
        if not (math.isfinite(row["n"]) and row["n"] > 0):
            continue
        value = float(row["log2_enrichment"])
        star = "*" if row["log2_enrichment_low"] > 0 or row["log2_enrichment_high"] < 0 else ""
        rows.append(
            RegionRow(
                region=region_name(str(region)),
                counted=round(row["counted"]),
                n=int(row["n"]),
                frequency=float(row["frequency"]),
                low=float(row["low"]),
                high=float(row["high"]),
                chance=float(row["chance"]),
                share=float(row["share"]),
                enrichment=Cell(shade(value, HEAT_LIMIT, row["n"]), signed(value, 1) + star),
            )
        )
    return rows


def called_instead(figures: Figures, emotion: str) -> list[tuple[str, int]]:
    """What faces labelled ``emotion`` are called, commonest first, zeros left out."""
    row = figures.confusion.loc[emotion].sort_values(ascending=False, kind="stable")
    return [(str(name), int(count)) for name, count in row.items() if count]
