"""Which method to believe: the verdicts, their figures and how far the methods agree, laid out for the page."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from fer_xai.charts.colours import diverging
from fer_xai.charts.words import counted, method_name, plain, signed
from fer_xai.evaluation.trust.score import FAITHFULNESS
from fer_xai.evaluation.trust.sentence import verdict_sentence
from fer_xai.evaluation.trust.verdict import BLIND, CRITERIA, ELSEWHERE, SANITY, STABILITY, Finding, Verdict, judge
from fer_xai.figures.pictured import FEW_CELLS
from fer_xai.report.figures import Figures
from fer_xai.report.trust_measures import Measure, map_name, measures

MARKS = {"yes": "✓", "partly": "~", "unclear": "~", "no": "✗"}


@dataclass(frozen=True)
class Answer:
    """A cell of the verdict table: a mark with its word, what decided, and the figures."""

    level: str
    said: str
    words: str
    figures: str
    chance: str


@dataclass(frozen=True)
class Line:
    """A row of the verdict table: a method, or a map that is no explanation (``blind``)."""

    method: str
    name: str
    badge: str
    blind: bool
    answers: list[Answer]


@dataclass(frozen=True)
class Pair:
    """Agreement of two methods: its shade, the figure with its interval, the same with another face's map, and whether
    the interval lies above that.
    """

    shade: str
    text: str
    interval: str
    chance: str
    clear: bool


@dataclass(frozen=True)
class Section:
    """All that the section says."""

    sentence: str
    sample: str
    lines: list[Line]
    flagged: list[str]
    criteria: list[tuple[str, str]]
    agreement: list[tuple[str, list[Pair | None]]]
    measures: list[Measure]


def section(figures: Figures) -> Section | None:
    """The section's content; None for a study without trust measurements."""
    trust = figures.tables["trust"]
    if trust.empty:
        return None
    verdicts = judge(trust, figures.methods)
    blind = judge(trust, [name for name in BLIND if name in set(trust["method"])])
    order = [verdict.method for verdict in (*verdicts, *blind)]
    return Section(
        sentence=verdict_sentence(trust, verdicts, method_name),
        sample=_sample(figures),
        lines=[_line(verdict) for verdict in verdicts] + [_blind_line(verdict) for verdict in blind],
        flagged=[said for verdict in verdicts if (said := _flag(verdict))],
        criteria=list(CRITERIA.items()),
        agreement=_agreement(figures.tables["method_agreement"], [m for m in order if m != "random"]),
        measures=measures(trust, order),
    )


def coarse(figures: Figures) -> list[str]:
    """Methods whose maps are coarser than a facial region: by their layer's few cells, or as was measured."""
    trust, grid = figures.tables["trust"], figures.manifest["model"].get("cam_grid")
    verdicts = judge(trust, figures.methods) if len(trust) else []
    found = {verdict.method for verdict in verdicts if verdict.grain.level == "partly"}
    found |= {"gradcam"} if grid and min(grid) < FEW_CELLS else set()
    return [method for method in figures.methods if method in found]


def _sample(figures: Figures) -> str:
    """How many faces were asked."""
    trust, total = figures.tables["trust"], len(figures.predictions)
    whole = int(trust.loc[trust["metric"] == FAITHFULNESS, "n"].max())
    again = trust.loc[trust["metric"].isin([STABILITY, SANITY]), "n"].max()
    drawn = f"{whole} of {counted(total, 'face')}, drawn by chance with every emotion in its share"
    said = f"Measured on {drawn if whole < total else f'all {whole} faces'}"
    return f"{said}; where methods run again, on {int(again)} of these." if again == again else f"{said}."


def _line(verdict: Verdict) -> Line:
    findings = (verdict.faithful, verdict.stable, verdict.sanity, verdict.grain)
    writers = (signed, signed, signed, plain)
    answers = [_answer(f, write, verdict.faithful.n) for f, write in zip(findings, writers, strict=True)]
    return Line(verdict.method, map_name(verdict.method), _badge(verdict), False, answers)


def _badge(verdict: Verdict) -> str:
    """``trust``; ``faithful``, where it is not told whether it is stable or about this model; or nothing."""
    opened = "unclear" in (verdict.stable.level, verdict.sanity.level)
    return ("faithful" if opened else "trust") if verdict.trusted else ""


def _blind_line(verdict: Verdict) -> Line:
    """A map that is no explanation: its faithfulness is what others are held against, not judged itself."""
    line = _line(verdict)
    unjudged = replace(line.answers[0], level="", said="", words="")
    return replace(line, badge="no explanation", blind=True, answers=[unjudged, *line.answers[1:]])


def _answer(finding: Finding, write: Callable[[float], str], usual: int) -> Answer:
    """A cell; of other than the usual number of faces it says how many."""
    if finding.level == "unknown":
        return Answer(finding.level, "not measured", finding.words, "", "")
    known = math.isfinite(finding.low)
    interval = f" ({write(finding.low)} to {write(finding.high)})" if known else ""
    against = finding.against.replace(ELSEWHERE, "laid elsewhere")
    chance = f"{against}: {write(finding.chance)}" if math.isfinite(finding.chance) else ""
    if finding.level in ("unclear", "no") and math.isfinite(finding.p):
        chance += f" ({signed(finding.difference)} apart, p = {finding.p:.2g})"
    said = f"{MARKS[finding.level]} {finding.level}"
    faces = f", {counted(finding.n, 'face')}" if finding.n != usual else ""
    return Answer(finding.level, said, finding.words, f"{write(finding.value)}{interval}{faces}", chance)


def _flag(verdict: Verdict) -> str:
    """A method that is not to be trusted, or only roughly, in plain words with its figures."""
    name = method_name(verdict.method)
    failed = [f for f in (verdict.sanity, verdict.faithful, verdict.stable) if f.reason]
    said = [f"{f.reason}: {_figures(f)}" for f in failed]
    if verdict.grain.level == "partly":
        said.append(f"is coarse: the smallest thing it can show is {plain(verdict.grain.value, 1)} regions wide")
    return f"{name} {'; it '.join(said)}." if said else ""


def _figures(finding: Finding) -> str:
    chance = f"; {finding.against}: {signed(finding.chance)}" if math.isfinite(finding.chance) else ""
    known = math.isfinite(finding.low)
    interval = f"95 % interval {signed(finding.low)} to {signed(finding.high)}" if known else "no interval"
    if finding.level in ("unclear", "no") and math.isfinite(finding.p):
        chance += f"; {signed(finding.difference)} between them, p = {finding.p:.2g}, corrected over the methods"
    return f"{signed(finding.value)} ({interval}{chance}; {counted(finding.n, 'face')})"


def _agreement(table: pd.DataFrame, order: list[str]) -> list[tuple[str, list[Pair | None]]]:
    """Methods × methods, in the order of the verdicts; None on the diagonal."""
    known = {frozenset((row.method, row.other)): row for row in table.itertuples()}
    present = [name for name in order if any(name in pair for pair in known)]
    rows = []
    for method in present:
        cells = [None if other == method else _pair(known.get(frozenset((method, other)))) for other in present]
        rows.append((map_name(method), cells))
    return rows


def _pair(row: Any) -> Pair | None:
    if row is None:
        return None
    known = math.isfinite(row.low)
    return Pair(
        diverging(row.rank_correlation, 1.0),
        signed(row.rank_correlation),
        f"{signed(row.low)} to {signed(row.high)}" if known else "no interval",
        signed(row.chance_correlation),
        known and row.low > row.chance_correlation and signed(row.low) != signed(row.chance_correlation),
    )
