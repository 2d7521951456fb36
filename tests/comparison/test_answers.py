"""Accuracy, confusions and calibration of two models against closed forms and naive loops."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fer_xai.comparison.answers import (
    accuracy_differences,
    accuracy_table,
    brier_differences,
    calibration_table,
    confusion_differences,
    mcnemar,
)
from fer_xai.comparison.matched import Matched
from fer_xai.errors import InputError
from tests.comparison.planted import EMOTIONS, PlantedStudy, answering, on_region


@pytest.fixture(scope="module")
def matched() -> Matched:
    labels = [EMOTIONS[i % 7] for i in range(140)]
    maps = {"occlusion": on_region("mouth", 140, 0)}
    studies = {
        "good": PlantedStudy(labels, answering(labels, 0.1, 1), maps),
        "bad": PlantedStudy(labels, answering(labels, 0.6, 2), maps),
    }
    return Matched.of(studies)


def test_mcnemar_is_the_binomial_sum():
    one = np.array([True] * 9 + [False] * 2 + [True] * 5)
    two = np.array([False] * 9 + [True] * 2 + [True] * 5)
    by_hand = 2 * sum(math.comb(11, k) for k in range(3)) / 2**11
    assert mcnemar(one, two) == pytest.approx(by_hand)
    assert mcnemar(one, one) == 1.0


def test_accuracy_and_its_difference(matched):
    row = accuracy_differences(matched).iloc[0]
    right = [
        [label == said for label, said in zip(matched.labels, matched.answers(model), strict=True)]
        for model in matched.models
    ]
    assert row["accuracy"] == pytest.approx(np.mean(right[0]))
    assert row["difference"] == pytest.approx(np.mean(right[0]) - np.mean(right[1]))
    assert row["only_model"] == sum(a and not b for a, b in zip(*right, strict=True))
    assert row["only_other"] == sum(b and not a for a, b in zip(*right, strict=True))
    assert row["low"] < row["difference"] < row["high"]
    assert row["significant"]
    assert accuracy_table(matched)["chance"].tolist() == pytest.approx([1 / 7, 1 / 7])


def test_confusions_are_counted_per_label(matched):
    table = confusion_differences(matched)
    assert len(table) == 49
    row = table[(table["label"] == "fear") & (table["predicted"] == "sad")].iloc[0]
    of = [i for i, label in enumerate(matched.labels) if label == "fear"]
    shares = [sum(matched.answers(m)[i] == "sad" for i in of) / len(of) for m in matched.models]
    assert (row["share"], row["other_share"]) == pytest.approx(tuple(shares))
    sums = table.groupby("label")[["share", "other_share"]].sum()
    np.testing.assert_allclose(sums, 1)


def test_brier_scores_are_squared_distances(matched):
    row = brier_differences(matched).iloc[0]
    for model, column in (("good", "brier"), ("bad", "other_brier")):
        total = 0.0
        for p, label in zip(matched.probabilities(model), matched.labels, strict=True):
            total += sum((p[k] - (EMOTIONS[k] == label)) ** 2 for k in range(7))
        assert row[column] == pytest.approx(total / 140)
        known = calibration_table(matched).set_index("model").loc[model]
        assert known["brier"] == pytest.approx(total / 140)
    assert row["difference"] < 0
    assert row["significant"]


def test_without_labels_nothing_is_said_of_accuracy():
    study = PlantedStudy([None] * 6, answering([None] * 6, 0, 0), {"occlusion": on_region("mouth", 6, 0)})
    matched = Matched.of({"a": study, "b": study})
    for table in (accuracy_table, accuracy_differences, confusion_differences, calibration_table, brier_differences):
        assert table(matched).empty


@pytest.mark.parametrize(
    ("change", "words"),
    [({"content": "others"}, "other faces"), ({"planted": {}}, "methods")],
)
def test_what_is_not_alike_is_refused(change, words):
    known = {
        "labels": ["happy"],
        "probabilities": answering(["happy"], 0, 0),
        "planted": {"gradcam": np.ones((1, 2, 2))},
    }
    with pytest.raises(InputError, match=words):
        Matched.of({"a": PlantedStudy(**known), "b": PlantedStudy(**(known | change))})


def test_one_study_is_refused():
    with pytest.raises(InputError, match="two or more"):
        Matched.of({})
