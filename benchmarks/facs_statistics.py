"""Do the counter's statistics keep their promises? Simulated studies with a seed fixed beforehand.

1. Blind maps on real faces: |S| at most .02, Sobel edges at most .06.
2. The permutation test of S at 5 % on simulated blind studies: rejects in 3 to 7 % of them.
3. 30 % of the mass planted on the emotion's own units, 50 faces per emotion: found in at least 95 % of studies.
4. The 95 % bootstrap interval of S covers the true value in 93 to 97 % of studies.
5. Separability on blind studies: the same test, and its interval.
6. The fourth again over 2,000 further studies.

    python benchmarks/facs_statistics.py --data fer2013.csv      # without --data: the LFW faces of scikit-image

Studies are simulated as profiles, the mass in each of the face's 40 parts: their areas are those of real faces, drawn
with replacement; their mass is that of a centred blob, jittered.

Printed with --data fer2013.csv (900 faces of the training split; 2 minutes on one core):

    1. blind maps: S (95 % interval, p); separability (chance .167)
       flat   -0.000 (-0.000 to +0.000, p 0.992); 0.167 (0.167 to 0.167, p 1.000)
       blob   +0.014 (+0.002 to +0.026, p 0.006); 0.401 (0.370 to 0.430, p 0.001)
       noise  +0.002 (-0.001 to +0.004, p 0.073); 0.143 (0.122 to 0.169, p 0.946)
       sobel  +0.055 (+0.037 to +0.071, p 0.001); 0.341 (0.303 to 0.374, p 0.001)
    2. blind studies, 50 faces per emotion: p at most .05 in
       faces that do not differ between emotions: 4.5% of 400 (exact test: 3.0% to 7.2%)
       faces that do (each emotion's own): 13.5% of 400 (exact test: 3.0% to 7.2%)
    3. 30 % planted: found (p at most .05) in 100.0% of 400
    4. 95 % interval of S covers the true value in
       30 % planted, 50 faces per emotion (true S 0.842): 92.5% (above it 3.8%, below it 3.8%)
       blind, 50 faces per emotion (true S 0.015): 91.8% (above it 2.8%, below it 5.5%)
       30 % planted, 15 faces per emotion (true S 0.841): 94.0% (above it 3.2%, below it 2.8%)
       30 % planted, 6 faces per emotion (true S 0.843): 95.0% (above it 3.0%, below it 2.0%)
    5. separability of blind studies, 20 faces per emotion: p at most .05 in
       faces that do not differ between emotions: 4.2% of 400 (exact test: 3.0% to 7.2%)
       its 95 % interval holds chance in 90.8%
       faces that do: 12.5% of 400 (exact test: 3.0% to 7.2%)
    6. as 4, over 2000 further studies (the standard error of a coverage over 400 is 1.1 points)
       30 % planted, 50 faces per emotion (true S 0.842): 95.1% (above it 2.7%, below it 2.2%)
       blind, 50 faces per emotion (true S 0.014): 95.0% (above it 2.5%, below it 2.5%)

The seed was fixed beforehand, but it was not one run. The first, with bootstrap samples of full size as scipy draws
them, covered 93.2, 91.8, 92.5 and 92.5 % in part 4: too narrow, most of all for few faces. Since then samples are one
face smaller (Rao & Wu 1988), the only change of method; the second run gave parts 1 to 5 as above. Two coverages were
still below 93 %, at a standard error of 1.1. By chance? 2,000 studies each with seeds 77 and 78 covered 94.8 and
93.9 %, so part 6 was added, with its own seed. Part 4 stands as it fell. Separability's folds
then got an order that is the same for all methods, which moved its numbers a little (parts 1 and 5; before: blob .392,
edges .337, 4.0, 91.8 and 15.2 %). Later separability's interval was widened: ``facs_intervals.py`` measures 95.2 %
where part 5 has 90.8 %. The line of sobel was measured again, alone, after its edges no longer smoothed across
neighbouring faces (before: +0.041).

Part 2 says what the p-value of S is: of the emotions' *labels*, not of the classifier. Faces of different emotions
differ, and a blob meets their regions differently; so the S of baselines stands beside every S.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from fer_xai.facs import (
    FaceMasks,
    RegionProfile,
    Separability,
    baseline_attributions,
    load_codebook,
    mask_profile,
    region_names,
    separability_from_profile,
    specificity_from_profile,
)
from fer_xai.facs.atlas import level_merge
from fer_xai.facs.specificity import log2_enrichment, score

SEED = 20260
STUDIES = 400
FINER = 2_000  # studies, to tell 93 % from 95 %
FACES = 50  # per emotion
POPULATION = 40_000  # faces per emotion, for the true value
BOOK = load_codebook("facs2002")
SIX = tuple(emotion for emotion in BOOK.emotions if emotion != "contempt")
MERGE = BOOK.merge[[BOOK.emotions.index(emotion) for emotion in SIX]].T.astype(np.float64)
FINE = level_merge("fine").T.astype(np.float64)


def real_faces(data: str | None, per_emotion: int) -> tuple[np.ndarray, np.ndarray, FaceMasks]:
    """Faces with landmarks, their emotions as numbers, and their masks."""
    from fer_xai.faces import load_faces
    from fer_xai.faces.landmarks import find_landmarks

    if data is None:
        from skimage.data import lfw_subset
        from skimage.transform import resize

        images = np.clip(resize(lfw_subset()[:100], (100, 48, 48), order=3), 0, 1).astype(np.float32)
        found = find_landmarks(images)
        images, found = images[found.found], found[np.flatnonzero(found.found)]
        # No emotions are known of these faces: each stands once under every emotion.
        order = np.tile(np.arange(len(images)), len(SIX))
        return images[order], np.repeat(np.arange(len(SIX)), len(images)), FaceMasks.paint(images[order], found[order])
    faces = load_faces(data, split="train")
    labels = np.array([label or "" for label in faces.labels])
    tried = np.concatenate([np.flatnonzero(labels == emotion)[: per_emotion + 30] for emotion in SIX])
    images = faces[tried].images()[..., 0]
    found, named = find_landmarks(images), np.array([SIX.index(label) for label in labels[tried]])
    kept = np.concatenate([np.flatnonzero(found.found & (named == e))[:per_emotion] for e in range(len(SIX))])
    return images[kept], named[kept], FaceMasks.paint(images[kept], found[kept])


def draw(pool: np.ndarray, emotion: int, count: int, planted: float, rng: np.random.Generator) -> np.ndarray:
    """Profiles (count, 2, parts) of faces drawn from a pool of (areas, blob's mass), with mass planted on own units."""
    areas, blob = pool[rng.integers(len(pool), size=count)].transpose(1, 0, 2)
    mass = rng.standard_gamma(60 * blob + 1e-9)
    mass /= mass.sum(axis=1, keepdims=True)
    if planted:
        own = areas * (MERGE[:, emotion] > 0)
        own /= own.sum(axis=1, keepdims=True)
        # The planted part varies from face to face around its mean: some faces show nothing, some nearly all.
        part = rng.beta(1.5, 1.5 * (1 - planted) / planted, size=(count, 1))
        mass = (1 - part) * mass + part * own
    return np.stack([mass, areas], axis=1)


def study(
    pools: list[np.ndarray], faces: int, planted: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Mass and area of the parts on the faces of one simulated study, and the emotions."""
    drawn = np.concatenate([draw(pool, e, faces, planted, rng) for e, pool in enumerate(pools)])
    return drawn[:, 0], drawn[:, 1], [emotion for emotion in SIX for _ in range(faces)]


def true_score(pools: list[np.ndarray], planted: float, rng: np.random.Generator) -> float:
    """S of a population."""
    sums = [(draw(pool, e, POPULATION, planted, rng).sum(axis=0) @ MERGE).ravel() for e, pool in enumerate(pools)]
    return float(score(log2_enrichment(np.stack(sums))))


def run(
    pools: list[np.ndarray], faces: int, planted: float, rng: np.random.Generator, studies: int | None = None
) -> np.ndarray:
    """S, its interval and p over many studies, (studies, 4)."""
    found = []
    for number in range(studies or STUDIES):
        mass, area, emotions = study(pools, faces, planted, rng)
        s = specificity_from_profile(mass @ MERGE, area @ MERGE, emotions, SIX, seed=number)
        found.append((s.value, s.low, s.high, s.p))
    return np.array(found)


def rejections(p: np.ndarray) -> str:
    """Rate of p at most 5 %, and what chance allows it."""
    from scipy.stats import binom

    low, high = binom.ppf([0.025, 0.975], len(p), 0.05) / len(p)
    return f"{(p <= 0.05).mean():.1%} of {len(p)} (exact test: {low:.1%} to {high:.1%})"


def main() -> None:
    """Run all simulations and print their results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="fer2013.csv; without it the LFW faces of scikit-image")
    data = parser.parse_args().data
    start = time.perf_counter()
    images, named, masks = real_faces(data, 150)
    print(f"faces: {(data and 'FER2013, training split') or 'LFW'}, {len(images)} with landmarks, seed {SEED}")
    emotions = [SIX[e] for e in named]
    maps = baseline_attributions(images, np.ones(images.shape, np.float32), emotions)
    maps["noise"] = np.random.default_rng(SEED).random(images.shape).astype(np.float32)
    print("\n1. blind maps: S (95 % interval, p); separability (chance .167)")
    profiles = {name: mask_profile(maps[name], masks.parts) for name in ("flat", "blob", "noise", "sobel")}
    for name, (mass, area) in profiles.items():
        s = specificity_from_profile(mass @ MERGE, area @ MERGE, emotions, SIX, seed=SEED)
        line = f"   {name:6s} {s.value:+.3f} ({s.low:+.3f} to {s.high:+.3f}, p {s.p:.3f})"
        if data:  # the same face under several emotions cannot be told by its other copies
            regions = RegionProfile(mass @ FINE, area @ FINE, tuple(emotions), region_names("fine"), masks.ids)
            told = separability_from_profile(regions, SEED)
            line += f"; {told.value:.3f} ({told.low:.3f} to {told.high:.3f}, p {told.p:.3f})"
        print(line)
    mass, area = profiles["blob"]
    own = [np.stack([area, mass], axis=1)[named == e] for e in range(len(SIX))]
    anyone = [np.concatenate(own)] * len(SIX)
    report(own, anyone, np.random.default_rng(SEED))
    print(f"\n{time.perf_counter() - start:.0f} s")


def report(own: list[np.ndarray], anyone: list[np.ndarray], rng: np.random.Generator) -> None:
    """Simulate studies from pools of faces that show their emotion, and from one pool for all emotions."""
    blind = run(anyone, FACES, 0.0, rng)
    print(f"\n2. blind studies, {FACES} faces per emotion: p at most .05 in")
    print(f"   faces that do not differ between emotions: {rejections(blind[:, 3])}")
    geometry = run(own, FACES, 0.0, rng)
    print(f"   faces that do (each emotion's own): {rejections(geometry[:, 3])}")
    planted = run(own, FACES, 0.3, rng)
    print(f"\n3. 30 % planted: found (p at most .05) in {(planted[:, 3] <= 0.05).mean():.1%} of {STUDIES}")
    print("\n4. 95 % interval of S covers the true value in")
    covered("30 % planted, 50 faces per emotion", planted, true_score(own, 0.3, rng))
    covered("blind, 50 faces per emotion", geometry, true_score(own, 0.0, rng))
    few = run(own, 15, 0.3, rng)
    covered("30 % planted, 15 faces per emotion", few, true_score(own, 0.3, rng))
    tiny = run(own, 6, 0.3, rng)
    covered("30 % planted, 6 faces per emotion", tiny, true_score(own, 0.3, rng))
    print("\n5. separability of blind studies, 20 faces per emotion: p at most .05 in")
    for name, pools in (("faces that do not differ between emotions", anyone), ("faces that do", own)):
        results = [told(pools, rng, number) for number in range(STUDIES)]
        print(f"   {name}: {rejections(np.array([r.p for r in results]))}")
        if pools is anyone:
            print(f"   its 95 % interval holds chance in {np.mean([r.low <= r.chance <= r.high for r in results]):.1%}")
    print(f"\n6. as 4, over {FINER} further studies (the standard error of a coverage over {STUDIES} is 1.1 points)")
    finer = np.random.default_rng(SEED + 1)
    for name, part in (("30 % planted", 0.3), ("blind", 0.0)):
        found = run(own, FACES, part, finer, FINER)
        covered(f"{name}, {FACES} faces per emotion", found, true_score(own, part, finer))


def told(pools: list[np.ndarray], rng: np.random.Generator, number: int) -> Separability:
    """Separability of one blind study."""
    mass, area, emotions = study(pools, 20, 0.0, rng)
    names = tuple(map(str, range(len(mass))))
    profile = RegionProfile(mass @ FINE, area @ FINE, tuple(emotions), region_names("fine"), names)
    return separability_from_profile(profile, number, resamples=199)


def covered(name: str, found: np.ndarray, true: float) -> None:
    """Print the share of intervals that hold the true value, and on which side the others miss it."""
    low, high = found[:, 1] > true, found[:, 2] < true
    print(
        f"   {name} (true S {true:.3f}, mean {found[:, 0].mean():.3f}): {1 - (low | high).mean():.1%}"
        f" (above it {low.mean():.1%}, below it {high.mean():.1%}; mean width {np.mean(found[:, 2] - found[:, 1]):.3f})"
    )


if __name__ == "__main__":
    main()
