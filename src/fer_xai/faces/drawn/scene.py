"""Everything about a drawn face that is not its expression: who it is, how it is held, lit, covered and photographed.

Lengths are pixels of a 48×48 crop, the origin is its centre, x runs to the image's right and y down.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

RANGES: Mapping[str, tuple[float, float]] = {
    # Identity.
    "face_width": (14.6, 17.0),  # half the oval's width
    "chin": (16.6, 19.0),
    "jaw": (2.0, 2.7),  # exponent of the lower outline: 2 is an ellipse, more is squarer
    "eye_height": (-5.0, -3.4),
    "eye_distance": (6.6, 7.9),  # from the middle to an eye's centre
    "eye_width": (3.2, 4.0),
    "eye_opening": (1.2, 1.7),
    "eye_tilt": (-0.2, 0.5),
    "iris": (0.08, 0.3),
    "gaze": (-0.5, 0.5),
    "brow_height": (-5.0, -4.0),  # above the eye
    "brow_thickness": (0.55, 1.15),
    "brow_arch": (0.3, 1.1),
    "brow_tone": (0.08, 0.5),  # of the skin
    "nose_tip": (3.6, 5.2),
    "nose_width": (2.3, 3.2),
    "nose_relief": (2.4, 3.4),
    "mouth_height": (9.3, 10.7),
    "mouth_width": (4.7, 5.9),
    "upper_lip": (0.8, 1.3),
    "lower_lip": (1.1, 1.7),
    "lip_tone": (0.6, 0.85),  # of the skin
    "fold": (0.0, 0.14),  # how deep the nasolabial fold is at rest
    "skin": (0.5, 0.95),
    # Hair.
    "hair_tone": (0.05, 0.6),
    "hair_line": (-15.5, -12.0),
    "hair_part": (-6.0, 6.0),
    "hair_length": (-8.0, 26.0),  # y at which the hair at the sides ends
    "hair_volume": (0.8, 3.2),
    "baldness": (0.0, 1.0),
    "strands": (0.0, 6.28),
    # Pose.
    "shift_x": (-3.0, 3.0),
    "shift_y": (-3.0, 3.0),
    "roll": (-10.0, 10.0),  # degrees
    "yaw": (-1.8, 1.8),  # how far the nose moves against the outline
    "zoom": (0.96, 1.08),
    # Light and picture.
    "light_x": (-0.6, 0.6),
    "light_y": (-0.65, 0.05),
    "ambient": (0.3, 0.55),
    "gradient_x": (-0.08, 0.08),  # brightness from the middle to the edge
    "gradient_y": (-0.08, 0.08),
    "contrast": (0.8, 1.15),
    "brightness": (-0.06, 0.06),
    "noise": (0.004, 0.025),  # standard deviation
    "backdrop": (0.08, 0.92),
    "backdrop_x": (-0.15, 0.15),
    "backdrop_y": (-0.15, 0.15),
    "shirt": (0.05, 0.95),
    # An occluding hand.
    "hand": (0.0, 1.0),  # shown below `HAND_SHARE`
    "hand_angle": (0.0, 360.0),
    "hand_reach": (8.5, 13.0),  # from the face's centre to the finger tips
    "hand_turn": (-35.0, 35.0),
    # A dimpler is mostly one-sided; this says which side.
    "dimple_side": (-1.0, 1.0),
}
HAND_SHARE = 0.12
BALD_SHARE = 0.1

Scene = Mapping[str, np.ndarray]


def scene_of(uniforms: np.ndarray) -> Scene:
    """Turn random numbers in [0, 1), (N, `len(RANGES)`), into N scenes: float32 (N,) for each name of `RANGES`."""
    return {
        name: (low + (high - low) * uniforms[:, column]).astype(np.float32)
        for column, (name, (low, high)) in enumerate(RANGES.items())
    }


def part_of(scene: Scene, chosen: slice | np.ndarray) -> Scene:
    """Some of the scenes."""
    return {name: values[chosen] for name, values in scene.items()}
