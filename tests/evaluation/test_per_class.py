"""Each emotion's figures, averages, confusions: by hand and as scikit-learn has them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import balanced_accuracy_score, precision_recall_fscore_support

from fer_xai.evaluation import confusion_matrix
from fer_xai.evaluation.accuracy import measure_mean_diagonal
from fer_xai.evaluation.per_class import averages, confusions, per_class

EMOTIONS = ("angry", "happy", "sad")
LABELS = ["angry"] * 4 + ["happy"] * 5 + ["sad"]
PREDICTED = ["angry", "angry", "happy", "sad", "happy", "happy", "happy", "happy", "angry", "happy"]


def drawn(n: int = 400, seed: int = 0) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(seed)
    labels = rng.choice(EMOTIONS, n, p=(0.2, 0.7, 0.1))
    predicted = np.where(rng.uniform(size=n) < 0.6, labels, rng.choice(EMOTIONS, n))
    return labels.tolist(), predicted.tolist()


def test_by_hand():
    table = per_class(confusion_matrix(LABELS, PREDICTED, EMOTIONS)).set_index("emotion")
    assert table[["n", "predicted", "right"]].to_numpy().tolist() == [[4, 3, 2], [5, 6, 4], [1, 1, 0]]
    assert table["precision"].tolist() == pytest.approx([2 / 3, 4 / 6, 0])
    assert table["recall"].tolist() == pytest.approx([2 / 4, 4 / 5, 0])
    assert table["f1"].tolist() == pytest.approx([4 / 7, 8 / 11, 0])
    # Wilson's interval of 4 in 5.
    assert table.loc["happy", ["recall_low", "recall_high"]].tolist() == pytest.approx([0.3755, 0.9638], abs=1e-4)
    # F1's from Wilson's interval of 4 right ones among the 7 that are labelled or called happy.
    assert table.loc["happy", ["f1_low", "f1_high"]].tolist() == pytest.approx(
        [2 * j / (1 + j) for j in (0.25048, 0.84178)], abs=1e-4
    )


def test_as_scikit_learn_has_it():
    labels, predicted = drawn()
    confusion = confusion_matrix(labels, predicted, EMOTIONS)
    table, means = per_class(confusion), averages(confusion)
    theirs = precision_recall_fscore_support(labels, predicted, labels=EMOTIONS)
    for name, values in zip(("precision", "recall", "f1", "n"), theirs, strict=True):
        assert np.allclose(table[name], values)
    for average in ("macro", "weighted"):
        theirs = precision_recall_fscore_support(labels, predicted, labels=EMOTIONS, average=average)
        for name, value in zip(("precision", "recall", "f1"), theirs, strict=False):
            assert means[f"{average}_{name}"].value == pytest.approx(value)
    assert measure_mean_diagonal(confusion).value == pytest.approx(balanced_accuracy_score(labels, predicted))


def test_intervals_hold_the_truth_as_often_as_they_say():
    truth = confusion_matrix(*drawn(50_000, seed=9), EMOTIONS)
    wanted = {name: figure.value for name, figure in averages(truth).items()}
    wanted["diagonal"] = measure_mean_diagonal(truth).value
    f1 = per_class(truth)["f1"].to_numpy()
    inside: dict[str, list[bool]] = {name: [] for name in (*wanted, "f1")}
    for seed in range(30):
        confusion = confusion_matrix(*drawn(300, seed), EMOTIONS)
        found = averages(confusion) | {"diagonal": measure_mean_diagonal(confusion)}
        for name, figure in found.items():
            inside[name].append(figure.low <= wanted[name] <= figure.high)
        table = per_class(confusion)
        inside["f1"] += [low <= x <= high for low, x, high in zip(table["f1_low"], f1, table["f1_high"], strict=True)]
    # 30 draws of .95: fewer than 24 have a probability below .0005.
    assert all(np.mean(held) >= 0.8 for held in inside.values()), {n: np.mean(h) for n, h in inside.items()}
    assert np.mean(inside["f1"]) < 1


def test_an_emotion_without_faces_and_one_that_is_never_predicted():
    confusion = confusion_matrix(["happy", "happy", "sad"], ["happy", "angry", "happy"], EMOTIONS)
    table = per_class(confusion).set_index("emotion")
    assert math.isnan(table.loc["angry", "recall"])
    assert (table.loc["angry", "precision"], table.loc["angry", "f1"]) == (0, 0)
    assert math.isnan(table.loc["sad", "precision"])
    assert (table.loc["sad", "recall"], table.loc["sad", "f1"]) == (0, 0)
    assert averages(confusion)["macro_recall"].value == pytest.approx((1 / 2 + 0) / 2)
    none = per_class(confusion_matrix(["happy"], ["happy"], EMOTIONS)).set_index("emotion").loc["sad"]
    assert none[["precision", "recall", "f1"]].isna().all()


def test_confusions_are_ranked_and_share_the_errors():
    table = confusions(confusion_matrix(LABELS, PREDICTED, EMOTIONS))
    wrong, right = table[table["share_of_errors"].notna()], table[table["share_of_errors"].isna()]
    assert wrong["share_of_errors"].sum() == pytest.approx(1)
    # Each of the four errors is one face; the one of a single sad face is the largest share of its label.
    assert wrong.loc[0, ["label", "predicted", "n", "of", "share"]].tolist() == ["sad", "happy", 1, 1, 1.0]
    assert wrong["n"].is_monotonic_decreasing
    assert right["n"].sum() == 6
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()


def test_balanced_accuracy_has_an_interval_however_few_faces_a_class_has():
    one_class = pd.DataFrame([[4, 1], [0, 0]], ["a", "b"], ["a", "b"])
    found = measure_mean_diagonal(one_class)
    # Of one class its mean is its recall: Wilson's interval of 4 in 5.
    assert (found.value, found.n) == (pytest.approx(0.8), 5)
    assert [found.low, found.high] == pytest.approx([0.3755, 0.9638], abs=1e-4)
    single = measure_mean_diagonal(pd.DataFrame([[900, 0], [0, 1]], ["a", "b"], ["a", "b"]))
    # The one face's own interval, 21 to 100 %, makes up nearly all of the doubt, and half of it is the mean's.
    assert single.low == pytest.approx(1 - (1 - 0.2065) / 2, abs=1e-3)
    assert single.high == 1
    none = measure_mean_diagonal(pd.DataFrame(np.zeros((2, 2), int), ["a", "b"], ["a", "b"]))
    assert np.isnan([none.value, none.low, none.high]).all()
    assert none.n == 0


@pytest.mark.parametrize("sizes", [(1, 1, 5, 9), (2, 10, 30, 3), (40, 60, 80, 30)])
def test_the_interval_of_balanced_accuracy_holds_its_truth(sizes: tuple[int, ...]):
    rng = np.random.default_rng(3)
    rates = np.array([0.3, 0.9, 0.6, 0.75])
    held = []
    for right in rng.binomial(sizes, rates, (400, 4)):
        wrong = np.roll(np.diag(np.array(sizes) - right), 1, axis=1)
        found = measure_mean_diagonal(pd.DataFrame(np.diag(right) + wrong, [*"abcd"], [*"abcd"]))
        assert 0 <= found.low <= found.value <= found.high <= 1
        held.append(found.low <= rates.mean() <= found.high)
    # Fewer than 365 of 400 draws of .95 have a probability below .001.
    assert np.mean(held) >= 0.9125
