"""Made-up tables of what goes wrong, for the fake study."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.report.fake_study import FakeStudy

REGIONS = ("background", "forehead", "brow", "eye", "nose", "cheek", "mouth", "chin_jaw")


def confusion(label: str, predicted: str, n: int, **pulls: tuple[float, float]) -> list[dict[str, Any]]:
    """A confusion's rows; each named region has (pull, corrected p), the others nothing."""
    rows = []
    for region in REGIONS:
        value, p = pulls.get(region, (0.0, 1.0))
        rows.append(
            {"label": label, "predicted": predicted, "region": region, "faces": n, "value": value, "p_holm": p}
            | {"low": value - 0.02, "high": value + 0.02, "beyond": value, "p_beyond_holm": p, "n": n, "of": 100}
            | {"share": n / 100, "share_low": 0.1, "share_high": 0.3}
        )
    return rows


def compared(group: str, n: int, difference: float, p: float, **more: Any) -> dict[str, Any]:
    """A row of the tables covered and groups."""
    row = {"group": group, "figure": "accuracy", "n": n, "small": n < 20, "value": 0.7 + difference, "rest": 0.7}
    ends = {"low": 0.5, "high": 0.9, "difference_low": difference - 0.05, "difference_high": difference + 0.05, "p": p}
    return row | ends | {"difference": difference, "p_holm": p} | more


def add_wrong(study: FakeStudy, found: bool = False) -> FakeStudy:
    """Fear is taken for surprise by the mouth; labels of two faces are doubtful; hair costs accuracy."""
    predictions = study.tables["predictions"]
    wrong = predictions[predictions["label"].notna() & (predictions["label"] != predictions["predicted"])]
    errors = wrong[["face", "label", "predicted"]].reset_index(drop=True)
    errors["kind"] = [n % 2 if found else -1 for n in range(len(errors))]
    clustering = {"clusters": 2, "silhouette": 0.41, "expected": 0.2, "p": 0.03, "stability": 0.9, "found": found}
    kinds = [
        {"kind": kind, "faces": 9 - kind, "region": region, "value": 0.3 * (region == "mouth"), **clustering}
        for kind in ((0, 1) if found else (-1,))
        for region in REGIONS
    ]
    doubts = wrong.head(2).assign(suggested=wrong["predicted"], p_suggested=0.9, p_label=0.05, evidence="model")
    study.tables |= {
        "confusions": pd.DataFrame(
            confusion("fear", "surprise", 20, mouth=(0.12, 0.001), brow=(-0.04, 0.01), cheek=(0.3, 0.2))
            + confusion("sad", "neutral", 12, eye=(0.1, 0.4))
        ),
        "errors": errors,
        "error_kinds": pd.DataFrame(kinds),
        "covered": pd.DataFrame([compared("hair", 25, -0.2, 0.01), compared("mouth", 3, 0.1, 0.8)]),
        "label_doubts": doubts[["face", "label", "suggested", "p_suggested", "p_label", "evidence"]],
    }
    return study


def add_groups(study: FakeStudy, method: str = "occlusion") -> FakeStudy:
    """Women and men of two sources; the few of the third are small."""
    rows = [
        compared("f", 30, 0.1, 0.02, column="gender", method=""),
        compared("m", 28, -0.1, 0.02, column="gender", method=""),
        compared("x", 4, -0.3, 0.6, column="gender", method=""),
    ]
    rows += [
        compared(group, n, gap, p, column="gender", method=method) | {"figure": region}
        for group, n in (("f", 30), ("m", 28), ("x", 4))
        for region in REGIONS
        for gap, p in [(0.06, 0.01) if (group, region) == ("f", "mouth") else (0.0, 1.0)]
    ]
    study.tables["groups"] = pd.DataFrame(rows)
    return study
