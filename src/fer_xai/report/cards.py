"""One card per shown face: the face, every method's overlay, LIME's progressive panels, the probabilities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

import numpy as np
import pandas as pd

from fer_xai.charts.words import listing, method_name, percent, region_name
from fer_xai.figures.pictured import hardly_moves, pictured
from fer_xai.report.figures import Figures
from fer_xai.report.pixels import colour_scale, data_uri, face_picture, overlay, progressive
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
    permalink: str
    face_id: str
    source: str
    label: str | None
    predicted: str
    target: str
    face: Picture
    probabilities: list[tuple[str, float]]
    overlays: list[Picture] = field(default_factory=list)
    strips: list[tuple[str, list[Picture]]] = field(default_factory=list)


class Cards:
    """The cards of some faces, by their place in the predictions table.

    Parameters
    ----------
    study : Study
    figures : Figures
    rows : list of int
        Places in the predictions table; a place may stand there twice.

    Attributes
    ----------
    rows : list of int
        Each once, going up.
    """

    def __init__(self, study: Study, figures: Figures, rows: list[int]) -> None:
        self.rows, self._figures = sorted(set(rows)), figures
        self._pixels = list(study.faces_of(self.rows).pixels()) if rows else []
        self._words = _Words(study, figures.predictions["face"].iloc[self.rows])
        cards = (_card(study, figures, row, face) for row, face in zip(self.rows, self._pixels, strict=True))
        self._cards = dict(zip(self.rows, cards, strict=True))

    def add(self, method: str, attributions: np.ndarray, segments: np.ndarray | None) -> None:
        """Draw a method's maps (N, H, W) of these faces, and its segments, onto the cards."""
        sign, shown = sign_of(self._figures, method), pictured(method, attributions, segments)
        for n, (row, face) in enumerate(zip(self.rows, self._pixels, strict=True)):
            card = self._cards[row]
            card.overlays.append(_overlay(face, shown[n], method, self._words.of(card.face_id, method), sign))
            if segments is not None and method.startswith("lime"):
                card.strips.append((method, _strip(face, attributions[n], segments[n], method)))

    def __getitem__(self, row: int) -> Card:
        return self._cards[row]


def _card(study: Study, figures: Figures, row: int, face: np.ndarray) -> Card:
    record = figures.predictions.iloc[row]
    label = figures.label[row]
    said = f"labelled {label}, called {record['predicted']}" if label else f"called {record['predicted']}"
    size = f"{face.shape[1]} × {face.shape[0]} pixels"
    return Card(
        anchor=f"face-{row}",
        permalink=permalink(str(record["face"])),
        face_id=str(record["face"]),
        source=sources(study, figures, [row])[0],
        label=label,
        predicted=record["predicted"],
        target=explained_target(figures, row),
        face=Picture(size, data_uri(face_picture(face)), f"Face {record['face']}, {said}"),
        probabilities=[(emotion, float(record[f"p_{emotion}"])) for emotion in figures.manifest["model"]["emotions"]],
    )


def permalink(face_id: str) -> str:
    """A face's anchor on the faces page, the same in every report that shows it."""
    return f"face={quote(face_id, safe='')}"


def sources(study: Study, figures: Figures, rows: list[int]) -> list[str]:
    """Where faces came from, e.g. ``row 17``; as the predictions tell it, else as the faces do."""
    table = figures.predictions.iloc[rows] if "source" in figures.predictions else study.faces_of(rows).table
    return [str(source) for source in table["source"]]


def explained_target(figures: Figures, row: int) -> str:
    """What a face's maps explain, in words."""
    target = figures.manifest.get("target", "predicted")
    if target == "predicted":
        return str(figures.predicted[row])
    if target == "label":
        return str(figures.group[row])
    return str(target) if isinstance(target, str) else " rather than ".join(map(str, target))


def sign_of(figures: Figures, method: str) -> str:
    """What stands before the value of a full colour: ± where maps have two ends."""
    settings = figures.manifest["methods"].get(method, {})
    return "" if settings.get("relu") or settings.get("show") == "absolute" else "±"


def _overlay(face: np.ndarray, attribution: np.ndarray, method: str, where: str, sign: str) -> Picture:
    scale = colour_scale(attribution)
    little = ", no place moves the answer a point" if hardly_moves(method, scale) else ""
    note = f"{sign}{scale:.2g}{little}" if scale else "empty"
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

    def __init__(self, study: Study, faces: Iterable[str]) -> None:
        rows = study.rows("regions", {"face": list(faces), "level": ["coarse"]}).dropna(subset="share")
        self._shares = dict(iter(rows.groupby(["face", "method"])))

    def of(self, face: str, method: str) -> str:
        """The three regions with most of what speaks for the answer."""
        part = self._shares.get((face, method))
        if part is None:
            return "no landmarks were found, so no regions"
        top = part.nlargest(3, "share")
        shares = [f"{region_name(row.region)} {percent(row.share)}" for row in top.itertuples()]
        return f"what speaks for it lies mostly in {listing(shares)}"
