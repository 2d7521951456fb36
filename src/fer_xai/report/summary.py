"""The report on one page, to print or to paste: ``summary.pdf`` and ``summary.png``."""

from __future__ import annotations

import math
import textwrap
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_xai.atomic import write_bytes
from fer_xai.charts.colours import hexed, ink_on, shades
from fer_xai.charts.words import codebook_name, method_name, percent, signed
from fer_xai.report import cautions, grids, sentences, trust
from fer_xai.report.figures import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fer_xai.charts.style import Chart

PDF, PNG = "summary.pdf", "summary.png"
_WIDTH, _HEIGHT = 8.27, 11.69  # A4, inches
_DOTS = 150
_LETTERS = 112  # of text to a line
_SAID = 9  # sentences, at most
_KEY = (
    "S: how much more an emotion's own action units hold than others', in powers of two; band: what chance gives (0, "
    "and maps that know nothing); filled: clear of it. "
)
_CAUTIONS = (
    "A map shows what moved the model, not what a person feels: the labels are what annotators called a still picture.",
    "Codebooks of action units are hypotheses; people express one emotion in many ways. A low S may be the codebook's "
    "fault, a high S is no proof of understanding.",
    "Right for these faces says nothing of faces that are not among them: other people, ages, light, cameras.",
)
_NARROWEST = 5  # columns of the heat: one alone would be as wide as the page


def write_summary(figures: Figures, model: str, data: str, folder: Path) -> None:
    """Write the page as PDF and PNG: the same bytes for the same study.

    Parameters
    ----------
    figures : Figures
    model, data : str
        How the page calls the model and the faces.
    folder : path
    """
    from fer_xai.charts.style import style

    with style("light"):
        chart = _page(figures, model, data)
        pdf, png = BytesIO(), BytesIO()
        chart.savefig(pdf, format="pdf", metadata={"CreationDate": None, "Title": f"Where {model} looks"})
        chart.savefig(png, format="png", dpi=_DOTS, metadata={"Software": None})
    write_bytes(folder / PDF, pdf.getvalue())
    write_bytes(folder / PNG, png.getvalue())


def _page(figures: Figures, model: str, data: str) -> Chart:
    from fer_xai.charts.style import Chart

    page = Chart(_WIDTH, _HEIGHT, "light")
    page.set_layout_engine("none")
    _write(page, 0.965, f"Where {model} looks", fontsize=18, fontweight="bold", letters=52, lines=1)
    faces = f"{len(figures.predictions):,} faces"
    _write(page, 0.935, f"fer-xai report on one page. {data}; {faces}.", fontsize=9, color=page.ink["soft"], lines=1)
    top = 0.908
    for sentence in _said(figures):
        top = _write(page, top, sentence, fontsize=8.8, lines=5) - 0.006
    # What is left below the sentences is shared by three panels; the cautions stand at the foot.
    foot = 0.148
    high = top - foot - 0.03
    _recalls(page.add_axes((0.14, top - 0.395 * high, 0.27, 0.325 * high)), figures)
    _forest(page.add_axes((0.68, top - 0.395 * high, 0.22, 0.325 * high)), figures)
    table = grids.region_heat(figures, figures.lead, "coarse") if figures.lead else None
    if table is None or not table.columns:
        few = "too few faces of each emotion" if figures.landmarks_found else "no face has landmarks"
        foot = top - 0.54 * high
        _write(page, foot + 0.025, f"Where the answer rests is not known: {few}.", fontsize=9.2)
    else:
        _heat(page.add_axes((0.14, foot + 0.015, 0.81, 0.48 * high)), figures, table)
    _write(page, foot - 0.012, "What this cannot tell you", fontsize=9.5, fontweight="bold")
    top = foot - 0.034
    for caution in _CAUTIONS:
        top = _write(page, top, f"•  {caution}", fontsize=8.2, color=page.ink["soft"], letters=128) - 0.003
    forks = dict(grids.specificity_rows(figures)).get(figures.lead or "", [])
    told = "" if _no_forest(figures, forks) else _KEY
    end = (
        f"Lines: 95 % intervals. {told}Made by fer-xai {figures.manifest['version']}, seed {figures.manifest['seed']}."
    )
    _write(page, 0.035, end, fontsize=7.5, color=page.ink["soft"], letters=136, lines=2)
    return page


def _said(figures: Figures) -> list[str]:
    """The index's opening, and which method to believe."""
    asked = trust.section(figures)
    return [*sentences.headline(figures)[:_SAID], *([asked.sentence] if asked else [])]


def _write(page: Chart, top: float, text: str, letters: int = _LETTERS, lines: int = 4, **look: Any) -> float:
    """Write text from the left margin, broken and cut to so many lines; give the height below it."""
    broken = textwrap.wrap(text.replace(" %", "\N{NO-BREAK SPACE}%"), letters, max_lines=lines, placeholder=" …")
    page.text(0.05, top, "\n".join(broken), va="top", linespacing=1.35, parse_math=False, **look)
    return top - len(broken) * look["fontsize"] * 1.4 / 72 / _HEIGHT


