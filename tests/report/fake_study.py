"""A study made of drawn faces and drawn numbers, with the tables the report reads; no model, no real face."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from fer_xai.charts.mean_face import mean_points
from fer_xai.errors import InputError
from fer_xai.faces.landmarks import Landmarks
from fer_xai.facs import mean_agreement
from fer_xai.facs.region_sums import sums_of_regions

SEVEN = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
SIX_METHODS = ("lime:slic", "lime:felzenszwalb", "lime:quickshift", "gradcam", "saliency", "occlusion")
CODEBOOKS = ("facs2002", "emfacs", "facs1978", "du2014", "ckplus", "belharbi2024")
COARSE = {
    "background": 0.41,
    "forehead": 0.115,
    "brow": 0.034,
    "eye": 0.091,
    "nose": 0.057,
    "cheek": 0.142,
    "mouth": 0.059,
    "chin_jaw": 0.092,
}
FINE = (
    *("background", "brow_inner", "brow_outer", "cheek", "chin", "crow_feet", "eye", "forehead", "glabella"),
    *("infraorbital", "jaw", "lip_corner", "lower_lid", "lower_lip", "lower_lip_skin", "mouth_inner", "nasolabial"),
    *("nose_bridge", "nose_root", "nose_side", "nose_tip_wings", "temple", "upper_lid", "upper_lip", "upper_lip_skin"),
)
FAVOURITE = {"happy": "mouth", "surprise": "mouth", "angry": "brow", "fear": "eye", "sad": "brow", "disgust": "nose"}
CENTRES = {"mouth": (0.76, 0.5), "brow": (0.3, 0.5), "eye": (0.4, 0.35), "nose": (0.55, 0.5)}


class FakeFaces:
    """As much of Faces as the report uses."""

    def __init__(self, images: np.ndarray, table: pd.DataFrame) -> None:
        self.images_, self.table = images, table

    def __getitem__(self, which: Any) -> FakeFaces:
        return FakeFaces(self.images_[which], self.table.iloc[which].reset_index(drop=True))

    def __len__(self) -> int:
        return len(self.images_)

    def pixels(self) -> np.ndarray:
        return self.images_


def drawn_faces(emotions: np.ndarray, rng: np.random.Generator, size: int = 48) -> np.ndarray:
    """Round faces whose mouth and brows bend with the emotion, (N, size, size, 1) uint8."""
    y, x = np.mgrid[0:size, 0:size] / (size - 1)
    bend = {"happy": 0.5, "sad": -0.5, "angry": -0.25, "surprise": 0.0, "fear": -0.1, "disgust": -0.35}
    faces = []
    for emotion in emotions:
        dx, dy, light = rng.normal(0, 0.03), rng.normal(0, 0.02), rng.uniform(0.55, 0.85)
        u, v = x - 0.5 - dx, y - 0.52 - dy
        face = np.full((size, size), rng.uniform(0.1, 0.5))
        face[(u / 0.36) ** 2 + (v / 0.46) ** 2 < 1] = light
        face -= 0.25 * np.clip(np.abs(u) - 0.1, 0, None) * (face == light)
        for side in (-1, 1):
            open_ = 0.06 if emotion in ("surprise", "fear") else 0.035
            face[((u - side * 0.15) / 0.07) ** 2 + ((v + 0.1) / open_) ** 2 < 1] = 0.05
            tilt = 0.5 if emotion == "angry" else -0.4 if emotion in ("sad", "fear") else 0.0
            brow = v + (0.26 if emotion == "surprise" else 0.2) + tilt * (0.15 - side * u)
            face[(np.abs(brow) < 0.022) & (np.abs(u - side * 0.15) < 0.1)] = 0.15
        face[(np.abs(u) < 0.02 + 0.1 * np.clip(v, 0, 0.1)) & (v > -0.08) & (v < 0.1)] *= 0.8
        if emotion == "surprise":
            face[(u / 0.07) ** 2 + ((v - 0.26) / 0.1) ** 2 < 1] = 0.1
        else:
            line = v - 0.26 + 4 * bend.get(emotion, 0.0) * (u**2 - 0.01)
            face[(np.abs(line) < 0.025) & (np.abs(u) < 0.16)] = 0.12
        faces.append(np.clip(face + rng.normal(0, 0.03, face.shape), 0, 1))
    return np.round(255 * np.array(faces)[..., None]).astype(np.uint8)


@dataclass
class FakeStudy:
    """The study's side of the contract."""

    path: Path
    manifest: dict[str, Any]
    faces: FakeFaces
    tables: dict[str, pd.DataFrame]
    landmarks: Landmarks
    seed: int = 0
    opened: list[str] = field(default_factory=list)

    def table(self, name: str) -> pd.DataFrame:
        # Summed up when they are asked for, so that a test may change what is summed.
        if name == "region_sums":
            return sums_of_regions(self.tables["regions"])
        if name == "agreement_means":
            return mean_agreement(self.tables["agreement"]).reset_index()
        return self.tables[name]

    def rows(self, name: str, only: dict[str, Any], columns: list[str] | None = None) -> pd.DataFrame:
        if name not in self.tables:
            raise InputError(f"no table {name}")
        rows = self.tables[name]
        for column, values in only.items():
            rows = rows[rows[column].isin(list(values))]
        return rows[columns] if columns else rows

    def maps(self, method: str, rows: Any = None) -> tuple[np.ndarray, np.ndarray | None]:
        self.opened.append(method)
        maps, segments = drawn_maps(method, self.tables["predictions"]["predicted"].to_numpy(), self.seed)
        rows = slice(None) if rows is None else np.asarray(rows)
        return maps[rows], None if segments is None else segments[rows]

    def faces_of(self, rows: Any) -> FakeFaces:
        return self.faces[np.asarray(rows)]

    def landmarks_of(self, rows: Any) -> Landmarks:
        return self.landmarks[np.asarray(rows)]


