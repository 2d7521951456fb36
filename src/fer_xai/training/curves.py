"""Learning curves: loss and accuracy of each epoch, on the training and the validation faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TRAIN, _VALIDATION = "#7a7a7a", "#1f6fb2"


def draw_curves(history: Sequence[Mapping[str, float]], best: int, title: str) -> Figure:
    """Draw a history; a dotted line marks the epoch `best` that was kept, thin ones the beginning of a phase."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.4), layout="constrained")
    figure.suptitle(title)
    epochs = [int(row["epoch"]) + 1 for row in history]
    begins = [e for e, row, before in zip(epochs[1:], history[1:], history, strict=False) if _changed(row, before)]
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        axes.plot(epochs, [row[name] for row in history], color=_TRAIN, marker=".", label="training")
        axes.plot(epochs, [row[f"val_{name}"] for row in history], color=_VALIDATION, marker=".", label="validation")
        axes.axvline(best + 1, color="black", linestyle=":", linewidth=1)
        for begin in begins:
            axes.axvline(begin - 0.5, color="#cccccc", linewidth=0.8)
        axes.set(xlabel="epoch", ylabel=name)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _changed(row: Mapping[str, float], before: Mapping[str, float]) -> bool:
    return row["phase"] != before["phase"]


def write_curves(history: Sequence[Mapping[str, float]], best: int, title: str, path: Path) -> None:
    """Draw a history into ``.svg`` or ``.png``; the same history gives the same bytes."""
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "fer-xai"}):
        stamp = {"Date": None} if path.suffix == ".svg" else None
        draw_curves(history, best, title).savefig(path, dpi=150, metadata=stamp)
