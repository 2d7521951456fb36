"""Groups: which columns tell them, and that a planted difference is found and a small group never hidden."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fer_xai.evaluation.groups import compare_groups, groups_of

N = 40


@pytest.mark.parametrize(
    ("column", "groups"),
    [
        (["f", "m"] * 20, ["f", "m"]),
        (["f", "m", "", None] * 10, ["f", "m"]),
        ([True, False] * 20, ["False", "True"]),
        (["10", "2"] * 20, ["2", "10"]),  # numbers stand in their order, not in that of their letters
        ([1.5, np.nan] * 10 + [2.5] * 20, ["1.5", "2.5"]),
        (list(np.repeat([18.5, 20, 30, 31, 44, 45, 61, 62, 63, 64, 70, 71, 80, 90, 95, 99, 100, 101, 102, 103], 2)),
         ["18.5 to 44", "45 to 64", "70 to 95", "99 to 103"]),
        (["same"] * N, None),
        ([""] * N, None),
        ([f"picture-{n}.png" for n in range(N)], None),  # names of faces
        (list(range(100, 100 + N)), None),  # numbers of rows
    ],
)  # fmt: skip
def test_columns_tell_groups_or_none(column, groups):
    found = groups_of(pd.Series(column, dtype=object))
    assert (None if found is None else list(found.cat.categories)) == groups
    if found is not None:
        missing = [value in ("", None) or value != value for value in column]
        assert found.isna().tolist() == missing


def test_ages_are_cut_into_quarters_and_each_face_lies_in_its_own():
    ages = pd.Series(np.random.default_rng(0).integers(3, 90, 400))
    found = groups_of(ages)
    assert all(60 < size < 140 for size in found.value_counts())
    for group, age in zip(found, ages, strict=True):
        low, high = map(float, group.split(" to "))
        assert low <= age <= high


@pytest.fixture
def compared():
    rng = np.random.default_rng(4)
    emotions = rng.choice(["happy", "sad"], 600)
    group = pd.Series(pd.Categorical(rng.choice(["old", "young", "few"], 600, p=[0.48, 0.5, 0.02])))
    right = rng.random(600) < 0.8 - 0.3 * (group == "old")
    figures = pd.DataFrame({"accuracy": right.astype(float), "mouth": rng.normal(0.2, 0.05, 600)})
    return compare_groups(group, figures, list(emotions)).set_index(["group", "figure"]), right, group


def test_a_planted_difference_is_found_and_no_other(compared):
    table, right, group = compared
    old = table.loc["old", "accuracy"]
    assert old["value"] == pytest.approx(right[group == "old"].mean())
    assert old["rest"] == pytest.approx(right[group != "old"].mean())
    assert old["difference_high"] < -0.15
    assert old["p"] < 1e-6
    assert (table.xs("mouth", level="figure")["p"] > 0.01).all()


def test_small_groups_are_marked_and_keep_their_rows(compared):
    table, _, group = compared
    few = table.loc["few", "accuracy"]
    assert few["small"]
    assert few["n"] == (group == "few").sum() < 20
    assert np.isfinite(few[["value", "low", "high", "difference"]].to_numpy(float)).all()
    assert not table.loc["old", "accuracy"]["small"]


def test_faces_without_a_group_or_a_figure_count_nowhere():
    group = pd.Series(pd.Categorical(["a", "b", None, "a", "b", "b"]))
    figures = pd.DataFrame({"accuracy": [1, 0, 1, np.nan, 1, 1]})
    table = compare_groups(group, figures, ["sad"] * 6).set_index("group")
    assert table["n"].to_dict() == {"a": 1, "b": 3}
    assert table.loc["a", "rest"] == pytest.approx(2 / 3)


def test_a_difference_of_shares_stays_within_a_whole():
    group = pd.Series(pd.Categorical(["a", "a", "a", "b", "b", "b"]))
    row = compare_groups(group, pd.DataFrame({"accuracy": [1.0, 1, 1, 0, 0, 1]}), ["sad"] * 6).iloc[0]
    assert -1 <= row["difference_low"] <= row["difference"] <= row["difference_high"] <= 1
    assert row["difference_high"] == 1
    two = compare_groups(group[1:], pd.DataFrame({"accuracy": [1.0, 1, 0, 0, 1]}), ["sad"] * 5).iloc[0]
    assert np.isfinite(two["difference"])
    assert np.isnan([two["difference_low"], two["difference_high"], two["p"]]).all(), "two faces are too few"
