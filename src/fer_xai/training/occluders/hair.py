"""Hair and hats that come down over the face: fringes, locks at the sides, loose strands, brims."""

from __future__ import annotations

import numpy as np
from PIL import ImageDraw
from scipy.ndimage import gaussian_filter1d

from fer_xai.faces.occluders import SIDE
from fer_xai.training.occluders.strokes import (
    DENSITY,
    GRID,
    Laid,
    Sitter,
    cutting,
    dots,
    settle,
    sheet,
    soften,
    texture,
)

DARKER = 0.85  # of the skin: what hangs beside the face is taken for hair only if it is at least so dark


def lay_fringe(rng: np.random.Generator, sitter: Sitter) -> Laid:
    """Hair from above that ends somewhere between the hairline and the eyes."""
    line, outer = _edge(sitter.outline, axis=0), GRID[:, None]
    end = line + _depth(rng, 0.3) * np.ptp(sitter.outline[:, 1]) * _profile(rng) + _jags(rng)
    alpha = np.clip(end[None, :] - outer + 0.5, 0, 1)
    rows = np.clip(2 * line[None, :] - outer, 0, SIDE - 1)
    mirrored = sitter.face[rows.astype(int), np.arange(SIDE)[None, :]]
    return _hair(rng, sitter, alpha, mirrored, rng.normal(0, 25))


def lay_lock(rng: np.random.Generator, sitter: Sitter) -> Laid:
    """Hair that hangs down one side of the face."""
    left = rng.random() < 0.5
    outline = sitter.outline if left else sitter.outline * [-1, 1] + [SIDE, 0]
    line = _edge(outline[:, ::-1], axis=0)
    end = line + _depth(rng, 0.4) * sitter.width * _profile(rng) + _jags(rng) / 2
    alpha = np.clip(end[:, None] - GRID[None, :] + 0.5, 0, 1)
    columns = np.clip(2 * line[:, None] - GRID[None, :], 0, SIDE - 1).astype(int)
    face = sitter.face if left else sitter.face[:, ::-1]
    mirrored = face[np.arange(SIDE)[:, None], columns]
    if not left:
        alpha, mirrored = alpha[:, ::-1], mirrored[:, ::-1]
    return _hair(rng, sitter, alpha, mirrored, rng.normal(0, 15))


def lay_strands(rng: np.random.Generator, sitter: Sitter) -> Laid:
    """A few loose strands across the face."""
    image = sheet()
    draw = ImageDraw.Draw(image)
    low, high = sitter.outline.min(axis=0), sitter.outline.max(axis=0)
    start = np.array([rng.uniform(low[0], high[0]), low[1] - 3])
    end = np.array([rng.uniform(low[0], high[0]), rng.uniform(0.25, 0.9) * (high[1] - low[1]) + low[1]])
    for _ in range(rng.integers(1, 7)):
        first, last = start + rng.normal(0, 2.5, 2), end + rng.normal(0, 3, 2)
        bend = np.array([rng.normal(0, 5), 0])
        t = np.linspace(0, 1, 9)[:, None]
        path = (1 - t) * first + t * last + 4 * t * (1 - t) * bend
        draw.line(dots(path), fill=255, width=round(rng.uniform(0.5, 2.2) * DENSITY), joint="curve")
    return _hair(rng, sitter, settle(image), None, 0.0)


def lay_hat(rng: np.random.Generator, sitter: Sitter) -> Laid:
    """A hat, cap or hood: smooth edge, any grey, often darker at the brim."""
    line = _edge(sitter.outline, axis=0)
    bulge = rng.normal(0, 2.5) * (1 - ((GRID - SIDE / 2) / (SIDE / 2)) ** 2) + rng.normal(0, 0.08) * (GRID - SIDE / 2)
    end = line.min() + rng.uniform(0.02, 0.32) * np.ptp(sitter.outline[:, 1]) + bulge
    above = end[None, :] - GRID[:, None]
    alpha = np.clip(above + 0.5, 0, 1)
    tone = rng.uniform(0.02, 0.9) * (1 + rng.uniform(0.02, 0.2) * texture(rng, 1.0))
    if rng.random() < 0.3:
        tone = cutting(rng, sitter.other) * rng.uniform(0.4, 1)
    brim = np.exp(-((above - 1) ** 2) / 2) * rng.uniform(0, 0.6)
    return Laid(alpha, np.clip(tone * (1 - brim), 0, 1), alpha, "hair")


def _hair(
    rng: np.random.Generator, sitter: Sitter, alpha: np.ndarray, mirrored: np.ndarray | None, angle: float
) -> Laid:
    """Give a shape the look of hair: what hangs beside the face mirrored into it, or drawn strands."""
    if mirrored is not None and rng.random() < 0.5 and mirrored[alpha > 0.5].mean() < DARKER * sitter.skin:
        tone = mirrored * rng.uniform(0.85, 1.1) + 0.03 * texture(rng, 5.0, angle)
    else:
        own = rng.random() < 0.6 and sitter.hair < DARKER * sitter.skin
        dark = sitter.hair if own else rng.uniform(0.02, 0.45) if rng.random() < 0.85 else rng.uniform(0.45, 0.9)
        tone = dark + (0.02 + 0.3 * dark) * rng.uniform(0.2, 1) * texture(rng, 5.0, angle)
    alpha = soften(alpha, float(rng.uniform(0.1, 0.7))) * rng.uniform(0.8, 1)
    return Laid(alpha, tone.clip(0, 1), alpha, "hair")


def _edge(outline: np.ndarray, axis: int) -> np.ndarray:
    """The oval's upper border at each column, (48,); beyond the oval, that of its outermost column."""
    upper = outline[outline[:, 1] <= outline[:, 1].mean()]
    order = np.argsort(upper[:, axis])
    return np.interp(GRID, upper[order, 0], upper[order, 1])


def _depth(rng: np.random.Generator, most: float) -> float:
    return float(most * rng.beta(1.3, 1.6) + 0.03)


def _profile(rng: np.random.Generator) -> np.ndarray:
    """How far hair comes down along its edge, 0…1: even, or swept to one side, or parted."""
    place = (GRID - rng.uniform(8, 40)) / SIDE
    shapes = (np.ones(SIDE), np.clip(0.5 + rng.choice([-1, 1]) * 1.6 * place, 0, 1), np.clip(np.abs(place) * 2.5, 0, 1))
    return np.asarray(shapes[rng.integers(3)])


def _jags(rng: np.random.Generator) -> np.ndarray:
    """The ragged ends of strands, in pixels."""
    noise = gaussian_filter1d(rng.standard_normal(SIDE), rng.uniform(0.6, 2.5))
    return np.asarray(noise / noise.std() * rng.uniform(0.2, 1.8))
