"""Compose training pictures: face crops with things laid on them, and which pixels show which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from fer_xai.faces.occluders import KINDS, SIDE
from fer_xai.training.occluders.glasses import lay_glasses
from fer_xai.training.occluders.hair import lay_fringe, lay_hat, lay_lock, lay_strands
from fer_xai.training.occluders.hand import lay_hand
from fer_xai.training.occluders.strokes import Painter, Sitter, fill, soften, texture
from fer_xai.training.occluders.things import lay_text, lay_thing

PAINTERS: dict[Painter, float] = {
    lay_hand: 0.28,
    lay_fringe: 0.12,
    lay_lock: 0.07,
    lay_strands: 0.05,
    lay_hat: 0.06,
    lay_glasses: 0.23,
    lay_thing: 0.11,
    lay_text: 0.08,
}
HOW_MANY = (0.3, 0.55, 0.15)  # chances of no, one and two occluders
OWN = 0.35  # share of a pixel from which it counts as an occluder's
UNKNOWN = 255
FIX_POINTS = (33, 263, 4, 61, 291, 152)  # eyes, nose, mouth and chin: what two faces are matched by


@dataclass(frozen=True)
class Composed:
    """Training pictures.

    Attributes
    ----------
    pictures : ndarray of uint8, shape (N, 48, 48)
    truth : ndarray of uint8, shape (N, 48, 48)
        0 where the face is seen, else 1 + the number of the kind in `KINDS`; `UNKNOWN` outside the face's oval, where
        nothing is asked.
    """

    pictures: np.ndarray
    truth: np.ndarray


def compose(
    crops: np.ndarray, points: np.ndarray, seed: tuple[int, ...], natural: np.ndarray | None = None
) -> Composed:
    """Lay occluders on face crops; each crop's depend on the seed and its own number only.

    Parameters
    ----------
    crops : ndarray of uint8, shape (N, 48, 48)
    points : ndarray, shape (N, 468, 2)
        Their meshes, without NaN.
    seed : tuple of int
    natural : ndarray of uint8, shape (N, 48, 48), optional
        What the crops show already, in the numbers of `Composed.truth`, or `UNKNOWN`.
    """
    pictures, truth = np.empty_like(crops), np.empty_like(crops)
    known = np.zeros_like(crops) if natural is None else natural
    for i in range(len(crops)):
        rng = np.random.default_rng([*seed, i])
        j = int(rng.integers(len(crops)))
        move = _moves(rng)
        face = move(crops[i].astype(np.float32) / 255, Image.Resampling.BICUBIC).clip(0, 1)
        sitter = Sitter(face, move.points(points[i]), crops[j].astype(np.float32) / 255)
        picture, truth[i] = _lay(
            rng, sitter, _distract(rng, sitter, points[j]), move(known[i], Image.Resampling.NEAREST)
        )
        pictures[i] = np.rint(255 * _photograph(rng, picture))
        truth[i][sitter.oval <= 0.5] = UNKNOWN
        if rng.random() < 0.5:
            pictures[i], truth[i] = pictures[i, :, ::-1].copy(), truth[i, :, ::-1].copy()
    return Composed(pictures, truth)


@dataclass(frozen=True)
class Move:
    """A turn and a zoom around the middle of the crop; edges are repeated."""

    back: np.ndarray  # from the new crop to the old, (2, 2)

    def __call__(self, picture: np.ndarray, method: Image.Resampling) -> np.ndarray:
        """Move a picture (48, 48)."""
        border, centre = SIDE // 2, np.full(2, SIDE / 2)
        shift = centre - self.back @ centre + border
        rows = (*self.back[0], shift[0], *self.back[1], shift[1])
        padded = Image.fromarray(np.pad(picture, border, mode="edge"))
        return np.asarray(padded.transform((SIDE, SIDE), Image.Transform.AFFINE, rows, method))

    def points(self, points: np.ndarray) -> np.ndarray:
        """Move points (V, 2)."""
        return np.asarray((points - SIDE / 2) @ np.linalg.inv(self.back).T + SIDE / 2)


def _moves(rng: np.random.Generator) -> Move:
    """None for half of the crops."""
    angle, zoom = (np.radians(rng.normal(0, 14)), rng.uniform(0.85, 1.2)) if rng.random() < 0.5 else (0.0, 1.0)
    return Move(np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / zoom)


def _lay(
    rng: np.random.Generator, sitter: Sitter, face: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    truth = known.copy()
    painters, chances = list(PAINTERS), np.array(list(PAINTERS.values()))
    for choice in rng.choice(len(painters), rng.choice(3, p=HOW_MANY), p=chances / chances.sum()):
        laid = painters[choice](rng, sitter)
        if rng.random() < 0.4:
            face = face * (1 - rng.uniform(0, 0.4) * soften(laid.alpha, float(rng.uniform(1, 3))))
        face = face + laid.alpha * (laid.tone - face)
        truth[laid.own > OWN] = 1 + KINDS.index(laid.kind)
    return face, truth


def _distract(rng: np.random.Generator, sitter: Sitter, others: np.ndarray) -> np.ndarray:
    """What looks laid on but hides nothing: shadows and lights, or a piece of a matched face blended in."""
    face = sitter.face
    for _ in range(rng.integers(3)):
        blob = soften(fill(_blob(rng, sitter)), float(rng.uniform(0.4, 5)))
        face = face * (1 + blob * rng.uniform(-0.5, 0.4))
    if rng.random() < 0.25:
        matched = _match(sitter.other, others, sitter.points)
        blob = soften(fill(_blob(rng, sitter)), float(rng.uniform(0.3, 2)))
        brightness = face[sitter.oval > 0.5].mean() - matched[sitter.oval > 0.5].mean()
        face = face + blob * (matched + brightness - face)
    return face.clip(0, 1)


def _blob(rng: np.random.Generator, sitter: Sitter) -> np.ndarray:
    low, high = sitter.outline.min(axis=0), sitter.outline.max(axis=0)
    turn = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 10)))
    size = sitter.width * rng.uniform(0.1, 0.5) * rng.uniform(0.6, 1.4, (len(turn), 1))
    return np.asarray(rng.uniform(low, high) + np.stack([np.cos(turn), np.sin(turn)], axis=1) * size)


def _match(picture: np.ndarray, points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Bring another face onto this one by the affine map that fits both best."""
    fixed = list(FIX_POINTS)
    known = np.column_stack([onto[fixed], np.ones(len(fixed))])
    solved = np.linalg.lstsq(known, points[fixed], rcond=None)[0]
    size, method = (SIDE, SIDE), Image.Transform.AFFINE
    turned = Image.fromarray(picture).transform(size, method, tuple(solved.T.ravel()), Image.Resampling.BILINEAR)
    return np.asarray(turned)


def _photograph(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Blur, coarsen, relight and grain the whole picture, so that only its content tells what was laid on."""
    chance = rng.random(4)
    if chance[0] < 0.4:
        picture = soften(picture, float(rng.uniform(0.3, 0.9)))
    if chance[1] < 0.2:
        coarse = (int(rng.integers(28, 44)),) * 2
        small = Image.fromarray(picture.astype(np.float32)).resize(coarse, Image.Resampling.BICUBIC)
        picture = np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    if chance[2] < 0.6:
        picture = np.clip(picture, 0, 1) ** rng.uniform(0.75, 1.3) * rng.uniform(0.8, 1.1) + rng.uniform(-0.05, 0.1)
    if chance[3] < 0.5:
        picture = picture + rng.uniform(0.005, 0.04) * texture(rng, 1.0)
    return np.clip(picture, 0, 1)