def _recalls(axis: Axes, figures: Figures) -> None:
    """Recall with its interval; for unlabelled faces, how often each emotion was answered."""
    ink, emotions = axis.figure.ink, figures.emotions  # type: ignore[union-attr]
    if figures.accuracy.n:
        title, rates = "How often each emotion is found (recall)", [figures.recall(name) for name in emotions]
        values = [(rate.value, rate.low, rate.high) for rate in rates]
        said = [f"{percent(rate.value)} of {rate.n}" for rate in rates]
    else:
        title, total = "What it calls these faces; none is labelled", len(figures.predictions)
        counts = [int((figures.predicted == name).sum()) for name in emotions]
        values, said = (
            [(count / total, math.nan, math.nan) for count in counts],
            [f"{count} of {total}" for count in counts],
        )
    for place, (value, low, high) in enumerate(values):
        axis.barh(place, 0 if math.isnan(value) else value, color=ink["one"], height=0.62)
        if not math.isnan(low):
            axis.plot([low, high], [place, place], color=ink["ink"], linewidth=1)
        axis.text(1.03, place, said[place], va="center", fontsize=7.5, color=ink["soft"])
    _emotions_down(axis, emotions)
    axis.set_xlim(0, 1)
    axis.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"], fontsize=7.5)
    axis.set_title(title, fontsize=9, x=-0.25)


def _forest(axis: Axes, figures: Figures) -> None:
    """S of the lead method under every codebook, beside the chance level."""
    ink = axis.figure.ink  # type: ignore[union-attr]
    rows = dict(grids.specificity_rows(figures))
    forks = rows.get(figures.lead or "", [])
    shown = list(zip(figures.codebooks, forks, strict=False))
    by = f", {method_name(figures.lead)}" if figures.lead else ""
    axis.set_title(f"S by codebook{by}", fontsize=9, x=-0.45, parse_math=False)
    why = _no_forest(figures, forks)
    if why:
        axis.set_axis_off()
        axis.text(0, 0.9, f"not known: {why}", va="top", transform=axis.transAxes)
        return
    axis.axvline(0, color=ink["ink"], linewidth=1, linestyle=":")
    for place, (_, fork) in enumerate(shown):
        if not fork:
            axis.annotate("not known", (0.5, place), xycoords=("axes fraction", "data"), va="center", fontsize=7.5)
            continue
        band = max(fork.chance) - min(fork.chance)
        axis.barh(place, band, 0.9, left=min(fork.chance), color=ink["two"], alpha=0.35, linewidth=0)
        axis.annotate(signed(fork.value), (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=7.5)
        axis.plot([fork.low, fork.high], [place, place], color=ink["one"], linewidth=1.6)
        filled = ink["one"] if fork.clear != "none" else ink["paper"]
        axis.plot(fork.value, place, "o", markersize=5, color=ink["one"], markerfacecolor=filled)
    axis.set_yticks(range(len(shown)), [codebook_name(book) for book, _ in shown], fontsize=8, parse_math=False)
    axis.invert_yaxis()
    axis.margins(x=0.12)
    axis.tick_params(axis="x", labelsize=7.5)


def _no_forest(figures: Figures, forks: list[Any]) -> str:
    """Why S is not drawn; empty where it is."""
    if cautions.hardly_any(figures):
        return "too few faces"
    if not any(forks):
        return "needs two emotions\nwith action units\nand five faces each"
    return "the model has one\nanswer for nearly all" if cautions.one_answer(figures) else ""


def _heat(axis: Axes, figures: Figures, table: grids.Grid) -> None:
    """The lead method's region heat, as on the index: colour and number."""
    axis.set_axis_off()
    lead = method_name(str(figures.lead))
    title = f"What speaks for {figures.aim}, by {lead}: share against area, in powers of two (0: just its area)"
    axis.set_title(title, fontsize=9, x=0, pad=14, parse_math=False)
    known, ink = shades("light"), axis.figure.ink  # type: ignore[union-attr]
    for down, (region, cells) in enumerate(table.rows):
        axis.text(-0.1, down + 0.5, region, ha="right", va="center", fontsize=8)
        for right, cell in enumerate(cells):
            colour = known.get(cell.shade)
            axis.add_patch(_cell(right, down, hexed(colour) if colour else ink["faint"]))
            told = hexed(ink_on(colour)) if colour else ink["soft"]
            axis.text(right + 0.5, down + 0.5, cell.text, ha="center", va="center", fontsize=8, color=told)
    for right, (name, note) in enumerate(table.columns):
        heading = f"{_short(name)}\n{note}"
        axis.text(right + 0.5, -0.15, heading, ha="center", va="bottom", fontsize=7.5, parse_math=False)
    if len(table.columns) < len(figures.emotions):
        left_out = "Emotions of fewer than three faces with landmarks are left out."
        axis.text(0, len(table.rows) + 0.25, left_out, va="top", fontsize=7.5, color=ink["soft"])
    axis.set_xlim(-0.05, max(len(table.columns), _NARROWEST))
    axis.set_ylim(len(table.rows), -1.05)


def _cell(right: int, down: int, colour: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((right + 0.02, down + 0.03), 0.96, 0.94, facecolor=colour, linewidth=0)


def _emotions_down(axis: Axes, emotions: list[str]) -> None:
    axis.set_yticks(range(len(emotions)), [_short(name) for name in emotions], fontsize=8, parse_math=False)
    axis.invert_yaxis()


def _short(name: str) -> str:
    return textwrap.shorten(name, 14, placeholder="…") if len(name) > 14 and " " in name else name[:14]
