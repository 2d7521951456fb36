"""``.. speed-chart::``, ``.. speed-floors::`` and ``.. speed-peers::``, made from what ``make bench`` kept."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from leaderboard_table import table_lines
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

_RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"
_PAGE = "explanation/speed"
_COLOURS = {"best": "#2a6f97", "ordinary": "#a9c6d9"}


def newest() -> list[dict[str, Any]]:
    """The newest result of each model."""
    by_model = {}
    for path in sorted(_RESULTS.glob("speed-*.json")):
        result = json.loads(path.read_text())
        by_model[result["model"]] = result
    return list(by_model.values())


class SpeedFloors(SphinxDirective):
    """A row per model and method: the bare passes, the method, and their ratio."""

    def run(self) -> list[nodes.Node]:
        """Write the table as reStructuredText and parse it."""
        rows = [("Model", "Method", "Passes for each face", "Bare passes (ms)", "Method (ms)", "Ratio")]
        for result in newest():
            for row in result["rows"]:
                passes = f"{row['passes']:,} {row['kind']}"
                times = (f"{row['floor']:,.2f}", f"{row['ours']:,.2f}", f"{row['ratio']:.2f}")
                rows.append((result["model"], row["method"], passes, *times))
        return self.parse_text_to_nodes("\n".join([*table_lines(rows), *_taken_on()]))


class SpeedPeers(SphinxDirective):
    """A row per method of another package beside ours."""

    def run(self) -> list[nodes.Node]:
        """Write the table as reStructuredText and parse it."""
        rows = [("Method", "Package", "Use", "Theirs (ms)", "Ours (ms)", "Theirs ÷ ours")]
        for row in _peers():
            times = (f"{row['peer']:,.2f}", f"{row['ours']:,.2f}", f"{row['ratio']:.1f}")
            rows.append((row["method"], row["package"], row["use"], *times))
        return self.parse_text_to_nodes("\n".join(table_lines(rows)))


class SpeedChart(SphinxDirective):
    """Bars: how many times as long as ours each package takes."""

    def run(self) -> list[nodes.Node]:
        """Draw the chart into the page."""
        peers = _peers()[::-1]
        figure = Figure(figsize=(8, 0.27 * len(peers) + 0.8), layout="constrained")
        axes = figure.subplots()
        axes.barh(range(len(peers)), [row["ratio"] for row in peers], color=[_COLOURS[row["use"]] for row in peers])
        axes.set_yticks(range(len(peers)), [f"{row['method']}: {row['package']}, {row['use']}" for row in peers])
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.axvline(1, color="0.3", linewidth=1)
        axes.set_xlabel("times as long as fer-xai on the same faces (log scale; 1 = as quick)")
        for n, row in enumerate(peers):
            axes.text(row["ratio"] * 1.04, n, f"{row['ratio']:.1f}", va="center", fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(x=0.12, y=0.01)
        text = io.StringIO()
        figure.savefig(text, format="svg")
        svg = text.getvalue()
        label = "Bars: how many times as long as fer-xai other packages take; the figures stand in the table below."
        drawing = svg[svg.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
        return [nodes.raw("", f'<div style="background: white; overflow-x: auto">{drawing}</div>', format="html")]


def _peers() -> list[dict[str, Any]]:
    return [row for result in newest() for row in result["peers"]]


def _taken_on() -> list[str]:
    """When, on what and with what each model was timed."""
    lines = []
    for result in newest():
        versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
        run = f"{result['faces']} faces, {result['repeats']} repeats, {result['date']}"
        lines.append(f"* {result['model']}: {run}; {result['machine']}; {versions}")
    return [*lines, ""]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("speed-floors", SpeedFloors)
    app.add_directive("speed-peers", SpeedPeers)
    app.add_directive("speed-chart", SpeedChart)
    # The page shows the results of this moment, so it is read again at each build.
    app.connect("env-get-outdated", lambda *_: [_PAGE])
    return {"version": "1", "parallel_read_safe": True}
