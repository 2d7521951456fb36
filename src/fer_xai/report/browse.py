"""The faces page: a sample of the study's faces, and what its scripts know of each."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.charts.colours import NEGATIVE, POSITIVE
from fer_xai.charts.words import in_region_order, method_name, region_name
from fer_xai.faces.landmarks import OWN
from fer_xai.figures.pictured import hardly_moves
from fer_xai.report.cards import explained_target, permalink, sign_of, sources
from fer_xai.report.figures import Figures
from fer_xai.report.pixels import LARGEST, STRONGEST, data_uri, face_picture, grey_picture, quantised
from fer_xai.study.study import Study, folder_name

MOST = 350
_PIXELS = 16_000_000  # of all maps together: with every method opened, the page stays below 25 megabytes


@dataclass(frozen=True)
class Tile:
    """A face as the page shows it without scripts: its permanent address, its picture and its words."""

    anchor: str
    face_id: str
    label: str | None
    predicted: str
    sure: float
    uri: str


def sample(figures: Figures, always: list[int], most: int = MOST) -> list[int]:
    """Draw faces at random, the same at every rendering, each emotion's right and wrong ones by their share.

    Parameters
    ----------
    figures : Figures
    always : list of int
        Rows that are in it in any case: the faces of the emotions' pages.
    most : int
        Faces in all, unless ``always`` holds more.

    Returns
    -------
    list of int
        Rows of the predictions table, in its order.
    """
    total = len(figures.predictions)
    if total <= most:
        return list(range(total))
    rng = np.random.default_rng(figures.manifest.get("seed", 0))
    kinds = pd.Series(figures.group).astype(str) + pd.Series(figures.label == figures.predicted).astype(str)
    order = pd.Series(rng.permutation(total))
    # A face's rank within its kind, as a share of the kind's size: cutting at a common share stratifies.
    share = order.groupby(kinds).rank(method="first") / kinds.map(kinds.value_counts())
    share.iloc[always] = 0.0
    chosen = np.lexsort((order, share))[: max(most, len(set(always)))]
    return sorted(int(row) for row in chosen)


def map_side(height: int, width: int, count: int) -> int:
    """The longest side, in pixels, of ``count`` maps that keep within the page's budget."""
    longest = max(height, width)
    affordable = int((_PIXELS / max(1, count) / (height * width)) ** 0.5 * longest)
    return max(24, min(longest, LARGEST, affordable))


class Browser:
    """What the faces page shows of some faces of a study.

    Parameters
    ----------
    study : Study
    figures : Figures
    rows : list of int
        Places in the predictions table, going up.

    Attributes
    ----------
    rows : list of int
    """

    def __init__(self, study: Study, figures: Figures, rows: list[int]) -> None:
        self._figures, self.rows = figures, rows
        self._records = figures.predictions.iloc[rows]
        self._pixels = study.faces_of(rows).pixels()
        looks = study.rows("regions", {"face": self._records["face"], "level": ["coarse"]})
        self._looked = looks[looks["landmarks"].isin(OWN)]
        self._sources = sources(study, figures, rows)
        height, width = self._pixels.shape[1:3]
        self._side = map_side(height, width, len(rows) * len(figures.methods))

    def tiles(self) -> list[Tile]:
        """The page without scripts."""
        return [
            Tile(
                anchor=permalink(str(record["face"])),
                face_id=str(record["face"]),
                label=self._figures.label[row],
                predicted=str(record["predicted"]),
                sure=float(self._figures.sure[row]),
                uri=data_uri(face_picture(face, self._side)),
            )
            for row, face, (_, record) in zip(self.rows, self._pixels, self._records.iterrows(), strict=True)
        ]

    def data(self) -> dict[str, Any]:
        """What the scripts know before any map is asked for: answers, grey pictures, regions of every method.

        ``grey`` is base64 of (faces, height, width) uint8; shares, areas and chances are per mille; ``counted`` has
        a bit per region, the first region's lowest. A face without landmarks of its own has null.
        """
        figures, grey = self._figures, grey_picture(self._pixels, self._side)
        emotions = list(figures.manifest["model"]["emotions"])
        regions = in_region_order(figures.tables["region_sums"].query("level == 'coarse'")["region"])
        return {
            "height": grey.shape[1],
            "width": grey.shape[2],
            "emotions": emotions,
            "groups": figures.emotions,
            "methods": [
                {"name": m, "title": method_name(m), "file": map_file(m), "sign": sign_of(figures, m)}
                for m in figures.methods
            ],
            "regions": [{"name": region, "title": region_name(region)} for region in regions],
            "ink": {"positive": POSITIVE, "negative": NEGATIVE, "strongest": STRONGEST},
            "faces": [self._face(n, row, emotions) for n, row in enumerate(self.rows)],
            "grey": base64.b64encode(grey.tobytes()).decode("ascii"),
            "looks": {method: self._looks(method, regions) for method in figures.methods},
        }

    def maps(self, method: str, attributions: np.ndarray) -> dict[str, Any]:
        """A method's maps: base64 of (faces, height, width) int8, ±127 at the value in ``full``, one per face.

        ``little`` tells on which faces nothing moves the answer by a point.

        Parameters
        ----------
        method : str
        attributions : ndarray, shape (N, H, W)
            Of its faces.
        """
        levels, full = quantised(attributions, self._side)
        little = [hardly_moves(method, scale) for scale in full]
        return {
            "full": [f"{scale:.2g}" for scale in full],
            "little": little,
            "maps": base64.b64encode(levels.tobytes()).decode("ascii"),
        }

    def _face(self, n: int, row: int, emotions: list[str]) -> dict[str, Any]:
        figures, record = self._figures, self._figures.predictions.iloc[row]
        return {
            "id": str(record["face"]),
            "source": self._sources[n],
            "label": figures.label[row],
            "predicted": str(record["predicted"]),
            "target": explained_target(figures, row),
            "p": _per_mille(record[[f"p_{emotion}" for emotion in emotions]].to_numpy(float)),
        }

    def _looks(self, method: str, regions: list[str]) -> list[dict[str, Any] | None]:
        rows = self._looked[self._looked["method"] == method]
        names = ["share", "area", "counted", "counted_chance"]
        numbers = rows.reindex(columns=names).astype(float).assign(face=rows["face"], region=rows["region"])
        found = numbers.pivot_table(index="face", columns="region", values=names, aggfunc="first", dropna=False)
        wide = found.reindex(columns=pd.MultiIndex.from_product([names, regions])).reindex(self._records["face"])
        share, area, counted, chance = (wide[name].to_numpy(float) for name in names)
        bits = (np.nan_to_num(counted) > 0) @ (1 << np.arange(len(regions)))
        return [
            None
            if np.isnan(area[face]).all()
            else {
                "share": _per_mille(share[face]),
                "area": _per_mille(area[face]),
                "chance": _per_mille(chance[face]),
                "counted": int(bits[face]),
            }
            for face in range(len(self.rows))
        ]


def map_file(method: str) -> str:
    """The name of the file of a method's maps, without its ending."""
    return f"map-{folder_name(method)}"


def _per_mille(values: np.ndarray) -> list[int | None]:
    return [None if np.isnan(value) else round(1000 * value) for value in values]
