"""The table ``spatial_null``: would a method's maps, laid elsewhere on the same face, hit the same regions as well?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from fer_xai.faces.landmarks import OWN
from fer_xai.facs import FaceMasks, spatial_null
from fer_xai.study.files import write_table
from fer_xai.study.study import Study

MOST = 30  # faces of an emotion: shifts cost about as much as a gradient method
_COLUMNS = ["method", "emotion", "region", "n", "log2_enrichment_face", "null", "null_low", "null_high"]
_COLUMNS += ["p", "p_corrected", "significant"]


def write_spatial_null(study: Study, landmarks: pd.DataFrame, kinds: np.ndarray) -> None:
    """Write each method's rows of `fer_xai.facs.spatial_null`, from up to 30 faces of each emotion.

    Which faces is drawn by their content: neither their order nor the number of other emotions' faces matters.
    """
    seed = study.manifest["seed"]
    found = landmarks["landmarks"].isin(OWN).to_numpy()
    known = [emotion if own else None for emotion, own in zip(kinds, found, strict=True)]
    kept = sample(study.each_face(), known, seed)
    table = pd.DataFrame(columns=_COLUMNS)
    if len(kept):
        chosen, emotions = study.faces_of(kept), kinds[kept].tolist()
        masks = FaceMasks.paint(chosen, study.landmarks_of(kept))
        tables = [
            spatial_null(chosen, study.maps(method, kept)[0], emotions, masks=masks, seed=seed).assign(method=method)
            for method in study.methods
        ]
        table = pd.concat([part for part in tables if len(part)] or tables[:1], ignore_index=True)
    write_table(study.path / "spatial_null.parquet", table[_COLUMNS])


def sample(pixels: Iterable[np.ndarray], emotions: Sequence[str | None], seed: int, most: int = MOST) -> np.ndarray:
    """Up to `most` faces of each emotion, those with the smallest digests of seed and pixels, in their order."""
    digests = [hashlib.blake2b(face.tobytes(), key=str(seed).encode()).hexdigest() for face in pixels]
    drawn = pd.DataFrame({"digest": digests, "emotion": emotions}).dropna().sort_values("digest", kind="stable")
    return np.sort(drawn.groupby("emotion").head(most).index.to_numpy(int))
