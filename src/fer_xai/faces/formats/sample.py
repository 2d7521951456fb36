"""The bundled faces: 100 of LFW and the astronaut, from scikit-image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from fer_xai.faces.crop import crop_face
from fer_xai.faces.faces import Faces, table_of

WHAT = "sample (the bundled faces)"
_LFW_FACES = 100


def reads(source: str | Path) -> bool:
    """Whether this is the bundled sample."""
    return str(source) == "sample"


def load(source: str | Path, size: tuple[int, int] | None) -> Faces:
    """101 faces, 48×48 or `size`, unlabelled; the LFW crops are enlarged from 25×25."""
    from skimage.data import astronaut, lfw_subset

    height, width = size or (48, 48)
    # The subset's second half is not faces.
    crops = np.rint(lfw_subset()[:_LFW_FACES] * 255).astype(np.uint8)
    lfw = [np.asarray(Image.fromarray(crop).resize((width, height), Image.Resampling.BICUBIC)) for crop in crops]
    person = Image.fromarray(crop_face(astronaut(), (height, width))).convert("L")
    ids = [f"lfw-{n:03d}" for n in range(len(lfw))] + ["astronaut"]
    table = table_of(ids, [None] * len(ids), ["test"] * len(ids), ["scikit-image"] * len(ids))
    return Faces(np.stack([*lfw, np.asarray(person)])[..., None], table)
