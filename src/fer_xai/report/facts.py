"""What was run, as pairs for a definition list."""

from __future__ import annotations

from typing import Any, NamedTuple

from fer_xai.charts.words import counted, method_name, plain
from fer_xai.explainers.occlusion import Occlusion
from fer_xai.report.figures import Figures


def model_facts(figures: Figures) -> list[tuple[str, str]]:
    """What the model is, as pairs for a definition list; what the study does not know is left out."""
    model = figures.manifest["model"]
    height, width, channels = (*model.get("input", ()), None, None, None)[:3]
    size = f"{height} × {width}, {'grey' if channels == 1 else 'colour' if channels == 3 else channels}"
    number = model.get("parameters")
    facts = [
        ("File", model.get("file")),
        ("Kind", model.get("kind")),
        ("Parameters", f"{number:,}" if isinstance(number, int) else None),
        ("Layers", model.get("layers")),
        ("Input", size if height else None),
        ("Pixel scaling", f"{model.get('scaling')}{_assumed(model, 'scaling')}" if model.get("scaling") else None),
        ("Emotions, in its order", ", ".join(model["emotions"]) + _assumed(model, "emotions")),
        ("Layer of Grad-CAM", f"{model['cam_layer']}{_cells(model)}" if model.get("cam_layer") else None),
        ("SHA-256", model.get("sha256")),
    ]
    return [(name, str(value)) for name, value in facts if value not in (None, "")]


def _assumed(model: dict[str, Any], setting: str) -> str:
    """What to say of a setting that nobody said: most wrong explanations start with one."""
    return (
        " (assumed: nobody said; fer-xai inspect MODEL --data FACES checks it)"
        if setting in model.get("assumed", ())
        else ""
    )


def _cells(model: dict[str, Any]) -> str:
    """How coarse Grad-CAM's layer sees a face."""
    rows, columns = model.get("cam_grid") or (0, 0)
    return f", {rows} × {columns} blocks of the face" if rows else ""


def _hidden(figures: Figures) -> str | None:
    glasses, hair = figures.flagged("glasses"), figures.flagged("hair")
    covered = figures.tables["covered"].set_index("group")["n"]
    parts = {"eyes": covered.get("eye", 0), "mouth": covered.get("mouth", 0)}
    more = "".join(f", {n:,.0f} with {name} hidden" for name, n in parts.items() if n > 0)
    return None if glasses is None else f"at least {glasses:,} by glasses, {hair:,} by hair{more}"


def _empty(figures: Figures) -> str | None:
    """How many maps of each method have nothing that speaks for the target: a dead or saturated model shows here.

    Of faces with landmarks, since the others have no share of any region.
    """
    empty = {}
    for method in figures.methods:
        sums = figures.region_sums(method, "coarse", own=True)
        empty[method] = int((sums["n"] - sums["known"]).max()) if len(sums) else 0
    told = [f"{method_name(method)} {empty[method]:,}" for method in figures.methods if empty.get(method, 0)]
    return ", ".join(told) or None


def data_facts(figures: Figures) -> list[tuple[str, str]]:
    """What was looked at, as pairs for a definition list."""
    data = figures.manifest["data"]
    total = len(figures.predictions)
    labels = int(figures.labelled.sum())
    facts = [
        ("Source", data.get("source")),
        ("Split", data.get("split") or "all"),
        ("Faces", f"{total:,}"),
        ("Labelled", "all" if labels == total else "none" if not labels else f"{labels:,}"),
        ("With landmarks", f"{figures.landmarks_found:,}"),
        ("Partly hidden", _hidden(figures)),
        ("Faces with landmarks on which nothing speaks for the answer", _empty(figures)),
        ("Rows skipped", counted(len(data.get("skipped", ())), "row") if data.get("skipped") else "none"),
        ("Seed", figures.manifest.get("seed")),
    ]
    return [(name, str(value)) for name, value in facts if value not in (None, "")]


class Method(NamedTuple):
    """A row of the table of methods."""

    name: str
    settings: list[tuple[str, str]]
    settled: str | None


def method_facts(figures: Figures) -> list[Method]:
    """Each method's settings, and how far its maps are settled where it draws samples."""
    model, (height, *_) = figures.manifest["model"], figures.manifest["data"].get("size") or (48,)
    patch, stride = Occlusion().sides(height)
    chosen = {"layer": model.get("cam_layer") or "the last convolution", "patch": patch, "stride": stride}
    told = []
    for method in figures.methods:
        settings = figures.manifest["methods"][method].items()
        pairs = [(name, str(chosen.get(name, "automatic") if value is None else value)) for name, value in settings]
        if method.startswith("shap:regions"):  # few regions have fewer combinations
            pairs = [(f"{name} up to" if name == "samples" else name, value) for name, value in pairs]
        told.append(Method(method, pairs, _settled(figures, method)))
    return told


def _settled(figures: Figures, method: str) -> str | None:
    """Passes, and the expected rank correlation with endless ones."""
    rows = figures.tables["sampling"]
    rows = rows[rows["method"] == method]
    if rows.empty:
        return None
    passes, known = rows["passes"], rows["settled"].dropna()
    fewest, most = f"{passes.min():,}", f"{passes.max():,}"
    each = (
        f"{fewest} passes a face"
        if fewest == most
        else f"{fewest} to {most} passes a face, {passes.mean():,.0f} on average"
    )
    if known.empty:
        return f"{each}; not known"
    if known.min() > 1 - 1e-9:
        return f"{each}: every combination, nothing is left to chance"
    lowest = f", lowest {plain(known.min())}" if len(known) > 1 else ""
    return f"{each}; {plain(known.mean())}{lowest}"
