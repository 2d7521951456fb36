"""Faces as a recipe wants them: its labels, its splits, grey and 48×48."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.faces.images import LUMA
from fer_xai.training.protocols import standard
from fer_xai.training.recipe import Recipe

SIDE = 48
_GREY = np.array(LUMA)


@dataclass(frozen=True)
class Parts:
    """The faces of each part of a split, and in words how they were split."""

    train: Faces
    validation: Faces
    test: Faces | None
    described: str


def split(recipe: Recipe, faces: Faces, protocol: str, seed: int) -> Parts:
    """Split faces by the recipe's own protocol, or by the standard one.

    Parameters
    ----------
    recipe : Recipe
    faces : Faces
        With the recipe's labels; emotions it does not know are refused.
    protocol : {"standard", "document"}
    seed : int
        Of a random split.

    Raises
    ------
    InputError
        If a part that training needs has no faces, a label is unknown to the recipe, or faces have another size.
    """
    strange = sorted(set(faces.emotions) - set(recipe.emotions))
    if strange or None in faces.labels:
        what = f"labels {', '.join(strange)}" if strange else "unlabelled faces"
        raise InputError(f"the data has {what}, which recipe {recipe.name} does not know; use --drop or --ferplus")
    if faces.size != (SIDE, SIDE):
        raise InputError(f"faces are {faces.size[0]}×{faces.size[1]}; recipes are trained on 48×48: give them so")
    rule = recipe.protocol if protocol == "document" else standard
    names = rule(faces, seed)
    parts = {name: faces[names == name] for name in ("train", "validation", "test") if (names == name).any()}
    for needed in ("train", "validation"):
        if needed not in parts:
            raise InputError(f"the data has no {needed} split; training needs train and validation")
    described = (rule.__doc__ or "").partition("\n")[0]
    return Parts(parts["train"], parts["validation"], parts.get("test"), described)


def arrays(recipe: Recipe, faces: Faces) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (N, 48, 48, 1) uint8 and class indices (N,) in the recipe's emotion order."""
    pixels = faces.pixels()
    if faces.channels == 3:
        pixels = np.rint(pixels @ _GREY).astype(np.uint8)[..., None]
    return pixels, np.array([recipe.emotions.index(str(label)) for label in faces.labels])
