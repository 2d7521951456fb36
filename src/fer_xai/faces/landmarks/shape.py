"""The shape model: how the mesh's 468 points vary together, learned by ``fer_xai.training.landmarks``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from fer_xai.faces.landmarks.landmarks import VERTICES

WEIGHTS = "weights"
NOISE = 0.01  # of a given point, as a share of the distance between the eyes: how far it may lie from the model

# The mesh's vertices nearest to the 68 points of iBUG 300-W (Sagonas et al. 2013), in their order.
# fmt: off
IBUG_VERTICES = (
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389, 71, 63, 105, 66, 107, 336, 296,
    334, 293, 301, 168, 197, 5, 4, 75, 97, 2, 326, 305, 33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380, 61,
    39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
)
# fmt: on


@dataclass(frozen=True)
class ShapeModel:
    """A linear model of face shapes on a crop, whose coordinates are [0, 1]².

    Attributes
    ----------
    mean : ndarray (468, 2)
    basis : ndarray (K, 468, 2)
        Orthonormal.
    deviation : ndarray (K,)
        Standard deviation of each coefficient.
    average : ndarray (468, 2)
        The upright, symmetric average face where FER2013's crops have it.
    mirror : ndarray (468,)
        Each vertex's counterpart on the face's other side.
    """

    mean: np.ndarray
    basis: np.ndarray
    deviation: np.ndarray
    average: np.ndarray
    mirror: np.ndarray

    def shapes(self, whitened: np.ndarray) -> np.ndarray:
        """Shapes (N, 468, 2) of whitened coefficients (N, K)."""
        flat = (whitened * self.deviation) @ self.basis.reshape(len(self.basis), -1)
        return np.asarray(self.mean + flat.reshape(-1, VERTICES, 2))

    def fit(self, points: np.ndarray, vertices: tuple[int, ...], noise: float) -> np.ndarray:
        """Most probable shapes (N, 468, 2) with some vertices at points (N, V, 2), known up to `noise`."""
        basis = (self.basis[:, list(vertices)] * self.deviation[:, None, None]).reshape(len(self.basis), -1)
        offset = (points - self.mean[list(vertices)]).reshape(len(points), -1)
        normal = basis @ basis.T + noise**2 * np.eye(len(basis))
        return self.shapes(np.linalg.solve(normal, basis @ offset.T).T)


@cache
def shape_model() -> ShapeModel:
    """Read the shipped model."""
    with np.load(Path(str(files(__package__))) / WEIGHTS / "shape.npz", allow_pickle=False) as stored:
        kept = {name: stored[name] for name in stored.files}
    return ShapeModel(**{name: v if name == "mirror" else v.astype(np.float64) for name, v in kept.items()})


def complete_68(points: np.ndarray) -> np.ndarray:
    """The whole mesh (N, 468, 2) from iBUG's 68 points (N, 68, 2), any scale, place and turn.

    Each face is first laid onto the average face by a similarity (Umeyama 1991), completed there, and laid back.
    """
    model, told = shape_model(), list(IBUG_VERTICES)
    matrices, shifts = similarity(points, model.average[told])
    local = np.einsum("nij,nvj->nvi", matrices, points) + shifts[:, None]
    eyes = float(np.linalg.norm(model.average[33] - model.average[263]))
    full = model.fit(local, IBUG_VERTICES, NOISE * eyes)
    return np.asarray(np.einsum("nij,nvj->nvi", np.linalg.inv(matrices), full - shifts[:, None]), np.float32)


def similarity(points: np.ndarray, onto: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn, scale and shift that lay points (N, V, 2) best onto others (V, 2): matrices (N, 2, 2), shifts (N, 2)."""
    centre, target = points.mean(axis=1), onto.mean(axis=0)
    z = (points - centre[:, None]) @ [1, 1j]
    w = (onto - target) @ [1, 1j]
    turn = (np.conj(z) @ w) / (np.abs(z) ** 2).sum(axis=1)
    matrices = np.stack([[turn.real, -turn.imag], [turn.imag, turn.real]]).transpose(2, 0, 1)
    return matrices, target - np.einsum("nij,nj->ni", matrices, centre)


def weights_file(name: str) -> Path:
    """A shipped file beside this module."""
    return Path(str(files(__package__))) / WEIGHTS / name
