"""Other things in front of a face: microphones, cups, cloth, paper, and the text printed across a stock photograph."""

from __future__ import annotations

import string

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_xai.faces.occluders import SIDE
from fer_xai.training.occluders.strokes import (
    DENSITY,
    GRID,
    Laid,
    Sitter,
    cutting,
    fill,
    settle,
    sheet,
    soften,
    texture,
)

LETTERS = np.array(list(string.ascii_letters + string.digits + ".©"))


def lay_thing(rng: np.random.Generator, sitter: Sitter) -> Laid:
    """A rounded or angular thing with a smooth, rough or pictured surface, mostly on the lower face."""
    low, high = sitter.outline.min(axis=0), sitter.outline.max(axis=0)
    centre = low + (high - low) * [rng.uniform(0, 1), rng.beta(2.5, 1.2)]
    size = sitter.width * rng.uniform(0.1, 0.38)
    if rng.random() < 0.5:
        turn, stretch = np.linspace(0, 2 * np.pi, 32, endpoint=False), rng.uniform(0.6, 1.6)
        outline = np.stack([np.cos(turn), stretch * np.sin(turn)], axis=1) * size
    else:
        turn = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 9)))
        outline = np.stack([np.cos(turn), np.sin(turn)], axis=1) * size * rng.uniform(0.6, 1.5, (len(turn), 1))
    lean = rng.uniform(0, 2 * np.pi)
    turned = outline @ np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    alpha = soften(fill(turned + centre), float(rng.uniform(0.1, 0.6)))
    return Laid(alpha, _surface(rng, sitter, centre, size), alpha, "other")


def _surface(rng: np.random.Generator, sitter: Sitter, centre: np.ndarray, size: float) -> np.ndarray:
    if rng.random() < 0.4:
        return cutting(rng, sitter.other)
    rough = rng.uniform(0, 0.25) * texture(rng, float(rng.choice([1.0, 5.0])), rng.uniform(0, 180))
    across = (GRID[None, :] - centre[0]) / size
    round_ = 1 - rng.uniform(0, 0.4) * across**2
    return np.clip(rng.uniform(0.03, 0.95) * (round_ + rough), 0, 1)


def lay_text(rng: np.random.Generator, sitter: Sitter) -> Laid:
    """A line of letters, white or black, whole or half transparent."""
    image = sheet()
    letters = "".join(rng.choice(LETTERS, rng.integers(3, 12)))
    font = ImageFont.load_default(size=float(rng.uniform(4, 13)) * DENSITY)
    low, high = sitter.outline.min(axis=0), sitter.outline.max(axis=0)
    x, y = low[0] - 8 + rng.uniform(0, 0.5) * (high[0] - low[0]), rng.uniform(low[1], high[1] - 4)
    ImageDraw.Draw(image).text((float(x) * DENSITY, float(y) * DENSITY), letters, fill=255, font=font)
    if rng.random() < 0.3:
        image = image.rotate(float(rng.normal(0, 25)), Image.Resampling.BILINEAR)
    strokes = settle(image)
    tone = rng.uniform(0.8, 1) if rng.random() < 0.75 else rng.uniform(0, 0.15)
    return Laid(strokes * rng.uniform(0.4, 1), np.full((SIDE, SIDE), tone, np.float32), strokes, "other")
