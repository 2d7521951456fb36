"""The study's table of what hides the faces: hair and glasses where they can be told, and how much of each region."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from fer_xai.faces import Faces
from fer_xai.faces.occluders import find_occluders, flag_faces, occluded_share
from fer_xai.facs import FaceMasks, outline_masks
from fer_xai.facs.atlas import BACKGROUND, LEVELS, region_names
from fer_xai.study import chunks
from fer_xai.study.files import write_table


def write_occluders(out: Path, start: int, faces: Faces, masks: FaceMasks) -> None:
    """Write how much of each region of a chunk's faces is hidden, NaN for the background and without landmarks.

    Columns: face, level, region, occluded (0…1, by hair, a hat, glasses, a hand or another thing), and of the whole
    face ``glasses`` and ``hair``: True where they are plain to see; that they were not seen proves nothing.
    """
    path = chunks.table(out, "occluders", start)
    if path.exists():
        return
    found = find_occluders(faces.images())
    flags = flag_faces(found, outline_masks(faces, "face", masks.landmarks))
    tables = []
    for level in LEVELS:
        names = region_names(level)
        shares = occluded_share(found, masks.level(level))
        shares[:, names.index(BACKGROUND)] = np.nan
        tables.append(
            pd.DataFrame(
                {
                    "face": np.repeat(np.array(faces.ids, object), len(names)),
                    "level": level,
                    "region": np.tile(names, len(faces)),
                    "occluded": shares.ravel(),
                    **{kind: np.repeat(flag, len(names)) for kind, flag in flags.items()},
                }
            )
        )
    write_table(path, pd.concat(tables, ignore_index=True))
