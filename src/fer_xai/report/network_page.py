"""One page on a network: its prototypes, and layer by layer its filters, feature maps and most-activating faces.

Pictures are files beside the page, made and written one layer at a time: what is held in memory at once is one layer's
maps of one face, and the page loads a picture only when its layer is opened.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fer_xai import __version__
from fer_xai.atomic import write_bytes
from fer_xai.charts.words import MINUS
from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for
from fer_xai.engine.activations import Activations, Convolution
from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.network import (
    Activating,
    Filters,
    Prototype,
    channel_prototypes,
    class_prototypes,
    feature_maps,
    filters_of,
    most_activating,
    strongest_channels,
)
from fer_xai.network.prototypes import STEPS
from fer_xai.report import network_pictures as pictures
from fer_xai.report.network_tables import network_tables
from fer_xai.report.scripts import write_scripts
from fer_xai.report.templating import environment, template_folder, write_page
from fer_xai.study.files import write_json, write_table

MAPS = 16
CHANNELS = 3
TOP = 5
ASKED = 512  # faces beside whose scores a prototype's stands

Track = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Picture:
    """A picture file as the page shows it: address relative to the page, size in pixels, words."""

    src: str
    width: int
    height: int
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class LayerCard:
    """What the page says of one convolution."""

    layer: Convolution
    filters_note: str
    filters: Picture | None
    maps_note: str
    maps: Picture
    channels: list[Picture] = field(default_factory=list)


def write_network_page(
    classifier: Classifier,
    faces: Faces,
    out: Path,
    layers: list[str] | None = None,
    channels: int = CHANNELS,
    steps: int = STEPS,
    seed: int = 0,
    source: str = "sample",
    track: Track | None = None,
) -> Path:
    """Write the page of a classifier's inside, its pictures and its tables.

    Parameters
    ----------
    classifier : Classifier
    faces : Faces
        Searched for the most-activating ones; the first is the face whose feature maps are shown.
    out : Path
        A folder that can be written to.
    layers : list of str, optional
        Paths or names of convolutions; default all.
    channels : int
        Channels of each layer that get a prototype and their most-activating faces.
    steps : int
        Gradient steps per prototype.
    seed : int
        Of the prototypes.
    source : str
        Where the faces come from, for the page.
    track : callable, optional
        ``track(what, done, total)``.

    Returns
    -------
    Path
        ``index.html``. Beside it ``network.json``, ``layers.parquet``, ``prototypes.parquet``, ``activating.parquet``
        and the folder ``pictures``.

    Raises
    ------
    InputError
        If a layer is unknown, or the model has no convolution or is a black box.
    """
    activations = Activations(classifier)
    chosen = _chosen(activations, layers)
    # Read first: a template that is missing, or changes while a large model is worked on, must not cost its work.
    page = environment().get_template("network.html.j2")
    progress = track or (lambda what, done, total: None)
    best = most_activating(activations, faces, TOP, track=lambda done, all_: progress("faces", done, all_))
    classes = class_prototypes(
        activations, steps=steps, seed=seed, track=lambda done, all_: progress("class prototypes", done, all_)
    )
    writer = _Writer(activations, faces, out, channels, steps, seed)
    made, cards = [("class", "", prototype) for prototype in classes], []
    for n, one in enumerate(chosen):
        card, prototypes = writer.layer(n, one, best[one.path])
        cards.append(card)
        made += [("channel", one.path, prototype) for prototype in prototypes]
        progress("layers", n + 1, len(chosen))
    tables = network_tables(activations, faces, best, made)
    for name, table in tables.items():
        write_table(out / f"{name}.parquet", table)
    face = writer.face()
    shown = {one.path for one in chosen}
    summary = {
        "model": classifier.describe(),
        "face": face[1],
        "layers": [row for row in tables["layers"].to_dict("records") if row["path"] in shown],
        "prototypes": tables["prototypes"].to_dict("records"),
    }
    write_json(out / "network.json", summary)
    split = ", ".join(sorted(set(faces.table["split"]) - {""}))
    told = {
        "manifest": {"version": __version__, "seed": seed},
        "titles": {"model": classifier.name, "data": f"{Path(source).name}{f', {split}' if split else ''}"},
        "facts": _facts(classifier, activations, faces),
        "face": face,
        "classes": [(prototype, writer.prototype(n, prototype)) for n, prototype in enumerate(classes)],
        "real": writer.real_scores(),
        "cards": cards,
        "left_out": len(activations.convolutions) - len(chosen),
        "steps": steps,
        "top": min(TOP, len(faces)),
        "searched": len(faces),
    }
    index = out / "index.html"
    # Last: while the page is missing or old, so are the pictures it shows.
    write_scripts(out, template_folder(), "theme.js", "report.js")
    write_page(page, index, told)
    return index


def _chosen(activations: Activations, layers: list[str] | None) -> list[Convolution]:
    if not activations.convolutions:
        raise InputError(f"{activations.classifier.name} has no convolution: there are no filters or maps to show")
    if layers is None:
        return list(activations.convolutions)
    named = {activations.convolution(name).path for name in layers}
    return [one for one in activations.convolutions if one.path in named]


class _Writer:
    """Makes and writes the pictures, layer by layer."""

    def __init__(self, activations: Activations, faces: Faces, out: Path, channels: int, steps: int, seed: int) -> None:
        self.activations, self.faces, self.out = activations, faces, out
        self.channels, self.steps, self.seed = channels, steps, seed
        self.shown = faces[0].images()

    def face(self) -> tuple[Picture, dict[str, Any]]:
        """The face whose feature maps are shown, and what the classifier says of it."""
        classifier = self.activations.classifier
        probabilities = engine_for(classifier).predict(self.shown)[1][0]
        best = int(probabilities.argmax())
        said = {
            "face": self.faces.ids[0],
            "label": self.faces.labels[0],
            "predicted": classifier.emotions[best],
            "probability": float(probabilities[best]),
        }
        return self._picture("face", pictures.face(self.shown[0], 144), f"The face {said['face']}"), said

    def real_scores(self) -> dict[str, float]:
        """The highest score that a real face has for each emotion, of the first `ASKED`."""
        classifier, asked = self.activations.classifier, self.faces[:ASKED]
        logits, probabilities = engine_for(classifier).predict(asked.images())
        best = (probabilities if logits is None else logits).max(axis=0)
        return dict(zip(classifier.emotions, best.tolist(), strict=True))

    def prototype(self, n: int, prototype: Prototype) -> Picture:
        """A class prototype."""
        tile = pictures.face(prototype.picture, 144)
        return self._picture(f"class-{n:02d}-{prototype.name}", tile, f"Prototype of {prototype.name}")

    def layer(self, n: int, one: Convolution, best: Activating) -> tuple[LayerCard, list[Prototype]]:
        """Everything about one layer; its maps are forgotten when it returns."""
        stem = f"layer-{n:03d}-{one.name}"
        filters = filters_of(self.activations, one.path)
        maps = feature_maps(self.activations, self.shown, one.path)[0]
        strongest = strongest_channels(maps, MAPS)
        sheet, limit, signed = pictures.map_sheet(maps[..., strongest])
        closely = [int(channel) for channel in strongest[: self.channels]]
        prototypes = channel_prototypes(self.activations, one.path, closely, self.steps, self.seed) if closely else []
        card = LayerCard(
            layer=one,
            filters_note=_filters_note(filters),
            filters=self._filters(stem, one, filters) if filters.kernels.size else None,
            maps_note=_maps_note(maps.shape[-1], len(strongest), limit, signed),
            maps=self._picture(
                f"{stem}-maps",
                sheet,
                f"Feature maps of {one.name}",
                f"Channels {_numbers(strongest.tolist())}, row by row.",
            ),
            channels=[self._channel(stem, one, best, prototype) for prototype in prototypes],
        )
        return card, prototypes

    def _filters(self, stem: str, one: Convolution, filters: Filters) -> Picture:
        caption = f"Channels {_numbers(filters.outputs)}, row by row."
        return self._picture(f"{stem}-filters", pictures.filter_sheet(filters), f"Filters of {one.name}", caption)

    def _channel(self, stem: str, one: Convolution, best: Activating, prototype: Prototype) -> Picture:
        channel = int(prototype.name)
        rows, peaks = best.rows[channel], best.peaks[channel]
        strip = pictures.channel_strip(prototype.picture, self.faces[rows].images())
        caption = (
            f"Channel {channel}. Prototype: mean activation {_number(prototype.start)} on grey → "
            f"{_number(prototype.reached)}{'' if prototype.reached > prototype.start else ' (nothing to climb)'}. "
            f"Faces: peaks {_number(peaks[0])} to {_number(peaks[-1])}{self._labels(rows)}."
        )
        alt = f"Prototype of channel {channel} of {one.name} and the {len(rows)} faces that drive it highest"
        return self._picture(f"{stem}-channel-{channel:04d}", strip, alt, caption)

    def _labels(self, rows: np.ndarray) -> str:
        counts = Counter(label for label in (self.faces.labels[row] for row in rows) if label)
        said = ", ".join(f"{label} {count}" for label, count in counts.most_common())
        return f"; labelled {said}" if said else ""

    def _picture(self, name: str, picture: np.ndarray, alt: str, caption: str = "") -> Picture:
        # Layers are called whatever their author liked; files are not.
        file = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:80]
        write_bytes(self.out / "pictures" / f"{file}.png", pictures.png(picture))
        return Picture(f"pictures/{file}.png", picture.shape[1], picture.shape[0], alt, caption)


def _filters_note(filters: Filters) -> str:
    if not filters.kernels.size:
        return filters.note
    scale = f"One colour scale for the layer, from −{_number(filters.limit)} to +{_number(filters.limit)}"
    return f"{filters.note} {scale}{'' if filters.colours else ': blue below 0, red above'}."


def _maps_note(channels: int, shown: int, limit: float, signed: bool) -> str:
    what = f"All {channels} channels" if shown == channels else f"The {shown} strongest of {channels} channels"
    scale = (
        f"blue is below 0, red above, full colour from ±{_number(limit)}"
        if signed
        else f"black is 0, white is {_number(limit)} or more"
    )
    return f"{what} on this face, by their peak; one scale for the layer: {scale}."


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", MINUS)


def _numbers(channels: Iterable[int]) -> str:
    return ", ".join(str(channel) for channel in channels)


def _facts(classifier: Classifier, activations: Activations, faces: Faces) -> list[tuple[str, str]]:
    known = classifier.describe()
    height, width, channels = activations.face_size
    return [
        ("Kind", str(known["kind"])),
        ("Parameters", f"{known['parameters']:,}"),
        ("Layers", f"{known['layers']:,}, of which {len(activations.convolutions)} convolve"),
        ("Input", f"{height} × {width}, {'grey' if channels == 1 else 'colour'}"),
        ("Pixel scaling", str(known["scaling"])),
        ("Emotions, in its order", ", ".join(known["emotions"])),
        ("SHA-256", str(known["sha256"])),
        ("Faces searched", f"{len(faces):,}"),
    ]
