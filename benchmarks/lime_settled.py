"""How many passes LIME needs for the ranking it would have with endless ones, and whether what it says of that is true.

    python benchmarks/lime_settled.py --model M.h5 --data fer2013.csv --split test [--faces 40] [--cache FOLDER]

The limit is LIME with 40,000 random samples (kept in the cache face by face, so that a stopped run goes on). Against
it, for random and orthogonal sampling and several numbers of passes: the mean rank correlation over faces, and what the
explanations state themselves. Then, of each sampling, the passes at which the mean reaches 0.90.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rich.progress import track
from scipy.stats import spearmanr

from fer_xai import explain, load_classifier, load_faces
from fer_xai.classifier import Classifier
from fer_xai.explainers.settled import settled
from fer_xai.faces import Faces
from fer_xai.study.files import write_arrays

LIMIT, PASSES = 40_000, (256, 512, 1000, 1500, 2000, 3000, 4000)
WANTED = 0.90


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    parser.add_argument("--data", default="sample")
    parser.add_argument("--split")
    parser.add_argument("--segmenter", default="slic")
    parser.add_argument("--faces", type=int, default=40)
    parser.add_argument("--cache", type=Path, default=Path("lime_settled"))
    options = parser.parse_args()
    classifier, faces = load_classifier(options.model), load_faces(options.data, options.split, limit=options.faces)
    folder = options.cache / f"{classifier.name}-{options.segmenter}"
    folder.mkdir(parents=True, exist_ok=True)
    limits = [limit(classifier, faces[n], options.segmenter, folder) for n in track(range(len(faces)), "limits")]
    stated = np.mean([settled(value, error) for value, error in limits])
    print(f"{len(faces)} faces, {options.segmenter}, {classifier.name}; the limit itself is settled to {stated:.3f}")
    print(f"{'sampling':<12}{'passes':>8}{'measured':>10}{'stated':>8}{'lowest':>8}")
    for sampling in ("random", "orthogonal"):
        means = [
            (passes, *against(classifier, faces, options.segmenter, sampling, passes, limits)) for passes in PASSES
        ]
        reached = np.interp(WANTED, [m[1] for m in means], [m[0] for m in means], left=np.nan, right=np.nan)
        print(f"{sampling} reaches {WANTED} with {reached:.0f} passes", flush=True)
    against(classifier, faces, options.segmenter, "orthogonal", "auto", limits)


def limit(classifier: Classifier, face: Faces, segmenter: str, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of a face at 40,000 random samples, and their standard errors."""
    file = folder / f"{face.ids[0].replace('/', '_')}.npz"
    if not file.exists():
        method = f"lime:{segmenter}"
        details = explain(classifier, face, method, samples=LIMIT, sampling="random", seed=LIMIT).details
        write_arrays(file, values=details["values"][0], errors=details["standard_error"][0])
    with np.load(file) as stored:
        return stored["values"], stored["errors"]


def against(
    classifier: Classifier,
    faces: Faces,
    segmenter: str,
    sampling: str,
    passes: int | str,
    limits: list[tuple[np.ndarray, np.ndarray]],
) -> tuple[float, float]:
    """Mean rank correlation with the limit, measured and stated; prints the row."""
    details = explain(classifier, faces, f"lime:{segmenter}", samples=passes, sampling=sampling, most=10_000).details
    measured = [
        spearmanr(values[: len(truth)], truth).statistic
        for values, (truth, _) in zip(details["values"], limits, strict=True)
    ]
    used = f"{details['passes'].mean():.0f}" if passes == "auto" else str(passes)
    mean, stated = float(np.mean(measured)), float(np.mean(details["settled"]))
    print(f"{sampling:<12}{used:>8}{mean:>10.3f}{stated:>8.3f}{min(measured):>8.3f}", flush=True)
    return mean, stated


if __name__ == "__main__":
    main()
