"""Is the attribution emotion-specific at all, and whose codebook is it closest to? Separability and own codebook."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from fer_xai.charts.words import (
    codebook_name,
    counted,
    in_region_order,
    listing,
    method_name,
    percent,
    region_name,
    signed,
    span,
)
from fer_xai.report import cautions
from fer_xai.report.figures import Figures

_SURE = 0.05


@dataclass(frozen=True)
class Told:
    """One method's line: how often the emotion is told, beside chance, and the published codebook closest to it."""

    method: str
    value: float
    low: float
    high: float
    chance: float
    p: float
    n: int
    closest: str
    first_in: float
    correlation: float
    correlation_p: float
    stands_out: list[tuple[str, str]]
    tests: int


def told(figures: Figures) -> list[Told]:
    """One line per method that separability is known for."""
    rows = pd.concat([figures.tables["separability"], figures.tables["separability_blind"]])
    rows = rows[rows["value"].notna()].set_index("method")
    order = (*figures.methods, *figures.blind)
    return [_line(figures, method, rows.loc[method]) for method in order if method in rows.index]


def _line(figures: Figures, method: str, row: pd.Series) -> Told:
    books = figures.tables["own_correlations"]
    books = books[(books["method"] == method) & books["correlation"].notna()]
    best = books.iloc[0] if len(books) else None
    return Told(
        method=method,
        value=float(row["value"]),
        low=float(row["low"]),
        high=float(row["high"]),
        chance=float(row["chance"]),
        p=float(row["p"]),
        n=int(row["n"]),
        closest="" if best is None else codebook_name(str(best["codebook"])),
        correlation=math.nan if best is None else float(best["correlation"]),
        first_in=math.nan if best is None else float(best.get("closest_share", math.nan)),
        correlation_p=math.nan if best is None else float(best["p"]),
        stands_out=_standing_out(figures, method),
        tests=int(figures.tables["own_regions"].query("method == @method")["p"].notna().sum()),
    )


def _standing_out(figures: Figures, method: str) -> list[tuple[str, str]]:
    """Emotions with the regions that stand out from the other emotions, in words."""
    rows = figures.tables["own_regions"]
    rows = rows[(rows["method"] == method) & rows["stands_out"].eq(True)]
    found = []
    for emotion in figures.emotions:
        regions = in_region_order(rows.loc[rows["emotion"] == emotion, "region"])
        if regions:
            found.append((emotion, listing([region_name(region) for region in regions])))
    return found


def _blind(figures: Figures) -> str:
    """What maps that know nothing of emotions tell, since faces themselves differ between emotions."""
    blind = [line for line in told(figures) if line.method in figures.blind]
    return "".join(f"; {method_name(line.method).lower()} {percent(line.value)}" for line in blind)


def _clear(figures: Figures, line: Told) -> bool:
    """Whether a line is beyond chance, its interval above what maps that know nothing of emotions tell."""
    return line.p < _SURE and line.low > max(
        [line.chance, *(blind.value for blind in told(figures) if blind.method in figures.blind)]
    )


def _by_others(figures: Figures, lines: list[Told]) -> str:
    """What other methods' maps tell, where the lead method's do not."""
    others = [line for line in lines[1:] if line.method not in figures.blind and _clear(figures, line)]
    told = [f"{method_name(line.method)} {percent(line.value)} ({span(line.low, line.high)})" for line in others]
    return f"; but by {listing(told)}" if told else ""


def _how_often(figures: Figures, line: Told) -> str:
    """On how many resamples the closest codebook comes first."""
    known = math.isfinite(line.first_in)
    return f"; first of {len(figures.codebooks)} on {percent(line.first_in)} of resamples" if known else ""


def sentences(figures: Figures) -> list[str]:
    """Whether the lead method's maps tell the emotion, and which published table they resemble."""
    lines = told(figures)
    if not lines or lines[0].method in figures.blind or cautions.one_answer(figures):
        return []
    line = lines[0]
    how = f"By {method_name(line.method)}, the emotion can be told from the regions alone"
    whose = " of emotions that have five or more" if line.n < figures.landmarks_found else ""
    share = f"on {counted(line.n, 'face')}{whose} the balanced accuracy is {percent(line.value)}"
    beside = f"({span(line.low, line.high)}; chance {percent(line.chance)}{_blind(figures)})"
    if not line.p < _SURE:
        return [f"{how} no better than by chance: {share} {beside}{_by_others(figures, lines)}."]
    if not _clear(figures, line):
        nothing = "not clearly better than from maps that know nothing of emotions, since faces themselves differ"
        return [f"{how} {nothing}: {share} {beside}{_by_others(figures, lines)}."]
    known = f"{how}: {share} {beside}"
    if not line.closest:
        return [f"{known}."]
    clearly = "closest to" if line.correlation_p < _SURE else "not clearly like any published codebook, most like"
    return [
        f"{known}, and the pattern is {clearly} {line.closest} (correlation {signed(line.correlation)}"
        f"{_how_often(figures, line)})."
    ]
