"""The LIME document's study of facial regions, as it was and at full size.

    fer-xai report --data fer2013.csv --split test --methods lime:slic,lime:felzenszwalb --out study
    python benchmarks/lime_document.py --study study --data fer2013.csv --ferplus fer2013new.csv

The document took 6 random test faces of each emotion (FER+ labels), explained them by LIME with SLIC and with
Felzenszwalb segments, counted by eye the facial parts of which positive segments cover at least half, and charted the
frequencies. Here the same rule is applied to 6 faces of each emotion and to all of the study, side by side, beside what
the same maps give when they are shifted at random; and the draw of 6 is repeated to see how much it decides.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from fer_xai import load_faces
from fer_xai.facs import FaceMasks, region_names
from fer_xai.study import Study

FACES, DRAWS, HALF, SHIFTS, CHUNK = 6, 2000, 0.5, 16, 256
METHODS = ("lime:slic", "lime:felzenszwalb")
REGIONS = region_names("coarse")[1:]


def covered(study: Study, method: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Whether positive segments cover half of each coarse region of each face (N, R), and how often shifted ones do.

    NaN for a region that is not on the crop, and without landmarks.
    """
    maps = study.maps(method)[0] > 0
    found, chance = [], []
    for start in range(0, len(maps), CHUNK):
        part = slice(start, start + CHUNK)
        masks = FaceMasks.paint(study.faces[part], study.landmarks[part])
        regions = masks.level("coarse")[:, 1:] * masks.found[:, None, None, None]
        area = regions.sum(axis=(2, 3))
        area[area == 0] = np.nan
        found.append(_half(regions, maps[part], area))
        moved = [np.roll(maps[part], rng.integers(0, maps.shape[1], 2), axis=(1, 2)) for _ in range(SHIFTS)]
        chance.append(np.mean([_half(regions, shifted, area) for shifted in moved], axis=0))
    return np.concatenate(found), np.concatenate(chance)


def _half(regions: np.ndarray, positive: np.ndarray, area: np.ndarray) -> np.ndarray:
    share = np.einsum("nrhw,nhw->nr", regions, positive.astype(np.float32), optimize=True) / area
    return np.where(np.isnan(share), np.nan, share >= HALF)


def wilson(values: np.ndarray) -> str:
    """A frequency with its 95 % interval, in per cent."""
    count, n = int(np.nansum(values)), int(np.isfinite(values).sum())
    found = binomtest(count, n).proportion_ci(method="wilson")
    return f"{count / n:4.0%} [{found.low:3.0%}, {found.high:4.0%}]"


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("study", "data", "ferplus"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    study = Study(given.study)
    known = load_faces(given.data, split="test", ferplus=given.ferplus)
    labels = dict(zip(known.ids, known.labels, strict=True))
    emotions = pd.Series([labels.get(face) for face in study.table("predictions")["face"]])
    counts = {method: covered(study, method, rng) for method in METHODS}
    located = np.isfinite(counts[METHODS[0]][0]).any(axis=1)
    for emotion in sorted(emotions[located].dropna().unique()):
        rows = np.flatnonzero(located & (emotions == emotion))
        six = rng.permutation(rows)[:FACES]
        print(f"\n{emotion}: {FACES} of {len(rows)} faces")
        print(" " * 14 + "   ".join(f"{m + ': 6 faces':>18s}  {'all':>17s} chance" for m in METHODS))
        for r, region in enumerate(REGIONS):
            cells = [
                f"{wilson(found[six, r])}  {wilson(found[rows, r])}  {np.nanmean(chance[rows, r]):4.0%}"
                for found, chance in counts.values()
            ]
            print(f"   {region:10s} " + "   ".join(cells))
        for method, (found, _) in counts.items():
            tell_draws(method, found[rows], rng)


def tell_draws(method: str, values: np.ndarray, rng: np.random.Generator) -> None:
    """Print how often 6 faces find what all faces find."""
    full = np.nanmean(values, axis=0)
    picks = np.array([rng.permutation(len(values))[:FACES] for _ in range(DRAWS)])
    means = np.nan_to_num(values[picks]).mean(axis=1)
    most = means == means.max(axis=1, keepdims=True)
    first = np.mean(most[:, full.argmax()] / most.sum(axis=1))
    off = np.abs(means - full).mean(axis=0).max()
    print(
        f"   {method}: most often the {REGIONS[int(full.argmax())]}; 6 faces find the same in {first:.0%} of {DRAWS} "
        f"draws (any region: {1 / len(REGIONS):.0%}), and miss a frequency by up to {off:.0%} on average"
    )


if __name__ == "__main__":
    main()
