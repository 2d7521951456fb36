"""Specificity S of each method and codebook of a study: on all faces, and apart on those told right and wrong."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fer_xai.facs import specificity_from_profile
from fer_xai.facs.profiles import by_face

LEAST = 5  # faces of an emotion on either side that S and separability are told apart for
SPLITS = ("right", "wrong")


def specificities(profiles: pd.DataFrame, emotion_of: pd.Series, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """S of each method and codebook, and the emotion × mask matrices.

    Parameters
    ----------
    profiles : DataFrame
        Rows of face, method, codebook, mask, mass, area.
    emotion_of : Series
        The emotion of each face, by its name; faces without one are left out.
    seed : int
    """
    rows, matrices = [], []
    for (method, codebook), part in profiles.groupby(["method", "codebook"], sort=False):
        masks = list(part["mask"].unique())
        faces, mass, area = by_face(part, "mask", masks, ("mass", "area"))
        measured = specificity_from_profile(mass, area, emotion_of[faces].tolist(), masks=masks, seed=seed)
        known: dict[str, Any] = {"method": method, "codebook": codebook}
        rows.append(
            known
            | {key: getattr(measured, key) for key in ("value", "low", "high", "p", "n")}
            | {"emotions": " ".join(measured.emotions), "left_out": " ".join(measured.left_out)}
        )
        long = measured.matrix.rename_axis("emotion").reset_index()
        long = long.melt("emotion", var_name="mask", value_name="log2_enrichment")
        matrices.append(long.assign(**known))
    columns = ["method", "codebook", "emotion", "mask", "log2_enrichment"]
    return pd.DataFrame(rows), pd.concat(matrices, ignore_index=True)[columns]


def split_faces(predictions: pd.DataFrame, found: pd.Series) -> dict[str, pd.Series]:
    """The emotion of each face that is told right, and wrong, by its name; the other faces have none.

    Parameters
    ----------
    predictions : DataFrame
        face, label, predicted.
    found : Series of bool
        Whether the face has landmarks, by its name.

    Returns
    -------
    dict of str to Series
        ``right`` and ``wrong``, over the same emotions: those with five such faces in both, so that the two may be
        compared. Empty with fewer than two such emotions.
    """
    labels = predictions.set_index("face")["label"].astype(object)
    known = labels.notna() & found.reindex(labels.index, fill_value=False)
    right = (labels == predictions.set_index("face")["predicted"]) & known
    sides = {"right": right, "wrong": known & ~right}
    enough = [labels[side].value_counts() >= LEAST for side in sides.values()]
    emotions = [e for e in enough[0].index[enough[0]] if enough[1].get(e, False)]
    if len(emotions) < 2:
        return {}
    return {name: labels.where(side & labels.isin(emotions), None) for name, side in sides.items()}
