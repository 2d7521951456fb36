"""How every chart looks, in light and dark, and the figure they all are."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from fer_xai.charts.colours import THEMES, hexed, shades
from fer_xai.errors import InputError

_TITLE_LETTERS, _NOTE_LETTERS, _NOTE_SIZE = 9.6, 17.0, 7.5  # letters that fit an inch; points


class Chart(Figure):
    """A matplotlib figure that also has words.

    Attributes
    ----------
    alt : str
        What the chart shows, in one sentence, for those who cannot see it.
    ink : dict of str to str
        The theme's colours by name.
    """

    def __init__(self, width: float, height: float, theme: str) -> None:
        self.alt = ""
        self.ink = ink_of(theme)
        super().__init__(figsize=(width, height), dpi=110, layout="constrained", facecolor=self.ink["paper"])

    def finish(self, title: str, alt: str, note: str = "") -> Chart:
        """Write the title above and what the marks mean below, broken to the figure's width; keep the sentence."""
        self.alt = alt
        self.suptitle(self._broken(title, _TITLE_LETTERS), x=0.01, ha="left", linespacing=1.35)
        if note:
            text = self._broken(note, _NOTE_LETTERS)
            self.supxlabel(text, x=0.01, ha="left", fontsize=_NOTE_SIZE, color=self.ink["soft"], linespacing=1.45)
        # Ticks are made when they are drawn, when the style is no longer there: their look is fixed here.
        for axis in self.axes:
            axis.tick_params(axis="x", color=self.ink["soft"], labelcolor=self.ink["soft"])
            axis.tick_params(axis="y", color=self.ink["soft"], labelcolor=self.ink["ink"])
        return self

    def _broken(self, text: str, letters: float) -> str:
        width = int(letters * self.get_figwidth())
        return "\n".join(part for line in text.splitlines() for part in textwrap.wrap(line, width))

    def svg(self) -> bytes:
        """The chart as SVG: the same bytes each time it is made anew."""
        buffer, engine = BytesIO(), self.get_layout_engine()
        with rc_context({"svg.hashsalt": "fer-xai", "svg.fonttype": "path"}):
            # Laid out once; with an engine, saving would lay out and draw twice.
            if engine is not None:
                engine.execute(self)
                self.set_layout_engine("none")
            try:
                self.savefig(buffer, format="svg", metadata={"Date": None, "Title": self.alt})
            finally:
                self.set_layout_engine(engine)
        return buffer.getvalue()


def ink_of(theme: str) -> dict[str, str]:
    """A theme's colours.

    Raises
    ------
    InputError
        If there is no such theme.
    """
    if theme not in THEMES:
        raise InputError(f"received theme {theme!r}: give {' or '.join(THEMES)}")
    return THEMES[theme]


@contextmanager
def style(theme: str) -> Iterator[None]:
    """Draw in a theme: what is made within keeps its look."""
    ink = ink_of(theme)
    look: dict[str, Any] = {
        "font.family": "DejaVu Sans",
        "font.size": 8.5,
        "text.color": ink["ink"],
        "axes.facecolor": "none",
        "axes.edgecolor": ink["soft"],
        "axes.labelcolor": ink["soft"],
        "axes.titlecolor": ink["ink"],
        "axes.titlesize": 9,
        "axes.titlelocation": "left",
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.color": ink["soft"],
        "ytick.color": ink["soft"],
        "xtick.labelcolor": ink["soft"],
        "ytick.labelcolor": ink["ink"],
        "xtick.labelsize": 8,
        "ytick.labelsize": 8.5,
        "figure.titlesize": 11,
        "figure.titleweight": "bold",
        "figure.labelsize": 8,
        "figure.labelweight": "normal",
        "hatch.color": ink["soft"],
        "hatch.linewidth": 0.9,
        "legend.frameon": False,
        "legend.fontsize": 8,
    }
    with rc_context(look):  # type: ignore[arg-type]
        yield


def arm(theme: str, name: str) -> LinearSegmentedColormap:
    """Colours of an amount from paper to full: arm ``p`` (red), ``n`` (blue) or ``s`` (teal) of the report's cells."""
    found = shades(theme)
    steps = [hexed(found["z"]), *(hexed(colour) for shade, colour in found.items() if shade[0] == name)]
    return LinearSegmentedColormap.from_list(f"{theme}-{name}", steps)
