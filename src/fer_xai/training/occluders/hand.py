"""Hands: fingers, thumb and palm in the face's own skin, reaching into it from below or the side."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from fer_xai.training.occluders.strokes import DENSITY, Laid, Sitter, dots, settle, sheet, texture

STEPS = 5  # shades from a finger's edge to its ridge


def lay_hand(rng: np.random.Generator, sitter: Sitter) -> Laid:
    """Lay one to four fingers, mostly with a palm behind them, on the lower or outer face."""
    tip, ahead = _aim(rng, sitter)
    radius = sitter.width * rng.uniform(0.04, 0.066)
    alpha, shade = sheet(), sheet()
    strokes = _fingers(rng, tip, ahead, radius)
    if rng.random() < 0.8:
        strokes.insert(int(rng.integers(2)) * len(strokes), _palm(rng, tip, ahead, radius))
    for path, thickness in strokes:
        _stroke(alpha, path, thickness, 255)
        for step in range(STEPS):
            grey = int(255 * (0.62 + 0.38 * np.sqrt(step / (STEPS - 1))))
            _stroke(shade, path, thickness * (1 - 0.75 * step / (STEPS - 1)), grey)
    opaque = settle(alpha)
    lit = settle(shade) / np.maximum(opaque, 0.1)
    tone = sitter.skin * rng.uniform(0.7, 1.3) * (1 + rng.uniform(0.3, 1) * (lit - 0.9))
    tone = tone * (1 + rng.uniform(0.01, 0.06) * texture(rng, 1.0))
    return Laid(opaque, tone.clip(0, 1), opaque, "other")


def _aim(rng: np.random.Generator, sitter: Sitter) -> tuple[np.ndarray, np.ndarray]:
    """Where the longest finger ends, and the unit vector it points along."""
    centre = sitter.outline.mean(axis=0)
    towards = np.radians(rng.normal(90, 55))  # from the centre to the wrist; 90 degrees is straight down
    wrist = np.array([np.cos(towards), np.sin(towards)])
    reach = sitter.width * rng.uniform(-0.1, 0.42)
    tip = centre + reach * wrist + rng.normal(0, 0.12, 2) * sitter.width
    turned = towards + np.pi + np.radians(rng.normal(0, 28))
    return tip, np.array([np.cos(turned), np.sin(turned)])


def _fingers(
    rng: np.random.Generator, tip: np.ndarray, ahead: np.ndarray, radius: float
) -> list[tuple[np.ndarray, float]]:
    side = np.array([-ahead[1], ahead[0]])
    count = int(rng.choice([1, 2, 3, 4, 4]))
    spread, bend = rng.uniform(-0.02, 0.2), rng.normal(0, 0.12)
    length = radius * rng.uniform(5, 11)
    places = (np.arange(count) - rng.uniform(0, count - 1)) * 2.05
    fingers = []
    for place in places:
        end = tip + side * place * radius - ahead * radius * (0.5 * abs(place) * rng.uniform(0.4, 1.2))
        leaning = ahead + side * (spread * place / 2 + bend)
        middle = end - leaning * length * 0.45
        root = middle - (ahead - side * bend) * length * 0.55
        fingers.append((np.stack([end, middle, root]), radius * rng.uniform(0.85, 1.05)))
    if rng.random() < 0.3:
        away = rng.choice([-1.0, 1.0]) * side
        root = tip - ahead * length * 1.1
        thumb = np.stack([root + away * radius * rng.uniform(4, 7) + ahead * radius * rng.uniform(0, 4), root])
        fingers.append((thumb, radius * 1.2))
    order = rng.permutation(len(fingers))
    return [fingers[i] for i in order]


def _palm(rng: np.random.Generator, tip: np.ndarray, ahead: np.ndarray, radius: float) -> tuple[np.ndarray, float]:
    """The palm or the back of the hand, and the arm that leaves the crop."""
    start = tip - ahead * radius * rng.uniform(7, 13)
    return np.stack([start, start - ahead * 60]), radius * rng.uniform(3.2, 4.6)


def _stroke(image: Image.Image, path: np.ndarray, radius: float, grey: int) -> None:
    draw = ImageDraw.Draw(image)
    corners, round_ = dots(path), radius * DENSITY
    draw.line(corners, fill=grey, width=max(1, round(2 * round_)), joint="curve")
    for x, y in (corners[0], corners[-1]):
        draw.ellipse((x - round_, y - round_, x + round_, y + round_), fill=grey)
