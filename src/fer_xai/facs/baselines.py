"""Baselines: maps that know nothing of the classifier, to stand beside every measured one on the same faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.faces.images import LUMA
from fer_xai.facs.agreement import centred_blob, face_emotions
from fer_xai.facs.atlas import level_merge, part_names, region_names
from fer_xai.facs.codebooks import Codebook, load_codebook
from fer_xai.facs.maps import log2_ratio, shares
from fer_xai.facs.masks import FaceMasks, face_size, painted
from fer_xai.facs.profiles import RegionProfile
from fer_xai.facs.separability import separability_from_profile
from fer_xai.facs.specificity import mask_profile, specificity_from_profile

if TYPE_CHECKING:
    from fer_xai.faces.landmarks import Landmarks

BASELINES = ("flat", "blob", "sobel", "others")


def baseline_attributions(images: Any, attributions: Any, emotions: Sequence[str | None]) -> dict[str, np.ndarray]:
    """Make the four baselines of a set of maps.

    Parameters
    ----------
    images : Faces or array (N, H, W) or (N, H, W, C)
        The faces.
    attributions : array (N, H, W)
        The measured maps, from which ``others`` is made.
    emotions : sequence of str or None
        The emotion of each face.

    Returns
    -------
    dict of str to ndarray of float32, shape (N, H, W)
        flat
            One everywhere: chance by area.
        blob
            A Gaussian in the middle of the crop (`centred_blob`): what a map gains by lying in the middle.
        sobel
            The face's own edges: what a map gains by tracing the face.
        others
            The mean of the measured maps (shares of positive mass) of the faces of *other* emotions, each emotion with
            equal weight: the method's own habits without the face's emotion. Its S is below 0 by construction where
            maps are specific, because only the own emotion is missing: compare its mass accuracy.

    Raises
    ------
    InputError
        If shapes or counts disagree, or an emotion is unknown.
    """
    maps = np.asarray(attributions, np.float32)
    named, size = face_emotions(images, emotions), face_size(images)
    if maps.shape != (len(named), *size):
        raise InputError(f"received attributions of shape {maps.shape} for {len(named)} faces of {size[0]}×{size[1]}")
    return {
        "flat": np.ones(maps.shape, np.float32),
        **blind_maps(images),
        "others": _others(maps, named),
    }


def blind_maps(images: Any) -> dict[str, np.ndarray]:
    """The two baselines that need no measured maps, ``blob`` and ``sobel``, (N, H, W) float32 each.

    Parameters
    ----------
    images : Faces or array (N, H, W) or (N, H, W, C)
        The faces.
    """
    edges = _edges(images)
    return {"blob": np.repeat(centred_blob(*face_size(images))[None], len(edges), axis=0), "sobel": edges}


def _edges(images: Any) -> np.ndarray:
    """Size of Sobel's gradient of the luma, (N, H, W)."""
    from scipy.ndimage import correlate1d

    pixels = np.asarray(images.images() if hasattr(images, "ids") else images, np.float32)
    if pixels.ndim == 4:
        pixels = pixels @ np.array(LUMA, np.float32) if pixels.shape[-1] == 3 else pixels[..., 0]

    def slope(along: int, across: int) -> np.ndarray:
        # scipy's own sobel also smooths over the faces.
        return correlate1d(correlate1d(pixels, [-1, 0, 1], along, mode="nearest"), [1, 2, 1], across, mode="nearest")

    return np.hypot(slope(1, 2), slope(2, 1))


def _others(maps: np.ndarray, named: Sequence[str | None]) -> np.ndarray:
    """For each face the mean over the other emotions of their mean map of shares."""
    positive, kinds = shares(maps), np.array([emotion or "" for emotion in named])
    known = np.isfinite(positive).all(axis=(1, 2)) & (kinds != "")
    means = {emotion: positive[known & (kinds == emotion)].mean(axis=0) for emotion in np.unique(kinds[known])}
    found = np.zeros_like(maps)
    for emotion in np.unique(kinds):
        found[kinds == emotion] = mean_of_others(means, emotion, maps.shape[1:])
    return found


def mean_of_others(means: Mapping[str, np.ndarray], emotion: str, size: tuple[int, ...]) -> np.ndarray:
    """Mean over the other emotions of their mean maps (H, W); all zero where there is no other."""
    other = [mean for name, mean in means.items() if name != emotion]
    return np.mean(other, axis=0) if other else np.zeros(size, np.float32)


