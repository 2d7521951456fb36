"""Glasses, clear and dark, through the eyes' landmarks."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from fer_xai.training.occluders.strokes import DENSITY, GRID, Laid, Sitter, dots, fill, settle, sheet

EYES = ((33, 133), (362, 263))
TEMPLES = (127, 356)
TURN = np.linspace(0, 2 * np.pi, 40, endpoint=False)


def lay_glasses(rng: np.random.Generator, sitter: Sitter) -> Laid:
    """Frame, bridge, temples and lenses; the lenses count as the glasses' own even where they are clear."""
    right, left = (sitter.points[list(corners)].mean(axis=0) for corners in EYES)
    apart = float(np.hypot(*(left - right)))
    along = (left - right) / apart
    down = np.array([-along[1], along[0]])
    drop = rng.normal(0.06, 0.05) * apart * down
    lens = _lens(rng, apart)
    lenses = [lens[:, :1] * along + lens[:, 1:] * down + eye + drop for eye in (right, left)]
    frame = settle(_frame(rng, sitter, lenses, along, down, apart))
    glass = np.maximum(fill(lenses[0]), fill(lenses[1]))
    alpha, tone = _glass(rng, glass)
    metal = rng.uniform(0.5, 0.95) if rng.random() < 0.2 else rng.uniform(0.0, 0.3)
    tone = tone + frame * (metal - tone)
    frame = frame * rng.uniform(0.6, 1)
    return Laid(np.maximum(alpha, frame), tone.clip(0, 1), np.maximum(glass, frame), "glasses")


def _lens(rng: np.random.Generator, apart: float) -> np.ndarray:
    """A superellipse around the origin, (40, 2)."""
    wide, high, power = apart * rng.uniform(0.32, 0.46), apart * rng.uniform(0.18, 0.4), rng.uniform(0.4, 1.0)
    x, y = np.cos(TURN), np.sin(TURN)
    return np.stack([wide * np.sign(x) * np.abs(x) ** power, high * np.sign(y) * np.abs(y) ** power], axis=1)


def _frame(
    rng: np.random.Generator,
    sitter: Sitter,
    lenses: list[np.ndarray],
    along: np.ndarray,
    down: np.ndarray,
    apart: float,
) -> Image.Image:
    image = sheet()
    draw = ImageDraw.Draw(image)
    thick = rng.uniform(0.4, 2.4)
    half_rim = rng.random() < 0.2
    for lens, temple, outwards in zip(lenses, TEMPLES, (-along, along), strict=True):
        rim = lens[20:] if half_rim else np.concatenate([lens, lens[:1]])
        draw.line(dots(rim), fill=255, width=max(1, round(thick * DENSITY)), joint="curve")
        hinge = lens[np.argmax(lens @ outwards - 0.3 * lens @ down)]
        ear = sitter.points[temple] + rng.normal(0, 0.06 * apart, 2)
        draw.line(dots([hinge, ear]), fill=255, width=max(1, round(0.8 * thick * DENSITY)))
    inner = [lenses[0][np.argmax(lenses[0] @ along)], lenses[1][np.argmin(lenses[1] @ along)]]
    lift = -down * apart * rng.uniform(0, 0.12)
    middle = (inner[0] + inner[1]) / 2 + 1.5 * lift
    draw.line(dots([inner[0] + lift, middle, inner[1] + lift]), fill=255, width=max(1, round(0.9 * thick * DENSITY)))
    return image


def _glass(rng: np.random.Generator, glass: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How opaque the lenses are, and their grey: mostly clear, often with a reflection, a third of them dark."""
    slope = np.cos(rng.uniform(0, 2 * np.pi)) * GRID[None, :] + np.sin(rng.uniform(0, 2 * np.pi)) * GRID[:, None]
    shade = np.sin(slope * rng.uniform(0.05, 0.5) + rng.uniform(0, 2 * np.pi)).astype(np.float32)
    if rng.random() < 0.35:
        dark = rng.uniform(0.0, 0.25)
        return glass * rng.uniform(0.65, 1), dark + rng.uniform(0, 0.2) * (1 + shade)
    shine = rng.uniform(0, 0.6) * (rng.random() < 0.5)
    return glass * shine * np.clip(shade, 0, 1), np.full_like(glass, rng.uniform(0.7, 1))
