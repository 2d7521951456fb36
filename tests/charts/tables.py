"""Small tables of a study, whose numbers a test can know."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_xai.facs import region_names

EMOTIONS = ("happy", "sad", "surprise")
METHODS = ("lime:slic", "lime:felzenszwalb")
N = 30


def counts() -> pd.DataFrame:
    """Every frequency differs; chance is 10 %; lip corners hold four times their area on happy faces."""
    rows = [
        {"emotion": emotion, "method": method, "level": level, "region": region, "n": N, "counted": i % N}
        for emotion in EMOTIONS
        for method in METHODS
        for level in ("coarse", "fine")
        for i, region in enumerate(region_names(level), start=METHODS.index(method))
    ]
    table = pd.DataFrame(rows)
    table["frequency"] = table["counted"] / table["n"]
    table["low"], table["high"] = 0.8 * table["frequency"], 0.05 + 0.9 * table["frequency"]
    favoured = (table["emotion"] == "happy") & (table["region"] == "lip_corner")
    return table.assign(chance=0.1, log2_enrichment=np.where(favoured, 2.0, -1.0))


def significance() -> pd.DataFrame:
    """Lip corners are significant and stand out on happy faces; the eye is significant on sad ones, and unresolved."""
    rows = pd.DataFrame(
        [(emotion, region) for emotion in EMOTIONS for region in region_names("fine")], columns=["emotion", "region"]
    )
    rows = rows.assign(method="occlusion", split="all", n=N, log2_enrichment=-0.3, low=-0.5, high=0.2)
    smile = (rows["emotion"] == "happy") & (rows["region"] == "lip_corner")
    eye = (rows["emotion"] == "sad") & (rows["region"] == "eye")
    rows.loc[smile, ["log2_enrichment", "low", "high"]] = (1.6, 1.1, 2.2)
    return rows.assign(significant=smile | eye, stands_out=smile, resolved=~eye)


def agreement(seed: int = 0) -> pd.DataFrame:
    """Mass accuracy about 40 % by the first method, on chance by the second; chance 10 % by area, 20 % by the blob."""
    rng = np.random.default_rng(seed)
    parts = [
        pd.DataFrame(
            {
                "face": [f"{emotion}-{i}" for i in range(N)],
                "method": method,
                "codebook": "facs2002",
                "emotion": emotion,
                "area": 0.1,
                "mass_accuracy": (0.4 if method == METHODS[0] else 0.15) + rng.normal(0, 0.03, N),
                "mass_accuracy_blob": 0.2,
            }
        )
        for method in METHODS
        for emotion in EMOTIONS
    ]
    return pd.concat(parts, ignore_index=True)


def specificity() -> pd.DataFrame:
    """Above the blind maps by the first method, not by the second."""
    rows = [
        {"method": method, "codebook": book, "value": s, "low": s - 0.1, "high": s + 0.1, "n": N}
        for book in ("facs2002", "du2014")
        for method, s in zip(METHODS, (0.3, 0.05), strict=True)
    ]
    return pd.DataFrame(rows)


def specificity_blind() -> pd.DataFrame:
    """Blind maps have −.02 and .04."""
    rows = [
        {"method": method, "codebook": book, "value": s, "low": s, "high": s, "n": N}
        for book in ("facs2002", "du2014")
        for method, s in (("blob", -0.02), ("sobel", 0.04))
    ]
    return pd.DataFrame(rows)


def matrix() -> pd.DataFrame:
    """The own units have .5, others −.25."""
    rows = [
        {"method": METHODS[0], "codebook": "facs2002", "emotion": emotion, "mask": mask}
        for emotion in EMOTIONS
        for mask in EMOTIONS
    ]
    table = pd.DataFrame(rows)
    return table.assign(log2_enrichment=np.where(table["emotion"] == table["mask"], 0.5, -0.25))


def ablation() -> pd.DataFrame:
    """Hiding the mouth costs 40 points, 10 of which its shape costs anywhere; other regions cost nothing."""
    rows = [
        {
            "emotion": emotion,
            "region": region,
            "fill": "inpaint",
            "n": N,
            "recall": 0.8,
            "recall_control": 0.7,
            "cost": 0.4 if region == "mouth" else 0.0,
        }
        for emotion in ("happy", "all")
        for region in region_names("coarse")
    ]
    table = pd.DataFrame(rows)
    beyond = table["cost"] - 0.1
    table = table.assign(cost_beyond_control_low=beyond - 0.1, cost_beyond_control_high=beyond + 0.1)
    return table.assign(cost_low=table["cost"] - 0.1, cost_high=table["cost"] + 0.1)


def shapley() -> pd.DataFrame:
    """The mouth is worth 30 points of probability, other regions nothing."""
    table = ablation().rename(columns={"cost": "value", "cost_low": "low", "cost_high": "high"})
    return table.assign(method="shap:regions").drop(columns=["fill", "recall", "recall_control"])
