"""How much of each facial region is hidden, and which faces have something in front of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from fer_xai.errors import InputError
from fer_xai.faces.occluders.finding import KINDS, Occluders

HIDDEN = 0.5  # the chance from which a pixel counts as hidden
#: A face is flagged where pixels of such a chance cover such a share of its oval. README.md beside this file tells how
#: these were chosen, and why ``other`` is not among them: whether a hand is there cannot be told well enough.
FLAGGED: Mapping[str, tuple[float, float]] = MappingProxyType({"hair": (0.5, 0.08), "glasses": (0.9, 0.08)})


def occluded_share(occluders: Occluders, masks: Any) -> np.ndarray:
    """Tell which share of each region lies behind an occluder of any kind: its pixels whose chance reaches `HIDDEN`.

    Read it as "at least": a good part of what hides faces, above all hands, is not found.

    Parameters
    ----------
    occluders : Occluders
    masks : array, shape (N, R, H, W)
        Share of each pixel that shows each region, as `fer_xai.facs.region_masks` gives them for the same faces. What
        is said about a region outside the face's oval (``background``) means nothing.

    Returns
    -------
    ndarray of float64, shape (N, R)
        0…1; NaN for a region that is not on the crop, and on faces without masks.

    Raises
    ------
    InputError
        If the masks are of other faces or of another size.
    """
    regions = np.asarray(masks, np.float32)
    wanted = occluders.kinds.shape[:1] + occluders.kinds.shape[2:]
    if regions.ndim != 4 or regions.shape[:1] + regions.shape[2:] != wanted:
        raise InputError(f"received masks of shape {regions.shape} for occluders of shape {wanted}: give (N, R, H, W)")
    return _shares(occluders.maps, regions, HIDDEN)


def flag_faces(occluders: Occluders, oval: Any) -> dict[str, np.ndarray]:
    """Flag faces with hair (or a hat) over a good part of the oval, and faces with glasses, by `FLAGGED`.

    A flag is right about nine times in ten; about four pairs of glasses in ten, and most fringes, go without one. Hands
    and things are not flagged at all: that cannot be told.

    Parameters
    ----------
    occluders : Occluders
    oval : array, shape (N, H, W)
        Share of each pixel inside the face's oval, as ``fer_xai.facs.outline_masks(faces, "face")`` gives it.

    Returns
    -------
    dict of str to ndarray of bool, shape (N,)
        For each kind of `FLAGGED`; False on faces without an oval.

    Raises
    ------
    InputError
        If the ovals are of other faces or of another size.
    """
    inside = np.asarray(oval, np.float32)
    wanted = occluders.kinds.shape[:1] + occluders.kinds.shape[2:]
    if inside.shape != wanted:
        raise InputError(f"received ovals of shape {inside.shape} for occluders of shape {wanted}: they must be equal")
    flags = {}
    for kind, (chance, least) in FLAGGED.items():
        share = _shares(occluders.kinds[:, KINDS.index(kind)], inside[:, None], chance)[:, 0]
        flags[kind] = np.nan_to_num(share) >= least
    return flags


def _shares(chances: np.ndarray, masks: np.ndarray, least: float) -> np.ndarray:
    """Share of masks (N, R, H, W) where chances (N, H, W) reach the least, (N, R)."""
    hidden = (chances >= least).reshape(len(chances), -1, 1).astype(np.float64)
    flat = masks.reshape(*masks.shape[:2], -1)
    area = flat.sum(axis=2, dtype=np.float64)
    covered = np.matmul(flat.astype(np.float64), hidden)[..., 0]
    return np.divide(covered, area, out=np.full(area.shape, np.nan), where=area > 0)