def drawn_maps(method: str, emotions: np.ndarray, seed: int, size: int = 48) -> tuple[np.ndarray, np.ndarray | None]:
    """A hill on the emotion's favourite place over noise; LIME's maps are flat on each segment."""
    rng = np.random.default_rng([seed, sum(map(ord, method))])
    y, x = np.mgrid[0:size, 0:size] / (size - 1)
    maps = np.empty((len(emotions), size, size), np.float32)
    for i, emotion in enumerate(emotions):
        cy, cx = CENTRES.get(FAVOURITE.get(emotion, ""), (0.5, 0.5))
        hill = np.exp(-((x - cx - rng.normal(0, 0.05)) ** 2 + (y - cy - rng.normal(0, 0.05)) ** 2) / 0.03)
        maps[i] = 0.4 * (hill - 0.5 * np.exp(-((x - 0.2) ** 2 + (y - 0.2) ** 2) / 0.02))
    if not method.startswith("lime"):
        rough = 0.25 if method == "saliency" else 0.02
        return maps + rng.normal(0, rough, maps.shape).astype(np.float32), None
    grid = 4 if method.endswith("quickshift") else 10
    segments = ((y * grid * 0.999).astype(int) * grid + (x * grid * 0.999).astype(int))[None].repeat(len(maps), 0)
    values = np.array([np.bincount(segments[i].ravel(), maps[i].ravel()) for i in range(len(maps))])
    values = values / np.bincount(segments[0].ravel()) + rng.normal(0, 0.02, values.shape)
    return np.take_along_axis(values, segments.reshape(len(maps), -1), 1).reshape(maps.shape).astype(
        np.float32
    ), segments


