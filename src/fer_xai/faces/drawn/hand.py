"""A hand that may lie over the face, whatever the face expresses."""

from __future__ import annotations

import numpy as np

from fer_xai.faces.drawn.canvas import each, soft
from fer_xai.faces.drawn.scene import HAND_SHARE, Scene, part_of

FINGERS = (-2.7, -0.9, 0.9, 2.6)  # sideways from the hand's axis
TIPS = (1.2, 0.0, 0.2, 1.4)  # how far each ends short of the longest


def lay_hand(samples: np.ndarray, scene: Scene, x: np.ndarray, y: np.ndarray) -> None:
    """Paint the hands of those that have one into samples (N, h, w) of the crop, in place."""
    chosen = np.flatnonzero(scene["hand"] < HAND_SHARE)
    if not len(chosen):
        return
    scene = part_of(scene, chosen)
    along, across = _hand_frame(scene, x, y)
    reach = soft(np.minimum(4.4 - np.abs(across), np.minimum(along - 8.0, 40 - along)) + 0.8, 0.8)
    shade = 0.85 + 0.1 * (1 - np.minimum(np.abs(across) / 4.4, 1))
    for sideways, short in zip(FINGERS, TIPS, strict=True):
        ahead = np.maximum(np.maximum(short + 0.9 - along, along - 10.0), 0)
        distance = np.hypot(across - sideways, ahead)
        finger = soft(0.95 - distance, 0.5)
        shade = np.where(finger > 0, 0.78 + 0.22 * (1 - np.minimum(distance / 0.95, 1)), shade)
        reach = np.maximum(reach, finger)
    samples[chosen] += reach * (0.95 * each(scene["skin"]) * shade - samples[chosen])


def _hand_frame(scene: Scene, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance behind the finger tips, and sideways from the hand's axis."""
    place = np.radians(each(scene["hand_angle"]))
    turned = place + np.radians(each(scene["hand_turn"]))
    dx = x - each(scene["shift_x"]) - each(scene["hand_reach"]) * np.cos(place)
    dy = y - each(scene["shift_y"]) - each(scene["hand_reach"]) * np.sin(place)
    return np.cos(turned) * dx + np.sin(turned) * dy, np.cos(turned) * dy - np.sin(turned) * dx
