"""What hiding a facial region costs: the causal check beside every heat map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for
from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.faces.fills import FILLS, fill_faces
from fer_xai.faces.inpainting import inpaint
from fer_xai.few import FEWEST

HIDDEN_BY = ("grey", "blur", "inpaint")


def ablate_regions(
    classifier: Classifier,
    faces: Faces,
    masks: np.ndarray,
    names: Sequence[str],
    fills: Sequence[str] = HIDDEN_BY,
    seed: int = 0,
) -> pd.DataFrame:
    """Hide each region on every face and ask the classifier again.

    Beside each region stands its control: the same shape, hidden elsewhere on the same face. What a region costs
    beyond its control is what its place is worth, not its size.

    Parameters
    ----------
    classifier : Classifier
    faces : Faces
    masks : ndarray (N, R, H, W) in [0, 1]
        Regions, e.g. of `fer_xai.facs.region_masks`; a region that is empty on a face is left out for it.
    names : sequence of str
    fills : sequence of str
        How a region is hidden: ``inpaint`` (from its neighbours), or a fill of `fer_xai.faces.fills`.
    seed : int
        Places the controls.

    Returns
    -------
    DataFrame
        One row per face, region and fill: face, label, predicted, emotion (the label, or the prediction where there is
        none), region, fill, area, p (the emotion's probability on the whole face), and p and predicted again with the
        region (``_hidden``) and its control (``_control``) hidden.

    Raises
    ------
    InputError
        If a fill is unknown or the masks are not of these faces.
    """
    unknown = [fill for fill in fills if fill != "inpaint" and fill not in FILLS]
    if unknown:
        raise InputError(f"unknown fill {unknown[0]!r}; known are inpaint, {', '.join(FILLS)}")
    if masks.shape[:2] != (len(faces), len(names)) or masks.shape[2:] != faces.size:
        raise InputError(
            f"masks of shape {masks.shape} were given for {len(faces)} faces of {faces.size} and {len(names)} regions"
        )
    images = faces.images()
    engine = engine_for(classifier)
    whole = engine.predict(images)[1]
    parts = []
    for region, mask in zip(names, np.moveaxis(masks, 1, 0), strict=True):
        control = _elsewhere(mask, seed)
        for fill in fills:
            answers = {
                what: engine.masked(images, _hidden_look(images, some, fill), _keeping(some), 1)[:, 0]
                for what, some in (("hidden", mask), ("control", control))
            }
            area = mask.mean(axis=(1, 2))
            parts.append(_rows(classifier, faces, whole, answers, area).assign(region=region, fill=fill)[area > 0])
    rows = pd.concat(parts, ignore_index=True)
    first = ["face", "label", "predicted", "emotion", "region", "fill", "area"]
    return rows[first + [column for column in rows if column not in first]]


def _keeping(masks: np.ndarray):  # type: ignore[no-untyped-def]
    return lambda face, row: 1 - masks[face]


def _hidden_look(images: np.ndarray, masks: np.ndarray, fill: str) -> np.ndarray:
    # Soft edges blend, so whatever the mask touches is painted.
    return inpaint(images, (masks > 0).astype(np.float32)) if fill == "inpaint" else fill_faces(images, fill)


def _elsewhere(masks: np.ndarray, seed: int) -> np.ndarray:
    """Each mask (H, W) shifted round the image by a quarter to three quarters of each side."""
    rng = np.random.default_rng(seed)
    height, width = masks.shape[1:]
    down, right = (rng.integers(side // 4, side - side // 4, len(masks)) for side in (height, width))
    rows = (np.arange(height)[None, :, None] - down[:, None, None]) % height
    columns = (np.arange(width)[None, None, :] - right[:, None, None]) % width
    return masks[np.arange(len(masks))[:, None, None], rows, columns]


def _rows(
    classifier: Classifier, faces: Faces, whole: np.ndarray, answers: dict[str, np.ndarray], area: np.ndarray
) -> pd.DataFrame:
    emotions = np.array(classifier.emotions)
    predicted, each = emotions[whole.argmax(axis=1)], np.arange(len(faces))
    meant = [label or guess for label, guess in zip(faces.labels, predicted, strict=True)]
    known = np.array([classifier.emotions.index(name) if name in classifier.emotions else -1 for name in meant])
    label = pd.Series(faces.labels, dtype="string")
    table = pd.DataFrame({"face": faces.ids, "label": label, "predicted": predicted, "emotion": meant, "area": area})
    for suffix, scores in (("", whole), *((f"_{what}", scores) for what, scores in answers.items())):
        table[f"p{suffix}"] = np.where(known >= 0, scores[each, known], np.nan)
        if suffix:
            table[f"predicted{suffix}"] = emotions[scores.argmax(axis=1)]
    return table


def summarise_ablation(rows: pd.DataFrame) -> pd.DataFrame:
    """What hiding each region costs each emotion.

    Parameters
    ----------
    rows : DataFrame
        Of `ablate_regions`. An unlabelled face counts for the emotion it was called, so its recall is 1 and its cost
        the share of answers that change.

    Returns
    -------
    DataFrame
        One row per emotion (``all`` first), region and fill: n, recall, recall_hidden, recall_control, and the losses
        ``cost`` (recall − recall_hidden), ``cost_beyond_control`` (recall_control − recall_hidden) and ``p_cost`` (mean
        loss of the emotion's probability), each with ``_low`` and ``_high``, 95 % intervals: of paired proportions
        (Agresti & Min 2005) for the recalls, Student's t for the probability.
    """
    keys = ["group", "region", "fill"]
    grouped = pd.concat([rows.assign(group="all"), rows.assign(group=rows["emotion"])])
    summaries = [
        {**dict(zip(["emotion", *keys[1:]], key, strict=True)), **_costs(part)}
        for key, part in grouped.groupby(keys, sort=False)
    ]
    return pd.DataFrame(summaries)


def _costs(part: pd.DataFrame) -> dict[str, float]:
    emotion = part["emotion"].to_numpy(object)
    right, hidden, control = (
        part[column].to_numpy(object) == emotion for column in ("predicted", "predicted_hidden", "predicted_control")
    )
    drop = (part["p"] - part["p_hidden"]).dropna().to_numpy()
    return {
        "n": len(part),
        "recall": right.mean(),
        "recall_hidden": hidden.mean(),
        "recall_control": control.mean(),
        **_paired("cost", right, hidden),
        **_paired("cost_beyond_control", control, hidden),
        **_mean("p_cost", drop),
    }


def _paired(name: str, before: np.ndarray, after: np.ndarray) -> dict[str, float]:
    """Difference of two proportions over the same faces, half a face added to each kind of change."""
    from scipy.stats import norm

    lost, won, n = (before & ~after).sum() + 0.5, (after & ~before).sum() + 0.5, len(before) + 2
    middle = (lost - won) / n
    reach = norm.ppf(0.975) * np.sqrt(lost + won - (lost - won) ** 2 / n) / n
    # No more can be lost than there is, nor won than is missing.
    low, high = max(middle - reach, before.mean() - 1), min(middle + reach, before.mean())
    return {name: before.mean() - after.mean(), f"{name}_low": low, f"{name}_high": high}


def _mean(name: str, values: np.ndarray) -> dict[str, float]:
    from scipy.stats import sem, t

    if len(values) < FEWEST:
        return {name: values.mean() if len(values) else np.nan, f"{name}_low": np.nan, f"{name}_high": np.nan}
    reach = t.ppf(0.975, len(values) - 1) * sem(values)
    return {name: values.mean(), f"{name}_low": values.mean() - reach, f"{name}_high": values.mean() + reach}
