"""Every explainer on drawn faces, against the pixels that tell the emotion.

Trains the tiny net on drawn faces and on cheating ones, explains test faces for their label, and prints a table. Blind
maps (flat, centred blob, Sobel edges) go through the same measures. About five minutes on one core.

    python benchmarks/drawn_faces.py [--limit 64] [--seed 0] [--out table.csv]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from scipy.stats import bootstrap
from skimage.filters import sobel

from fer_xai import Classifier, explain, list_explainers, load_classifier
from fer_xai.engine import engine_for
from fer_xai.faces.drawn import Drawing, draw
from fer_xai.facs.agreement import centred_blob
from fer_xai.facs.maps import inside, shares, top_weights
from fer_xai.training.recipes.own.drawn import drawn_net

QUICK: dict[str, dict[str, int]] = {  # passes for each face, where the default is more
    "lime": {"samples": 500},
    "shap:partition": {"samples": 500},
    "shap:segments": {"samples": 500},
}
VARIANTS: tuple[tuple[str, dict[str, str]], ...] = (  # beside every explainer at its defaults
    ("lime:slic", {"fill": "mean"}),
    ("shap:segments", {"fill": "mean"}),
    ("integrated_gradients", {"baseline": "blur"}),
)
FACES = 1400


def main() -> None:
    """Train, explain, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=64, help="test faces to explain")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="also write the table as CSV")
    options = parser.parse_args()

    honest, cheating = (draw(FACES, cheating=cheats) for cheats in (False, True))
    nets = {}
    for name, drawing in (("honest", honest), ("cheating", cheating)):
        started = time.perf_counter()
        nets[name] = load_classifier(drawn_net(drawing.faces, options.seed))
        test = drawing.faces[(drawing.faces.table["split"] == "test").to_numpy()]
        right = accuracy(nets[name], test.images(), test.labels)
        print(f"{name} net: {time.perf_counter() - started:.0f} s, test accuracy {right:.3f} ({len(test)} faces)")
    rows = []
    shown, cheated = sample(honest, options.limit, expressive=True), sample(cheating, options.limit)
    print(f"{len(shown)} honest test faces with an expression, {len(cheated)} cheating ones")
    for name, maps in blind_maps(shown):
        rows.append({"method": name, **measures(maps, shown), "outside_honest": outside(maps, shown)})
    for method, variant in [*((method, {}) for method in list_explainers()), *VARIANTS]:
        extra: dict[str, Any] = {**(QUICK.get(method) or QUICK.get(method.split(":")[0], {})), **variant}
        started = time.perf_counter()
        maps = explain(nets["honest"], shown.faces, method, target="label", **extra).attributions
        seconds = (time.perf_counter() - started) / len(shown)
        theirs = explain(nets["cheating"], cheated.faces, method, target="label", **extra).attributions
        rows.append(
            {
                "method": " ".join([method, *variant.values()]),
                **measures(maps, shown),
                "outside_honest": outside(maps, shown),
            }
            | {"outside_cheating": outside(theirs, cheated), "on_mark": np.nanmean(within(theirs, cheated.truth))}
            | {"seconds": seconds}
        )
        print(".", end="", flush=True)
    table = pd.DataFrame(rows)
    print("\n" + table.round(3).to_string(index=False))
    print(f"outside the oval: area {1 - shown.oval.mean():.3f} honest, {1 - cheated.oval.mean():.3f} cheating")
    print(f"the mark's area: {cheated.truth.mean():.3f}")
    if options.out:
        table.to_csv(options.out, index=False)


def sample(drawing: Drawing, limit: int, expressive: bool = False) -> Drawing:
    """Test faces in turns of the emotions; `expressive` leaves out neutral ones, which have no truth."""
    wanted = (drawing.faces.table["split"] == "test").to_numpy()
    if expressive:
        wanted = wanted & (np.array(drawing.faces.labels) != "neutral")
    return drawing[np.flatnonzero(wanted)[:limit]]


def accuracy(net: Classifier, images: np.ndarray, labels: tuple[str | None, ...]) -> float:
    """Share of faces told right."""
    told = engine_for(net).predict(images)[1].argmax(axis=1)
    return float(np.mean([net.emotions[k] == label for k, label in zip(told, labels, strict=True)]))


def blind_maps(drawing: Drawing) -> Iterator[tuple[str, np.ndarray]]:
    """Maps that know no emotion."""
    images = drawing.faces.images()[..., 0]
    yield "(flat)", np.ones_like(images)
    yield "(blob)", np.broadcast_to(centred_blob(*images.shape[1:]), images.shape)
    yield "(Sobel)", np.stack([sobel(image) for image in images]).astype(np.float32)


def within(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Share of each map's positive mass inside its mask (N,)."""
    return inside(np.asarray(masks, np.float32)[:, None], shares(maps))[:, 0]


def outside(maps: np.ndarray, drawing: Drawing) -> float:
    """Share of positive mass outside the face's oval, mean over faces."""
    return float(np.nanmean(within(maps, 1 - drawing.oval)))


def measures(maps: np.ndarray, drawing: Drawing) -> dict[str, float]:
    """Mass and rank accuracy on the true pixels, and the enrichment with its 95 % BCa interval over faces."""
    truth = drawing.truth.astype(np.float32)
    mass, area, counts = within(maps, truth), truth.mean(axis=(1, 2)), truth.sum(axis=(1, 2)).astype(int)
    rank = inside(truth[:, None], top_weights(np.maximum(maps, 0), counts))[:, 0] / counts
    some = np.isfinite(mass)
    mass, area, rank = mass[some], area[some], rank[some]

    def enrichment(mass: np.ndarray, area: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.log2(mass.mean(axis=axis) / area.mean(axis=axis))

    values = {"mass": mass.mean(), "chance": area.mean(), "rank": rank.mean(), "log2": enrichment(mass, area)}
    if np.allclose(mass, area):  # a flat map: nothing varies
        return {**values, "low": 0.0, "high": 0.0}
    interval = bootstrap((mass, area), enrichment, paired=True, n_resamples=2000, rng=0).confidence_interval
    return {**values, "low": interval.low, "high": interval.high}


if __name__ == "__main__":
    main()
