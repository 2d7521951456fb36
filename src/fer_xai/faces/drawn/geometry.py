"""Where the parts of a face lie, given who it is and which action units pull at them.

Each unit moves what its muscle moves. Lengths are pixels of a 48×48 crop; see `fer_xai.faces.drawn.scene`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fer_xai.faces.drawn.action_units import UNITS
from fer_xai.faces.drawn.scene import Scene


@dataclass(frozen=True)
class Geometry:
    """The moving parts of N faces, float32 (N,) each, or (N, 2) for the image's left and right side."""

    chin: np.ndarray
    lid_upper: np.ndarray
    lid_lower: np.ndarray
    brow_inner_x: np.ndarray
    brow_inner: np.ndarray  # how far the brow's inner end has moved, down positive
    brow_outer: np.ndarray
    brow_all: np.ndarray
    wings: np.ndarray  # how far the nose's wings have risen
    wing_width: np.ndarray
    mouth_y: np.ndarray
    mouth_width: np.ndarray
    smile: np.ndarray  # (N, 2) how far a corner is above the middle along a parabola
    droop: np.ndarray  # how far the corners are below it, close to the corners only
    gap_up: np.ndarray  # from the line between the lips up and down to their inner edges
    gap_down: np.ndarray
    upper_lip: np.ndarray
    lower_lip: np.ndarray
    cheek: np.ndarray  # how much the cheeks bulge


def units_of(intensities: np.ndarray) -> dict[int, np.ndarray]:
    """Columns of an (N, U) array by their unit's number."""
    return {unit: intensities[:, column] for column, unit in enumerate(UNITS)}


def geometry_of(scene: Scene, intensities: np.ndarray) -> Geometry:
    """Place the parts of N faces."""
    au = units_of(intensities)
    opening = scene["eye_opening"]
    thin = (1 - 0.5 * au[23]) * (1 - 0.55 * au[24]) * (1 - 0.3 * au[20]) * (1 - 0.2 * au[12]) * (1 + 0.35 * au[22])
    return Geometry(
        chin=scene["chin"] + 2.0 * au[26] + 3.2 * au[27] - 0.5 * au[17],
        lid_upper=np.maximum(opening + 1.1 * au[5] - 0.5 * au[7] - 0.2 * au[6] - 0.2 * au[4] - 0.15 * au[9], 0.4),
        lid_lower=np.maximum(0.65 * opening - 0.5 * au[7] - 0.4 * au[6] - 0.1 * au[9], 0.15),
        brow_inner_x=2.9 - 1.0 * au[4],
        brow_inner=1.1 * au[4] + 0.5 * au[9] - 2.3 * au[1],
        brow_outer=-2.1 * au[2] + 0.1 * au[4],
        brow_all=0.9 * au[4] - 0.3 * (au[1] + au[2]) + 0.3 * au[9],
        wings=0.9 * au[9] + 0.4 * au[10],
        wing_width=scene["nose_width"] * (1 + 0.12 * au[9] + 0.06 * au[10] + 0.08 * au[12]),
        mouth_y=scene["mouth_height"] - 0.7 * au[17] + 0.4 * au[26] + 0.5 * au[27] - 0.3 * au[9],
        mouth_width=scene["mouth_width"] + 1.7 * au[12] + 1.8 * au[20] + 0.4 * au[14] + 0.2 * au[15]
        - 0.5 * au[23] - 0.4 * au[24] - 1.1 * au[22] - 0.8 * au[27] - 0.4 * au[26],
        smile=2.5 * au[12][:, None] + 1.1 * au[14][:, None] * dimple_sides(scene),
        droop=1.9 * au[15] + 0.5 * au[17] + 0.4 * au[20],
        gap_up=0.4 * au[25] + 0.7 * au[10] + 0.3 * au[12] * au[25] + 0.3 * au[26] + 0.4 * au[27] + 0.2 * au[22]
        + 0.25 * au[20],
        gap_down=0.8 * au[25] + 2.5 * au[26] + 3.8 * au[27] + 0.9 * au[16] + 0.4 * au[22] + 0.25 * au[20],
        upper_lip=scene["upper_lip"] * thin * (1 + 0.35 * au[10]),
        lower_lip=scene["lower_lip"] * thin * (1 + 0.2 * au[16]) * (1 - 0.15 * au[17]),
        cheek=au[6] + 0.7 * au[12],
    )  # fmt: skip


def dimple_sides(scene: Scene) -> np.ndarray:
    """How much each side, image left and right, takes part in a dimpler: 1 and .2, (N, 2)."""
    left = np.where(scene["dimple_side"] < 0, 1.0, 0.2)
    return np.stack([left, 1.2 - left], axis=1).astype(np.float32)