def part_profiles(
    faces: Any,
    attributions: Any,
    emotions: Sequence[str | None],
    landmarks: Landmarks | None = None,
    *,
    masks: FaceMasks | None = None,
    people: Sequence[Any] | None = None,
) -> dict[str, RegionProfile]:
    """Profiles over all parts of the face of the measured maps and of their baselines, each face painted once.

    Parameters
    ----------
    faces, attributions, emotions, landmarks, masks, people
        As in `fer_xai.facs.specificity`.

    Returns
    -------
    dict of str to RegionProfile
        ``measured`` and the four of `baseline_attributions`. Their ``regions`` are parts, of which any region, and any
        codebook's mask, is a sum: `RegionProfile.merged`.
    """
    named = face_emotions(faces, emotions)
    maps = {"measured": np.asarray(attributions, np.float32), **baseline_attributions(faces, attributions, emotions)}
    mass: dict[str, list[np.ndarray]] = {name: [] for name in maps}
    area: list[np.ndarray] = []
    ids: list[str] = []
    for part, _, chunk in painted(faces, attributions, landmarks, masks):
        profiles = {name: mask_profile(values[part], chunk.own_parts) for name, values in maps.items()}
        for name, (inside, _) in profiles.items():
            mass[name].append(inside)
        area.append(profiles["measured"][1])
        ids += chunk.ids
    base = RegionProfile(
        np.concatenate(mass["measured"]),
        np.concatenate(area),
        named,
        part_names(),
        tuple(ids),
        None if people is None else tuple(people),
    )
    return {name: replace(base, mass=np.concatenate(mass[name])) for name in maps}


def beside_baselines(
    profiles: dict[str, RegionProfile],
    codebooks: Sequence[str | Codebook] = ("facs2002",),
    seed: int = 0,
    resamples: int = 999,
) -> pd.DataFrame:
    """Measure maps and their baselines in the same way, one under the other.

    Parameters
    ----------
    profiles : dict of str to RegionProfile
        Of `part_profiles`.
    codebooks : sequence of str, path or Codebook
        See `load_codebook`.
    seed, resamples : int
        As in `fer_xai.facs.specificity` and `fer_xai.facs.separability`.

    Returns
    -------
    DataFrame
        A row for each map and measure:

        map
            ``measured``, ``flat``, ``blob``, ``sobel`` or ``others``.
        measure
            ``specificity``; ``log2_enrichment`` (mean over emotions of log2 E on the own mask); ``mass_accuracy`` (mean
            over faces of the share of mass inside the own mask); ``separability``.
        codebook
            Its name; empty for separability.
        value, low, high, p, chance, n
            With 95 % intervals and p where the measure has them, NaN where not. Chance is 0, 0, the mean area of the
            own masks, and 1 ÷ number of emotions.
    """
    fine = level_merge("fine"), region_names("fine")
    rows: list[dict[str, Any]] = []
    for name, profile in profiles.items():
        told = separability_from_profile(profile.merged(*fine), seed, resamples)
        keys = ("value", "low", "high", "p", "chance", "n")
        rows.append({"map": name, "measure": "separability", "codebook": ""} | {k: getattr(told, k) for k in keys})
        for given in codebooks:
            book = load_codebook(given)
            rows += [{"map": name, "codebook": book.name} | row for row in _on_masks(profile, book, seed, resamples)]
    columns = ["map", "measure", "codebook", "value", "low", "high", "p", "chance", "n"]
    return pd.DataFrame(rows)[columns]


def _on_masks(profile: RegionProfile, book: Codebook, seed: int, resamples: int) -> list[dict[str, Any]]:
    """Specificity, enrichment and mass accuracy of one map on one codebook."""
    masks = profile.merged(book.merge, book.emotions)
    measured = specificity_from_profile(
        masks.mass, masks.area, profile.emotions, book.emotions, seed, resamples, profile.people
    )
    keys = ("value", "low", "high", "p", "n")
    own = np.array([(i, book.emotions.index(e)) for i, e in enumerate(profile.emotions) if e in book.emotions], int)
    rows, columns = own.reshape(-1, 2).T
    used = masks.used[rows]
    mass, area = masks.mass[rows, columns][used], masks.area[rows, columns][used]
    codes = columns[used]
    enrichment = [log2_ratio(mass[codes == e].mean(), area[codes == e].mean()) for e in np.unique(codes)]
    none = {"low": np.nan, "high": np.nan, "p": np.nan, "n": len(mass)}
    blank = not len(mass)
    return [
        {"measure": "specificity", "chance": 0.0} | {key: getattr(measured, key) for key in keys},
        {"measure": "log2_enrichment", "value": np.nan if blank else np.mean(enrichment), "chance": 0.0} | none,
        {
            "measure": "mass_accuracy",
            "value": np.nan if blank else mass.mean(),
            "chance": np.nan if blank else area.mean(),
        }
        | none,
    ]
