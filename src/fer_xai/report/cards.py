"""One card per shown face: the face, every method's overlay, LIME's progressive panels, the probabilities."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from fer_xai.charts.words import listing, method_name, percent, region_name
from fer_xai.report.figures import Figures
from fer_xai.report.pixels import colour_scale, data_uri, face_picture, overlay, progressive
from fer_xai.report.trust import gallery_order
from fer_xai.study.study import Study


@dataclass(frozen=True)
class Picture:
    """A picture with its caption and its words for those who cannot see it."""

    caption: str
    uri: str
    alt: str
    note: str = ""


@dataclass
class Card:
    """What the page shows of one face."""

    anchor: str
    face_id: str
    source: str
    label: str | None
    predicted: str
    target: str
    face: Picture
    probabilities: list[tuple[str, float]]
    overlays: list[Picture] = field(default_factory=list)
    strips: list[tuple[str, list[Picture]]] = field(default_factory=list)


def make_cards(study: Study, figures: Figures, rows: list[int]) -> dict[int, Card]:
    """The cards of some faces, by their place in the predictions table; each method's maps are opened once."""
    rows = sorted(set(rows))
    if not rows:
        return {}
    pixels = study.faces[np.array(rows)].pixels()
    cards = {row: _card(study, figures, row, face) for row, face in zip(rows, pixels, strict=True)}
    words = _Words(figures, {figures.predictions["face"].iloc[row] for row in rows})
    for method in gallery_order(figures):
        attributions, segments = study.maps(method)
        for row, face in zip(rows, pixels, strict=True):
            cards[row].overlays.append(_overlay(face, attributions[row], method, words.of(cards[row].face_id, method)))
            if segments is not None and method.startswith("lime"):
                cards[row].strips.append((method, _strip(face, attributions[row], segments[row], method)))
    return cards


def _card(study: Study, figures: Figures, row: int, face: np.ndarray) -> Card:
    record = figures.predictions.iloc[row]
    # A study read back from disk knows the sources by its predictions table; its faces are plain arrays by then.
    sources = (figures.predictions if "source" in figures.predictions else study.faces.table)["source"]
    label = figures.label[row]
    said = f"labelled {label}, called {record['predicted']}" if label else f"called {record['predicted']}"
    size = f"{face.shape[1]} × {face.shape[0]} pixels"
    return Card(
        anchor=f"face-{row}",
        face_id=str(record["face"]),
        source=str(sources.iloc[row]),
        label=label,
        predicted=record["predicted"],
        target=_target(figures, row),
        face=Picture(size, data_uri(face_picture(face)), f"Face {record['face']}, {said}"),
        probabilities=[(emotion, float(record[f"p_{emotion}"])) for emotion in figures.manifest["model"]["emotions"]],
    )


def _target(figures: Figures, row: int) -> str:
    target = figures.manifest.get("target", "predicted")
    if target == "predicted":
        return str(figures.predicted[row])
    if target == "label":
        return str(figures.group[row])
    return str(target) if isinstance(target, str) else " rather than ".join(map(str, target))


def _overlay(face: np.ndarray, attribution: np.ndarray, method: str, where: str) -> Picture:
    scale = colour_scale(attribution)
    note = f"±{scale:.2g}" if scale else "empty"
    alt = f"{method_name(method)} overlay: {where}" if scale else f"{method_name(method)} overlay: the map is empty"
    return Picture(method_name(method), data_uri(overlay(face, attribution)), alt, note)


def _strip(face: np.ndarray, attribution: np.ndarray, segments: np.ndarray, method: str) -> list[Picture]:
    weights = pd.Series(attribution.ravel()).groupby(segments.ravel()).first()
    signs = np.sign(weights.loc[weights.abs().sort_values(ascending=False, kind="stable").index].to_numpy())
    pictures = []
    for count, picture in progressive(face, attribution, segments):
        shown = signs if count is None else signs[:count]
        caption = f"all {len(signs)}" if count is None else f"top {count}"
        signed = f"{int((shown > 0).sum())} for, {int((shown < 0).sum())} against"
        alt = f"{method_name(method)}, {caption} segments by importance: {signed}"
        pictures.append(Picture(caption, data_uri(picture), alt))
    return pictures


class _Words:
    """Where each map's positive attribution lies, in words, from the regions table."""

    def __init__(self, figures: Figures, faces: set[str]) -> None:
        rows = figures.tables["regions"]
        rows = rows[(rows["level"] == "coarse") & rows["face"].isin(faces) & rows["share"].notna()]
        self._shares = dict(iter(rows.groupby(["face", "method"])))

    def of(self, face: str, method: str) -> str:
        """The three regions with most of what speaks for the answer."""
        part = self._shares.get((face, method))
        if part is None:
            return "no landmarks were found, so no regions"
        top = part.nlargest(3, "share")
        shares = [f"{region_name(row.region)} {percent(row.share)}" for row in top.itertuples()]
        return f"what speaks for it lies mostly in {listing(shares)}"