def make_study(
    path: Path,
    faces: int = 350,
    emotions: tuple[str, ...] = SEVEN,
    methods: tuple[str, ...] = SIX_METHODS,
    labelled: bool | float = True,
    never: tuple[str, ...] = (),
    landmarks: bool = True,
    seed: int = 0,
) -> FakeStudy:
    """A study of drawn faces. ``never`` names emotions the model never answers; ``labelled`` may be a share."""
    rng = np.random.default_rng(seed)
    predictions, truth = _predictions(rng, faces, emotions, labelled, never)
    found = np.where(rng.random(faces) < 0.97, "mesh", "none") if landmarks else np.full(faces, "none")
    regions = _regions(rng, predictions, found, methods)
    units = [emotion for emotion in emotions if emotion != "neutral"]
    tables = {
        "predictions": predictions,
        "landmarks": pd.DataFrame({"face": predictions["face"], "landmarks": found, "score": 0.9}),
        "regions": regions,
        "counts": _counts(regions),
        "agreement": _agreement(rng, predictions, found, methods, units),
    }
    tables["significance"] = _significance(tables["counts"])
    tables |= _specificity(rng, tables["agreement"], methods, units)
    tables |= _causes(rng, predictions, found)
    tables |= _told(methods, len(emotions), int((found != "none").sum()))
    manifest = {
        "version": "0.1.0",
        "model": {
            "name": "drawn-net",
            "file": "drawn-net.keras",
            "sha256": "0123456789abcdef" * 4,
            "parameters": 58423,
            "layers": 41,
            "input": [48, 48, 1],
            "scaling": "unit",
            "colour": "grey",
            "emotions": list(emotions),
            "cam_layer": "conv2d_7",
        },
        "data": {
            "source": "faces/fer2013.csv",
            "split": "test",
            "faces": faces,
            "labelled": int(predictions["label"].notna().sum()),
            "skipped": ["row 17: 2303 pixels, expected 2304", "row 99: value 256, expected 0 to 255"],
        },
        "methods": {method: {"samples": 1000, "seed": 0} if "lime" in method else {} for method in methods},
        "seed": 0,
        "codebook": "facs2002",
        "target": "predicted",
    }
    table = pd.DataFrame({"face": predictions["face"], "source": [f"row {i + 2}" for i in range(faces)]})
    return FakeStudy(path, manifest, FakeFaces(drawn_faces(truth, rng), table), tables, _landmarks(found), seed)


def _predictions(
    rng: np.random.Generator, n: int, emotions: tuple[str, ...], labelled: bool | float, never: tuple[str, ...]
) -> tuple[pd.DataFrame, np.ndarray]:
    truth = rng.choice(emotions, n, p=rng.dirichlet(np.full(len(emotions), 12.0)))
    logits = rng.normal(0, 1, (n, len(emotions)))
    logits[np.arange(n), [emotions.index(name) for name in truth]] += 2.0
    logits[:, [emotions.index(name) for name in never]] = -9.0
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    predicted = np.array(emotions, dtype=object)[p.argmax(axis=1)]
    label = np.where(rng.random(n) < float(labelled), truth.astype(object), None)
    frame = pd.DataFrame({"face": [f"face-{i:05d}" for i in range(n)], "label": label, "predicted": predicted})
    frame["correct"] = [None if a is None else bool(a == b) for a, b in zip(label, predicted, strict=True)]
    return frame.assign(**{f"p_{name}": p[:, i] for i, name in enumerate(emotions)}), truth


def _group(frame: pd.DataFrame) -> pd.Series:
    return frame["label"].where(frame["label"].notna(), frame["predicted"])


