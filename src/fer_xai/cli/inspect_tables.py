"""What ``fer-xai inspect`` prints for people."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fer_xai.charts.words import listing
from fer_xai.classifier.assumed import made_for

if TYPE_CHECKING:
    import pandas as pd

    from fer_xai.classifier import Classifier
    from fer_xai.evaluation import Accuracy, Anatomy, Inspection

_MOST_LAYERS = 40
_MOST_CANDIDATES = 12
_LEGEND = (
    "chosen: what the faces speak for (kept: what stays, since they do not say); tied: not told from it (exact McNemar "
    "test, 1 %); more right: on these faces, not beyond chance; order found: the best order for these faces, from one "
    "half and judged on the other; log-lik.: the labels' mean log likelihood, higher is better; could as well mean: "
    "emotions that the faces do not tell from the one that is named."
)


def show(
    classifier: Classifier,
    anatomy: Anatomy,
    methods: dict[str, str | None],
    found: Inspection | None,
    origin: dict[str, str],
    written: Path | None,
    more: bool,
) -> None:
    """Print on stdout: the model, its methods, and what the faces said, or where none were asked its layers.

    Whether there are `more` faces that could be asked decides what is advised where the evidence is weak.
    """
    console = Console(highlight=False)
    if found is None:
        console.print(_layers(anatomy.layers))
    console.print(_facts(classifier, anatomy, methods, origin))
    if found is None and (usual := made_for(classifier)):
        console.print(escape(usual))
    if found is not None:
        console.print(_candidates(found))
        hidden = len(found.candidates) - len(_shown(found.candidates))
        if hidden:
            console.print(f"… {hidden} more, all with --json")
        console.print(_LEGEND, style="dim")
        for order, emotions in _found_orders(found):
            console.print(f"{order}: {emotions}", style="dim")
        console.print(_outputs(found))
        _verdict(console, found, written, more)
    elif written is not None:
        console.print(f"Remembered in {escape(str(written))}")
    elif "bundled" not in origin.values():
        console.print("With labelled faces (--data) this command finds the scaling, the colour and the emotion order.")


def _facts(classifier: Classifier, anatomy: Anatomy, methods: dict[str, str | None], origin: dict[str, str]) -> Table:
    height, width, channels = (side or "any" for side in anatomy.input)
    parameters = "" if anatomy.parameters is None else f", {anatomy.parameters:,} parameters"
    emotions = "unknown" if origin["emotions"] == "unknown" else " ".join(classifier.emotions)
    rows = [
        ("model", f"{anatomy.name} ({anatomy.kind}{parameters})"),
        ("input", f"{height}×{width}×{channels}"),
        ("outputs", f"{anatomy.outputs}" + (f", of output {anatomy.output!r}" if anatomy.output else "")),
        ("logits", anatomy.logits_at),
        ("Grad-CAM", _cam(anatomy)),
        ("scaling", f"{classifier.scaling} ({origin['scaling']})"),
        ("colour", f"{classifier.colour} ({origin['colour']})"),
        ("emotions", f"{emotions} ({origin['emotions']})" if emotions != "unknown" else emotions),
        ("methods", ", ".join(name for name, lack in methods.items() if lack is None) or "none"),
    ]
    reasons: dict[str, list[str]] = {}
    for name, lack in methods.items():
        if lack is not None:
            reasons.setdefault(lack, []).append(name)
    rows += [("not", f"{', '.join(names)}: {lack}") for lack, names in reasons.items()]
    return _two_columns(rows)


def _cam(anatomy: Anatomy) -> str:
    if anatomy.cam_layer is None or anatomy.cam_grid is None or anatomy.cam_cell is None:
        return f"no layer: {anatomy.cam_missing}"
    (h, w), (high, wide) = anatomy.cam_grid, anatomy.cam_cell
    return f"layer {anatomy.cam_layer}, {h}×{w} cells, each {high:.3g}×{wide:.3g} px of the input"


def _layers(layers: pd.DataFrame) -> Table:
    table = _table(("layer", "kind", "output", "parameters"))
    rows: list[Any] = list(layers.itertuples(index=False))
    hidden = max(0, len(rows) - _MOST_LAYERS)
    half = _MOST_LAYERS // 2
    for place, row in enumerate(rows):
        if hidden and half <= place < len(rows) - half:
            if place == half:
                table.add_row(f"… {hidden} more (all with --json)")
            continue
        table.add_row(escape(row.path), row.kind, row.shape, f"{row.parameters:,}")
    return table


def _candidates(found: Inspection) -> Table:
    colours = len(set(found.candidates["colour"])) > 1
    table = _table(("scaling", *(["colour"] if colours else []), "order", "right", "95 %", "log-lik.", ""))
    origins = {found.declared["origin"][key] for key in ("scaling", "emotions")}
    said = " (default)" if origins == {"default"} else " (declared)"
    best = found.candidates.loc[found.candidates["chosen"], "accuracy"].max()
    for row in _shown(found.candidates).itertuples(index=False):
        kept = "chosen" if found.settled else "kept"
        mark = kept if row.chosen else "more right" if row.accuracy > best else "tied" if row.tied else ""
        mark += said if row.declared else ""
        cells = [row.scaling, *([str(row.colour)] if colours else []), row.order, f"{row.accuracy:.1%}"]
        cells += [f"{row.low:.0%}–{row.high:.0%}", f"{row.log_likelihood:.3f}", mark.strip()]
        table.add_row(*cells, style="bold" if row.chosen else "")
    return table


def _shown(candidates: pd.DataFrame) -> pd.DataFrame:
    """The first readings, and the best one of every scaling that is not among them."""
    first, rest = candidates.head(_MOST_CANDIDATES), candidates.iloc[_MOST_CANDIDATES:]
    others = rest[~rest["scaling"].isin(first["scaling"])].drop_duplicates("scaling")
    return candidates.loc[[*first.index, *others.index]]


def _found_orders(found: Inspection) -> list[tuple[str, str]]:
    """Orders without a name among the rows that are shown, with what they are."""
    rows = _shown(found.candidates)
    found_by = rows[rows["order"] == "found"].groupby("emotions", sort=False)["scaling"]
    return [(f"order found by {listing(list(scalings))}", str(emotions)) for emotions, scalings in found_by]


def _outputs(found: Inspection) -> Table:
    table = _table(("output", "emotion", "right", "could as well mean"))
    for row in found.per_output.itertuples(index=False):
        table.add_row(str(row.output), row.emotion, f"{row.right} of {row.faces}", row.unsure)
    return table


def _verdict(console: Console, found: Inspection, written: Path | None, more: bool) -> None:
    colour = f", {found.colour}" if found.colour else ""
    console.print(
        f"[bold]{found.scaling}{colour}, {found.order} order[/bold]: {' '.join(found.emotions)}; "
        f"right on {_percent(found.accuracy)}"
    )
    for note in found.notes:
        console.print(f"· {escape(note)}")
    if found.warning:
        console.print(f"[bold red]Warning:[/bold red] {escape(found.warning)}")
    if written is not None:
        console.print(f"Remembered in {escape(str(written))}")
    else:
        console.print(
            f"[bold]Not remembered[/bold]: the evidence is too weak. {'Ask' if more else 'Give'} more labelled faces"
            f"{' (--limit, --split)' if more else ''}, or say what training did (--scaling, --emotions)."
        )


def _percent(accuracy: Accuracy) -> str:
    return f"{accuracy.value:.1%} ({accuracy.low:.1%} – {accuracy.high:.1%}) of {accuracy.n} faces"


def _two_columns(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, escape(value))
    return table


def _table(columns: Iterable[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for name in columns:
        right = name in ("right", "parameters", "log-lik.")
        whole = name in ("scaling", "order", "right", "95 %", "log-lik.")
        table.add_column(name, justify="right" if right else "left", overflow="fold", no_wrap=whole)
    return table
