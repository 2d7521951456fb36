"""The mean face, its regions coloured by how much more evidence they hold than their area would."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle

from fer_xai.charts.colours import diverging, hexed, shades
from fer_xai.charts.mean_face import FRAME, region_paths
from fer_xai.charts.portrait import HEIGHT, WIDTH, face_axes, outline_units
from fer_xai.charts.scale import enrichment_scale
from fer_xai.charts.selecting import emotions_of, select
from fer_xai.charts.style import Chart, style
from fer_xai.charts.words import codebook_name, listing, method_name, region_name, signed
from fer_xai.facs.codebooks import Codebook, load_codebook
from fer_xai.few import FEWEST

LIMIT = 2.0


def face_map(
    counts: pd.DataFrame,
    method: str,
    codebook: str | Codebook | None = None,
    emotions: Sequence[str] | None = None,
    columns: int = 4,
    theme: str = "light",
) -> Chart:
    """Draw a face per emotion, its regions coloured by enrichment, the emotion's action units outlined.

    Parameters
    ----------
    counts : DataFrame
        The table ``counts`` of a study, or `fer_xai.facs.summarise_counts`: emotion, method, level, region, n,
        log2_enrichment. The fine regions are drawn.
    method : str
    codebook : str, path or Codebook, optional
        Whose action units are outlined; none without.
    emotions : sequence of str, optional
        Panels; all the table's, in the customary order.
    columns : int
        Panels side by side, at most.
    theme : {"light", "dark"}

    Returns
    -------
    Chart
        The frame around the face has the colour of the background. Numbers of one or two faces have no colour.

    Raises
    ------
    InputError
        If the table has no such rows, or there is no such codebook.
    """
    rows = select(counts, method=method, level="fine")
    shown = emotions_of(rows, emotions)
    book = None if codebook is None else load_codebook(codebook)
    lines = -(-len(shown) // columns)
    wide = -(-len(shown) // lines)  # no row much emptier than the others
    with style(theme):
        chart = Chart(max(4.2, WIDTH * wide), 1.25 + (HEIGHT + 0.35) * lines, theme)
        axes = face_axes(chart, lines, wide)
        for axis, emotion in zip(axes.flat, shown, strict=False):
            part = select(rows, emotion=emotion)
            _colour(chart, axis, part, theme)
            units = outline_units(axis, book, emotion, chart) if book else ()
            axis.set_title(_heading(emotion, int(part["n"].max()), units, book))
        enrichment_scale(chart, axes, theme, LIMIT)
        whose = "" if book is None else f"; outlined: action units of {codebook_name(book.name)}"
        whom = f" on “{shown[0]}” faces" if len(shown) == 1 else ""
        title = f"Where the evidence lies{whom}, by {method_name(method)}{whose}"
        return chart.finish(title, _alt(rows, shown, method))


def _colour(chart: Chart, axis: Axes, part: pd.DataFrame, theme: str) -> None:
    known = shades(theme)
    told = part["log2_enrichment"].astype(float).where(part["n"] >= FEWEST)
    values = dict(zip(part["region"], told, strict=True))

    def paint(region: str) -> str:
        shade = diverging(values.get(region), LIMIT)
        return hexed(known[shade]) if shade in known else chart.ink["faint"]

    left, right, top, bottom = FRAME
    axis.add_patch(Rectangle((left, top), right - left, bottom - top, facecolor=paint("background"), linewidth=0))
    for region, path in region_paths("fine").items():
        axis.add_patch(PathPatch(path, facecolor=paint(region), edgecolor=chart.ink["paper"], linewidth=0.7))


def _heading(emotion: str, n: int, units: Sequence[int], book: Codebook | None) -> str:
    told = "" if book is None else f"\nAU {', '.join(map(str, units))}" if units else "\nno action units"
    return f"{emotion}, n = {n}{told}"


def _alt(rows: pd.DataFrame, emotions: Sequence[str], method: str) -> str:
    told = []
    for emotion in emotions:
        top = select(rows, emotion=emotion).nlargest(3, "log2_enrichment")
        regions = [f"{region_name(row.region)} {signed(row.log2_enrichment, 1)}" for row in top.itertuples()]
        told.append(f"{emotion}: {listing(regions)}")
    return (
        f"Drawn faces coloured by log2 enrichment by {method_name(method)} (0 is a region's area); highest for "
        f"{'; '.join(told)}."
    )
