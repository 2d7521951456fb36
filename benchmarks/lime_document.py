"""The LIME document's study of facial regions, as it was and at full size.

    fer-xai report --data fer2013.csv --split test --methods lime:slic,lime:felzenszwalb --out study
    python benchmarks/lime_document.py --study study --data fer2013.csv --ferplus fer2013new.csv

The document took 6 random test faces of each emotion (FER+ labels), explained them by LIME with SLIC and with
Felzenszwalb segments, counted by eye the facial parts that positive segments cover by at least half, and charted the
frequencies. Here the same rule (``coverage`` of the counter: highlights are the strongest positive segments up to a
fifth of the crop) is applied to 6 faces of each emotion and to all of the study, side by side with what maps shifted
at random would give, and the draw of 6 is repeated to see how much it decides.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from fer_xai import load_faces
from fer_xai.study import Study

FACES, DRAWS, HALF = 6, 2000, 0.5
METHODS = ("lime:slic", "lime:felzenszwalb")


def covered(study: str, data: str, votes: str) -> pd.DataFrame:
    """Whether each coarse region of each face is covered by half, with the face's FER+ label as ``emotion``."""
    faces = load_faces(data, split="test", ferplus=votes)
    emotion = dict(zip(faces.ids, faces.labels, strict=True))
    rows = Study(study).table("regions")
    rows = rows[(rows["level"] == "coarse") & rows["method"].isin(METHODS) & rows["coverage"].notna()]
    rows = rows[rows["region"] != "background"]
    rows = rows.assign(emotion=rows["face"].map(emotion), covered=rows["coverage"] >= HALF)
    return rows[rows["emotion"].notna()]


def wilson(count: int, n: int) -> str:
    """A frequency with its 95 % interval, in per cent."""
    found = binomtest(count, n).proportion_ci(method="wilson")
    return f"{count / n:4.0%} [{found.low:3.0%}, {found.high:4.0%}]"


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("study", "data", "ferplus"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rows = covered(given.study, given.data, given.ferplus)
    rng = np.random.default_rng(given.seed)
    for emotion, part in rows.groupby("emotion"):
        wide = {m: p.pivot_table(index="face", columns="region", values="covered") for m, p in part.groupby("method")}
        faces = wide[METHODS[0]].index
        if len(faces) < FACES:
            print(f"\n{emotion}: only {len(faces)} faces")
            continue
        six = faces[rng.permutation(len(faces))[:FACES]]
        print(f"\n{emotion}: {FACES} of {len(faces)} faces" + " " * 18 + "  ".join(f"{m:^42s}" for m in METHODS))
        for region in wide[METHODS[0]].columns:
            cells = []
            for method in METHODS:
                column = wide[method][region]
                small, full = column.loc[six], column
                cells.append(f"{wilson(int(small.sum()), FACES)}  {wilson(int(full.sum()), len(full))}")
            print(f"   {region:10s} " + "   ".join(cells))
        for method in METHODS:
            tell_draws(method, wide[method], rng)


def tell_draws(method: str, wide: pd.DataFrame, rng: np.random.Generator) -> None:
    """Print how often 6 faces find what all faces find."""
    values, names = wide.to_numpy(float), list(wide.columns)
    full = values.mean(axis=0)
    picks = np.array([rng.permutation(len(values))[:FACES] for _ in range(DRAWS)])
    means = values[picks].mean(axis=1)
    first = np.mean(means.argmax(axis=1) == full.argmax())
    off = np.abs(means - full).mean(axis=0).max()
    print(
        f"   {method}: most often {names[int(full.argmax())]} on all; 6 faces find the same first in {first:.0%} of "
        f"{DRAWS} draws (any region: {1 / len(names):.0%}), and miss a frequency by up to {off:.0%} on average"
    )


if __name__ == "__main__":
    main()
