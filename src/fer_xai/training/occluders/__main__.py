"""Train the occluder net.

    python -m fer_xai.training.occluders --data fer2013.csv --out src/fer_xai/faces/occluders/occluders.tflite --seed 0

Finding the landmarks of all faces takes a few minutes the first time; ``--landmarks`` keeps them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from fer_xai.atomic import partial_file
from fer_xai.faces import load_faces
from fer_xai.faces.occluders import SIDE


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m fer_xai.training.occluders", description="Train the occluder net.")
    parser.add_argument("--data", required=True, help="FER2013; its training split is used")
    parser.add_argument("--out", type=Path, required=True, help="the .tflite file to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--landmarks", type=Path, help=".npz that keeps the faces' points; made if missing")
    asked = parser.parse_args()
    crops = load_faces(asked.data, split="train", size=(SIDE, SIDE)).pixels()[..., 0]
    points = _points(crops, asked.landmarks)
    found = np.isfinite(points).all(axis=(1, 2))
    from fer_xai.training.occluders.fit import train

    train(crops[found], points[found], asked.out, asked.seed, lambda line: print(line, flush=True))


def _points(crops: np.ndarray, kept: Path | None) -> np.ndarray:
    from fer_xai.faces.landmarks import find_landmarks

    if kept is None or not kept.exists():
        landmarks = find_landmarks(crops)
        sure = np.array([source == "mesh" for source in landmarks.source])
        points = np.where(sure[:, None, None], landmarks.points, np.nan).astype(np.float32)
        if kept is None:
            return points
        with partial_file(kept) as partial, partial.open("wb") as file:
            np.savez(file, points=points)
    with np.load(kept) as held:
        return np.asarray(held["points"])


if __name__ == "__main__":
    main()
