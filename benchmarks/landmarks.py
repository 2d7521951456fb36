"""How good and how quick are the landmarks, rung by rung?

    python benchmarks/landmarks.py --data fer2013.csv

FER2013's private test split, on which the regressor was not trained. The teacher is the face mesh with its margins and
two refinements on every face (three to five passes), which is what the library did before it had the regressor.

Printed (800 faces, 2 busy cores, which makes all times about 1.25 times those of idle ones):

    mesh, margins and two refinements: found 97.75%, 7.45 ms a face (CPU)
    ladder: mesh 98.25%, regressor 0.12%, atlas 0.25%, none 1.38%, 3.25 ms a face (CPU)
    regressor alone 0.26 ms a face (CPU)
    against the teacher, in distances between the outer eye corners    median  90 % below  IoU coarse  fine
    regressor                                                           .036        .080         .73   .57
    regressor, mean of six views                                        .031        .065         .75   .60
    mesh in one pass where the regressor points                         .014        .039         .86   .77
    average face                                                        .128        .352         .42   .23
    68 points completed                                                 .001        .002         .99   .97
    spread of the six views                    median   10 %   90 %   up to .06
    faces that the mesh sees                     .024   .017   .050      93.1 %
    faces that it does not see                   .123   .064   .196       5.6 %
    faces upside down                            .118   .083   .161       0.4 %
    faces in shuffled blocks                     .168   .112   .238       0.4 %
    noise                                        .214   .174   .277       0.0 %
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from fer_xai import load_faces
from fer_xai.faces.landmarks import EYE_CORNERS, Landmarks, find_landmarks
from fer_xai.faces.landmarks.canvas import Canvas
from fer_xai.faces.landmarks.find import A_FACE, SETTLED
from fer_xai.faces.landmarks.mesh import PRESENT, Mesh
from fer_xai.faces.landmarks.regressor import Regressor
from fer_xai.faces.landmarks.shape import IBUG_VERTICES, shape_model
from fer_xai.facs import FaceMasks


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--limit", type=int, default=None)
    given = parser.parse_args()
    faces = load_faces(given.data, split="test", limit=given.limit)
    grey = faces.images()[..., 0]
    mesh, regressor = Mesh(), Regressor()
    regressor.guess(grey[:32])
    teacher, cost = timed(lambda: [mesh._search(Canvas(face, 192), face.shape) for face in grey])
    points, sure = np.array([p for p, _ in teacher]), np.array([s for _, s in teacher]) >= PRESENT
    print(f"mesh, margins and two refinements: found {sure.mean():.2%}, {cost / len(grey) * 1e3:.2f} ms a face (CPU)")
    ladder, cost = timed(lambda: find_landmarks(faces))
    kinds = {kind: np.mean(np.array(ladder.source) == kind) for kind in ("mesh", "regressor", "atlas", "none")}
    print(
        "ladder:", ", ".join(f"{k} {v:.2%}" for k, v in kinds.items()), f"{cost / len(grey) * 1e3:.2f} ms a face (CPU)"
    )
    guesses, cost = timed(lambda: regressor.guess(grey))
    print(f"regressor alone {cost / len(grey) * 1e3:.2f} ms a face (CPU)")
    tell("regressor, against the teacher", faces, guesses, points, sure)
    both = sure & (np.array(ladder.source) == "mesh")
    tell("mesh in one pass, against the teacher", faces, ladder.points, points, both)
    spread = np.array([regressor.settle(face, guess) for face, guess in zip(grey, guesses, strict=True)], dtype=object)
    settled = np.array(list(spread[:, 0]))
    tell("regressor, mean of views, against the teacher", faces, settled, points, sure)
    average = np.repeat(shape_model().average[None] * faces.size[::-1], len(grey), axis=0)
    tell("average face, against the teacher", faces, average, points, sure)
    told = Landmarks.from_points(points[:, list(IBUG_VERTICES)])
    tell("68 points completed, against the teacher", faces, told.points, points, sure)
    spreads(regressor, grey, spread[:, 1].astype(float), sure)


def timed(work: Callable[[], object]) -> tuple[object, float]:
    """What `work` gives, and the processor's seconds it took."""
    start = time.process_time()
    return work(), time.process_time() - start


def tell(name: str, faces: object, points: np.ndarray, truth: np.ndarray, known: np.ndarray) -> None:
    """Print distances in outer-eye-corner distances, and overlaps of the painted regions."""
    eyes = np.linalg.norm(truth[known][:, EYE_CORNERS[0]] - truth[known][:, EYE_CORNERS[1]], axis=1)
    error = np.linalg.norm(points[known] - truth[known], axis=2).mean(axis=1) / eyes
    rows = np.flatnonzero(known)[:: max(1, known.sum() // 600)]
    overlaps = {}
    for level in ("coarse", "fine"):
        one, other = (
            FaceMasks.paint(faces[rows], Landmarks.from_points(p[rows])).level(level)[:, 1:] for p in (points, truth)
        )
        union = np.maximum(one, other).sum(axis=(2, 3))
        overlaps[level] = np.nanmean(np.minimum(one, other).sum(axis=(2, 3)) / np.where(union > 0, union, np.nan))
    print(
        f"{name}: median error {np.median(error):.3f}, 90 % below {np.quantile(error, 0.9):.3f} of the distance "
        f"between the outer eye corners; IoU coarse {overlaps['coarse']:.2f}, fine {overlaps['fine']:.2f}"
    )


def spreads(regressor: Regressor, grey: np.ndarray, spread: np.ndarray, sure: np.ndarray) -> None:
    """Print how far the regressor's views agree on faces, on faces the mesh does not see, and where there is none."""
    rng = np.random.default_rng(0)
    some = grey[sure][:500]
    blocks = some.reshape(-1, 4, 12, 4, 12).transpose(0, 1, 3, 2, 4).reshape(len(some), 16, 12, 12)
    mixed = np.array([block[rng.permutation(16)] for block in blocks]).reshape(-1, 4, 4, 12, 12)
    other = {
        "upside down": some[:, ::-1],
        "noise": rng.random(some.shape).astype(np.float32),
        "faces in shuffled blocks": mixed.transpose(0, 1, 3, 2, 4).reshape(some.shape),
        "corners of faces, magnified": np.repeat(np.repeat(some[:, :12, :12], 4, axis=1), 4, axis=2),
    }
    found = {"faces with mesh": spread[sure], "faces without": spread[~sure]}
    for name, images in other.items():
        found[name] = np.array(
            [regressor.settle(face, guess)[1] for face, guess in zip(images, regressor.guess(images), strict=True)]
        )
    for name, values in found.items():
        print(
            f"spread of the views, {name}: median {np.median(values):.3f}, 10 and 90 % {np.quantile(values, 0.1):.3f} "
            f"and {np.quantile(values, 0.9):.3f}; up to {SETTLED}: {np.mean(values <= SETTLED):.1%}, "
            f"up to {A_FACE}: {np.mean(values <= A_FACE):.1%}"
        )


if __name__ == "__main__":
    main()
