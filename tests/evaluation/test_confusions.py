"""Pulls: a planted region is found, on its own confusion only; figures are Student's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t, ttest_1samp

from fer_xai.evaluation.confusions import pull_table, region_matrix

REGIONS = {"background": 0.5, "eye": 0.2, "mouth": 0.3}


def rows(confusions, seed=0):
    """Each (label, predicted, faces, pull of the mouth); the other regions pull nothing on average."""
    rng = np.random.default_rng(seed)
    found, number = [], 0
    for label, predicted, faces, mouth in confusions:
        for _ in range(faces):
            number += 1
            for region, area in REGIONS.items():
                value = rng.normal(mouth if region == "mouth" else 0.0, 0.05)
                found.append((f"face-{number}", label, predicted, region, area, value))
    return pd.DataFrame(found, columns=["face", "label", "predicted", "region", "area", "value"])


def test_the_region_that_pulls_is_found_on_its_own_confusion():
    table = pull_table(rows([("fear", "surprise", 30, 0.2), ("sad", "angry", 25, -0.1), ("sad", "fear", 4, 0.3)]))
    assert list(dict.fromkeys(zip(table["label"], table["predicted"], strict=True))) == [
        ("fear", "surprise"),
        ("sad", "angry"),
    ]  # the most frequent first; four faces are too few
    found = table.set_index(["label", "region"])
    assert found.loc[("fear", "mouth"), "low"] > 0.15
    assert found.loc[("sad", "mouth"), "high"] < -0.05
    others = found.drop([("fear", "mouth"), ("sad", "mouth")])
    assert (others["p"] > 0.01).all()
    assert (found["faces"] == [30] * 3 + [25] * 3).all()


def test_figures_are_students():
    drawn = rows([("fear", "surprise", 12, 0.05)], seed=3)
    row = pull_table(drawn).set_index("region").loc["mouth"]
    own = drawn.loc[drawn["region"] == "mouth", "value"].to_numpy()
    reach = t.ppf(0.975, 11) * own.std(ddof=1) / np.sqrt(12)
    assert (row["value"], row["low"], row["high"]) == pytest.approx(
        (own.mean(), own.mean() - reach, own.mean() + reach)
    )
    assert row["p"] == pytest.approx(ttest_1samp(own, 0).pvalue)


def test_beyond_takes_off_what_area_alone_would_pull():
    """A pull dealt out by area, with noise that adds up to nothing, is no place's."""
    drawn = rows([("fear", "surprise", 40, 0.0)])
    total = np.repeat(np.random.default_rng(1).normal(0.4, 0.1, 40), 3)
    noise = drawn["value"] - drawn.groupby("face")["value"].transform("mean")
    table = pull_table(drawn.assign(value=total * drawn["area"] + noise))
    assert (table["p"] < 1e-6).all()
    assert (table["p_beyond"] > 0.01).all()
    assert table["beyond"].tolist() == pytest.approx((table["value"] - table["expected"]).tolist())
    assert table["expected"].sum() == pytest.approx(table["value"].sum())


def test_a_region_that_is_not_on_a_face_pulls_nothing_there():
    drawn = rows([("fear", "surprise", 6, 0.2)])
    drawn = drawn[~((drawn["face"] == "face-2") & (drawn["region"] == "mouth"))]
    matrix = region_matrix(drawn, list(REGIONS), "value")
    assert matrix.shape == (6, 3)
    assert matrix[1, 2] == 0
    assert pull_table(drawn).set_index("region").loc["mouth", "value"] == pytest.approx(matrix[:, 2].mean())


def test_the_order_of_faces_does_not_matter():
    drawn = rows([("fear", "surprise", 9, 0.1), ("sad", "fear", 9, 0.1)])
    turned = pd.concat([part for _, part in reversed(list(drawn.groupby("face", sort=False)))])
    pd.testing.assert_frame_equal(pull_table(drawn), pull_table(turned))


def test_no_errors_no_rows():
    assert pull_table(rows([])).empty