def _regions(
    rng: np.random.Generator, predictions: pd.DataFrame, found: np.ndarray, methods: tuple[str, ...]
) -> pd.DataFrame:
    parts = []
    for method in methods:
        for level, areas in (("coarse", COARSE), ("fine", dict.fromkeys(FINE, 0.04))):
            names, area = list(areas), np.array(list(areas.values()))
            weight = area * rng.lognormal(0, 0.6, (len(predictions), len(names)))
            for i, emotion in enumerate(predictions["predicted"]):
                if level == "coarse" and emotion in FAVOURITE:
                    weight[i, names.index(FAVOURITE[emotion])] *= 5
                weight[i, 0] *= 0.2
            share = weight / weight.sum(axis=1, keepdims=True)
            share[found == "none"] = np.nan
            rows = predictions[["face", "label", "predicted"]].loc[np.repeat(predictions.index, len(names))]
            rows = rows.assign(method=method, level=level, region=names * len(predictions), share=share.ravel())
            rows["landmarks"] = np.repeat(found, len(names))
            rows["area"] = np.tile(area, len(predictions))
            parts.append(rows)
    frame = pd.concat(parts, ignore_index=True)
    frame.loc[frame["landmarks"] == "none", "area"] = np.nan
    frame["target"] = frame["predicted"]
    frame["negative_share"] = 1 - frame["share"]
    frame["log2_enrichment"] = np.log2(frame["share"] / frame["area"])
    frame["log2_enrichment_face"] = frame["log2_enrichment"] - 0.5
    frame["coverage"] = frame["share"].clip(0, 1)
    frame["counted"] = (frame["share"] > 0.14).fillna(False)
    frame["counted_chance"] = 0.1 + frame["area"] / 2
    return frame


def _counts(regions: pd.DataFrame) -> pd.DataFrame:
    seen = regions[regions["landmarks"] != "none"].assign(emotion=_group)
    rows = seen.groupby(["emotion", "method", "level", "region"]).agg(
        n=("counted", "size"),
        counted=("counted", "sum"),
        chance=("counted_chance", "mean"),
        share=("share", "mean"),
        area=("area", "mean"),
    )
    rows = rows.reset_index()
    rows["frequency"] = rows["counted"] / rows["n"]
    ends = {
        (k, n): binomtest(k, n).proportion_ci(method="wilson")
        for k, n in set(zip(rows["counted"], rows["n"], strict=True))
    }
    rows["low"] = [ends[key].low for key in zip(rows["counted"], rows["n"], strict=True)]
    rows["high"] = [ends[key].high for key in zip(rows["counted"], rows["n"], strict=True)]
    rows["log2_enrichment"] = np.log2(rows["share"] / rows["area"])
    for end, reach in (("low", -0.1), ("high", 0.1)):
        rows[f"log2_enrichment_{end}"] = rows["log2_enrichment"] + reach
    return rows.assign(log2_enrichment_face=rows["log2_enrichment"] - 0.5).drop(columns="area")


def _significance(counts: pd.DataFrame) -> pd.DataFrame:
    """Whatever is favoured by a quarter is sure; nothing is too small to be resolved."""
    rows = counts[counts["level"] == "fine"][["method", "emotion", "region", "n", "log2_enrichment"]]
    value = rows["log2_enrichment"]
    told = {"split": "all", "low": value - 0.2, "high": value + 0.2, "significant": value > 0.25, "resolved": True}
    return rows.assign(**told, stands_out=value > 0.5)


def _landmarks(found: np.ndarray) -> Landmarks:
    """The mean face's, in the middle of the picture."""
    points = np.tile(mean_points() * 12 + (24, 18), (len(found), 1, 1))
    points[found == "none"] = np.nan
    return Landmarks(points, (found != "none") * 1.0, tuple(map(str, found)))


def _agreement(
    rng: np.random.Generator, predictions: pd.DataFrame, found: np.ndarray, methods: tuple[str, ...], units: list[str]
) -> pd.DataFrame:
    base = predictions.assign(emotion=predictions["predicted"])[["face", "label", "predicted", "emotion"]]
    base = base[(found != "none") & base["emotion"].isin(units)]
    parts = []
    for method in methods:
        for codebook in CODEBOOKS:
            area = rng.uniform(0.12, 0.25, len(base))
            value = np.clip(area * rng.lognormal(0.2, 0.4, len(base)), 0, 1)
            rows = base[base["emotion"] != "contempt"] if codebook in ("du2014", "facs1978") else base
            part = base.assign(
                method=method, codebook=codebook, target=base["predicted"], area=area, mass_accuracy=value
            )
            part = part.assign(
                mass_accuracy_blob=area * 1.5, rank_accuracy=value, pointing=(value > 0.25).astype(float)
            )
            part = part.assign(iou=value / 2, iou_chance=area / 2, log2_enrichment=np.log2(value / area))
            parts.append(part.loc[rows.index])
    return pd.concat(parts, ignore_index=True) if len(base) else pd.DataFrame()


