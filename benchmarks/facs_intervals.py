"""Three doubts about the counter's statistics, put to simulated studies with a seed fixed beforehand, one run.

1. Separability's 95 % interval: does it cover chance on blind studies, and the mean value where emotions are planted?
2. Maps that know nothing of emotions, on faces whose geometry differs by emotion: how often does S look significant,
   by its own permutation test and beside a baseline on the same faces (`specificity_difference`)?
3. The interval of the own codebook's correlation: does it cover the mean correlation of such studies?

    python benchmarks/facs_intervals.py --data fer2013.csv

Studies are simulated as in ``facs_statistics.py``: the areas are those of real faces, each emotion's own, drawn with
replacement; a blind map's mass is that of a centred blob, of the face's edges, or half of each, jittered.

Printed by the first run, which was stopped before its end (the rest is not known yet):

    900 faces of FER2013's training split, 400 studies, seed 20261
    1. separability's 95 % interval, 20 faces per emotion, covers
       chance, blind: 95.2% (true 0.167; above it 2.8%, below it 2.0%); p at most .05 in 4.0% of 400
       the mean value, 5% planted: 91.8% (true 0.282; above it 2.5%, below it 5.8%)
       the mean value, 30% planted: 97.0% (true 0.809; above it 1.2%, below it 1.8%)
    2. maps blind to emotions, 50 faces of its own per emotion: p at most .05 in
       0% of the mass on edges, the rest a blob; S by itself: 16.2% of 400 (exact test: 3.0% to 7.2%)
          beside the blob: 4.5%; beside the edges: 1.0%; beside the same mixture: 4.5% of 400
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
from facs_statistics import FINE, MERGE, SIX, draw, real_faces, rejections

from fer_xai.facs import (
    RegionProfile,
    blind_maps,
    mask_profile,
    own_codebook_from_profile,
    region_names,
    separability_from_profile,
    specificity_difference,
    specificity_from_profile,
)
from fer_xai.facs.atlas import part_names

SEED = 20261
STUDIES = 400
RESAMPLES = 399
EXCHANGES = 199  # of part 2, which needs no finer p


def jittered(mass: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A map whose mean over many faces is `mass` (n, parts)."""
    found = rng.standard_gamma(60 * mass + 1e-9)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def profile(mass: np.ndarray, area: np.ndarray, faces: int, regions: tuple[str, ...]) -> RegionProfile:
    """Profiles of a simulated study."""
    names = tuple(map(str, range(len(mass))))
    return RegionProfile(mass, area, tuple(e for e in SIX for _ in range(faces)), regions, names)


def covers(low: np.ndarray, high: np.ndarray, true: float) -> str:
    """Share of intervals that hold the true value, and on which side the others miss it."""
    above, below = (low > true).mean(), (high < true).mean()
    return f"{1 - above - below:.1%} (true {true:.3f}; above it {above:.1%}, below it {below:.1%})"


def of_separability(pools: list[np.ndarray], faces: int, planted: float, rng: np.random.Generator) -> np.ndarray:
    """Value, interval and p of separability over many studies, (studies, 4)."""
    found = []
    for number in range(STUDIES):
        drawn = np.concatenate([draw(pool, e, faces, planted, rng) for e, pool in enumerate(pools)])
        regions = profile(drawn[:, 0] @ FINE, drawn[:, 1] @ FINE, faces, region_names("fine"))
        told = separability_from_profile(regions, number, RESAMPLES)
        found.append((told.value, told.low, told.high, told.p))
    return np.array(found)


def of_blind(pools: list[np.ndarray], faces: int, edges: float, rng: np.random.Generator) -> np.ndarray:
    """The p of S, and of its difference to the blob's, the edges' and the same map's on the same faces, (studies, 4).

    The map has `edges` of its mass by the face's edges, the rest by the blob.
    """
    found = []
    for number in range(STUDIES):
        parts = np.concatenate([pool[rng.integers(len(pool), size=faces)] for pool in pools])
        area, blob, sobel = parts.transpose(1, 0, 2)
        geometry = (1 - edges) * blob + edges * sobel
        mass = jittered(geometry, rng)
        emotions = [e for e in SIX for _ in range(faces)]
        alone = specificity_from_profile(mass @ MERGE, area @ MERGE, emotions, SIX, number, EXCHANGES).p
        ours = profile(mass, area, faces, part_names())
        beside = [
            specificity_difference(ours, replace(ours, mass=other), "facs2002", number, EXCHANGES).p
            for other in (blob, sobel, geometry)
        ]
        found.append((alone, *beside))
    return np.array(found)


def of_correlation(pools: list[np.ndarray], faces: int, planted: float, rng: np.random.Generator) -> np.ndarray:
    """The own codebook's correlation with facs2002 and its interval over many studies, (studies, 3)."""
    found = []
    for number in range(STUDIES):
        drawn = np.concatenate([draw(pool, e, faces, planted, rng) for e, pool in enumerate(pools)])
        regions = profile(drawn[:, 0] @ FINE, drawn[:, 1] @ FINE, faces, region_names("fine"))
        row = own_codebook_from_profile(regions, number, RESAMPLES, ["facs2002"]).correlations.iloc[0]
        found.append(row[["correlation", "correlation_low", "correlation_high"]].astype(float))
    return np.array(found)


def main() -> None:
    """Run all simulations and print their results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="fer2013.csv")
    start, rng = time.perf_counter(), np.random.default_rng(SEED)
    images, named, masks = real_faces(parser.parse_args().data, 150)
    blind = {name: mask_profile(maps, masks.parts) for name, maps in blind_maps(images).items()}
    every = np.stack([blind["blob"][1], blind["blob"][0], blind["sobel"][0]], axis=1)
    own = [every[named == e] for e in range(len(SIX))]
    two = [pool[:, :2] for pool in own]
    anyone = [np.concatenate(two)] * len(SIX)
    print(f"{len(images)} faces of FER2013's training split, {STUDIES} studies, seed {SEED}", flush=True)
    print("1. separability's 95 % interval, 20 faces per emotion, covers")
    found = of_separability(anyone, 20, 0.0, rng)
    print(
        f"   chance, blind: {covers(found[:, 1], found[:, 2], 1 / 6)}; p at most .05 in {rejections(found[:, 3])}",
        flush=True,
    )
    for planted in (0.05, 0.3):
        found = of_separability(anyone, 20, planted, rng)
        print(
            f"   the mean value, {planted:.0%} planted: {covers(found[:, 1], found[:, 2], found[:, 0].mean())}",
            flush=True,
        )
    print("2. maps blind to emotions, 50 faces of its own per emotion: p at most .05 in")
    for edges in (0.0, 0.5):
        p = of_blind(own, 50, edges, rng)
        print(f"   {edges:.0%} of the mass on edges, the rest a blob; S by itself: {rejections(p[:, 0])}")
        for name, column in zip(("the blob", "the edges", "the same mixture"), p.T[1:], strict=True):
            print(f"      beside {name}: {rejections(column)}", flush=True)
    print("3. the interval of the own codebook's correlation, 50 faces per emotion, covers the mean correlation")
    for planted in (0.1, 0.3):
        found = of_correlation(own, 50, planted, rng)
        covered = covers(found[:, 1], found[:, 2], found[:, 0].mean())
        print(f"   {planted:.0%} planted: {covered}", flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