def _told(methods: tuple[str, ...], emotions: int, n: int) -> dict[str, pd.DataFrame]:
    """Occlusion tells the emotion and resembles Du 2014; the other methods neither."""
    told, books, regions = [], [], []
    for method in methods if n else ():
        lead = method == "occlusion"
        known = {"low": 0.3, "high": 0.5, "chance": 1 / emotions, "n": n}
        told.append({"method": method, "value": 0.41 if lead else 0.15, **known, "p": 0.001 if lead else 0.4})
        for codebook, r in (("du2014", 0.36), ("facs2002", 0.2)):
            books.append({"method": method, "codebook": codebook, "correlation": r, "p": 0.004 if lead else 0.3})
        regions += [
            {"method": method, "emotion": "happy", "region": "lip_corner", "stands_out": lead},
            {"method": method, "emotion": "happy", "region": "cheek", "stands_out": lead},
            {"method": method, "emotion": "sad", "region": "cheek", "stands_out": False},
        ]
    blind = [{"method": "blob", **known, "value": 0.2, "p": 0.1}] if n else []
    s = [{"method": "blob", "codebook": book, "value": 0.01, "low": -0.01, "high": 0.02} for book in CODEBOOKS]
    return {
        "separability_blind": pd.DataFrame(blind),
        "specificity_blind": pd.DataFrame([{**row, "p": 0.2, "n": n} for row in s] if n else []),
        "separability": pd.DataFrame(told),
        "own_correlations": pd.DataFrame(books),
        "own_regions": pd.DataFrame(regions),
    }


def _causes(rng: np.random.Generator, predictions: pd.DataFrame, found: np.ndarray) -> dict[str, pd.DataFrame]:
    """Hiding the mouth costs most, and elsewhere little."""
    sizes = _group(predictions)[found != "none"].value_counts()
    costs, values = [], []
    for emotion, n in {"all": int(sizes.sum()), **sizes}.items() if len(sizes) else ():
        for region in COARSE:
            cost = (0.3 if region == "mouth" else 0.02) + rng.normal(0, 0.005)
            known = {"emotion": emotion, "region": region, "n": n}
            values.append({**known, "method": "shap:regions", "value": cost, "low": cost - 0.05, "high": cost + 0.05})
            for fill in ("grey", "blur", "inpaint"):
                row = {**known, "fill": fill, "recall": 0.7, "recall_hidden": 0.7 - cost, "recall_control": 0.66}
                for name, value in (("cost", cost), ("cost_beyond_control", cost - 0.04)):
                    row |= {name: value, f"{name}_low": value - 0.05, f"{name}_high": value + 0.05}
                costs.append(row)
    return {"ablation": pd.DataFrame(costs), "shapley": pd.DataFrame(values)}


def _specificity(
    rng: np.random.Generator, agreement: pd.DataFrame, methods: tuple[str, ...], units: list[str]
) -> dict[str, pd.DataFrame]:
    scores, matrix = [], []
    for method in methods:
        for codebook in CODEBOOKS:
            if agreement.empty or len(units) < 2:
                continue
            value = rng.normal(0.04, 0.1)
            row = {"method": method, "codebook": codebook, "value": value, "low": value - 0.07, "high": value + 0.08}
            scores.append(
                row | {"p": rng.uniform(0, 0.4), "n": 290, "emotions": " ".join(units), "left_out": "neutral contempt"}
            )
            matrix += [
                {
                    "method": method,
                    "codebook": codebook,
                    "emotion": e,
                    "mask": f,
                    "log2_enrichment": rng.normal(0.5 * (e == f), 0.4),
                }
                for e in units
                for f in units
            ]
    return {"specificity": pd.DataFrame(scores), "matrix": pd.DataFrame(matrix)}
