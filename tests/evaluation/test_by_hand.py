"""Figures at their edges: columns, exact words, one face, none, two blocks, and the same numbers at every run."""

from __future__ import annotations

import json
import math
import re
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax
from scipy.stats import ttest_1samp

from fer_xai.classifier import Classifier
from fer_xai.emotions import FER2013
from fer_xai.errors import InputError
from fer_xai.evaluation import confusion_matrix, copies, mean_diagonal, measure_accuracy, predicting
from fer_xai.evaluation.ablation import ablate_regions, summarise_ablation
from fer_xai.evaluation.accuracy import measure_mean_diagonal, measure_top
from fer_xai.evaluation.calibration import measure_calibration, reliability, sums_to_one
from fer_xai.evaluation.confusions import pull_table
from fer_xai.evaluation.doubts import COLUMNS, label_doubts, self_confidence
from fer_xai.evaluation.error_kinds import error_kinds
from fer_xai.evaluation.evaluate import Evaluation, evaluate
from fer_xai.evaluation.groups import compare_groups, groups_of
from fer_xai.evaluation.intervals import Estimate, difference, mean, resampled, share
from fer_xai.evaluation.like_for_like import like_for_like
from fer_xai.evaluation.loss import losses, measure_loss, measure_votes
from fer_xai.evaluation.paired import p_above_chance, p_positive
from fer_xai.evaluation.per_class import averages, confusions, per_class
from fer_xai.evaluation.predicting import among, predict
from fer_xai.faces import Faces

TWO = ("happy", "sad")


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


def drawn(n: int = 120, seed: int = 0) -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, 7, n)
    return [FER2013[k] for k in numbers], softmax(rng.normal(0, 1, (n, 7)) + 2 * np.eye(7)[numbers], axis=1)


def nothing(estimate: Estimate) -> bool:
    return estimate.n == 0 and bool(np.isnan([estimate.value, estimate.low, estimate.high]).all())


def test_figures_know_how_many_faces_they_are_of() -> None:
    right, other = np.array([True, True, False, True]), np.array([True, False, False, False])
    found = difference(right, other)
    assert (found.value, found.n) == (0.5, 4)
    # Two won, none lost, half a face added to each: 2.5 and 0.5 of six.
    middle, reach = 2 / 6, 1.959964 * math.sqrt(3 - 4 / 6) / 6
    assert (found.low, found.high) == pytest.approx((middle - reach, middle + reach), abs=1e-6)
    assert nothing(difference(right[:0], other[:0]))
    assert nothing(share(0, 0))
    assert nothing(mean(np.array([])))
    assert nothing(resampled(np.zeros((2, 2), int), lambda counts: counts[..., 0, 0]))
    one = mean(np.array([0.25]))
    assert (one.value, one.n) == (0.25, 1)
    assert np.isnan([one.low, one.high]).all()
    two = mean(np.array([1, 3]))
    assert (two.value, two.n) == (2.0, 2)
    assert share(1, 4).n == 4
    assert resampled(np.eye(2, dtype=int), lambda counts: counts[..., 0, 0]).n == 2
    never = resampled(np.eye(2, dtype=int), lambda counts: np.full(counts.shape[:-2], np.nan))
    assert np.isnan([never.value, never.low, never.high]).all()
    assert never.n == 2


def test_draws_follow_the_seed_and_the_seed_is_0_unless_said() -> None:
    labels, probabilities = drawn()
    numbers = np.array([FER2013.index(label) for label in labels])
    confusion = confusion_matrix(labels, [FER2013[k] for k in probabilities.argmax(axis=1)], FER2013)

    def first_cell(counts: np.ndarray) -> np.ndarray:
        return counts[..., 0, 0] / counts.sum(axis=(-2, -1))

    def calibrated(**seed: int) -> list[float]:
        found = measure_calibration(numbers, probabilities, FER2013, **seed)
        return [found.error.chance, found.error.chance_high, found.classwise.chance, *found.per_emotion["chance"]]

    runs = {
        "calibration": calibrated,
        "averages": lambda **seed: averages(confusion, **seed),
        "resampled": lambda **seed: resampled(confusion.to_numpy(), first_cell, **seed),
        "evaluate": lambda **seed: json.dumps(evaluate(labels, probabilities, FER2013, **seed).summary()),
    }
    for name, run in runs.items():
        assert run(seed=5) == run(seed=5), name
        assert run(seed=5) != run(seed=6), name
        assert run() == run(seed=0), name


def test_kinds_of_errors_follow_the_seed() -> None:
    rng = np.random.default_rng(0)
    profiles = np.eye(4)[np.repeat([0, 1], [20, 12])] + rng.normal(0, 0.25, (32, 4))
    runs = [error_kinds(profiles), error_kinds(profiles, 0), error_kinds(profiles, 4)]
    said = [(one.silhouette, one.expected, one.p, one.stability) for one in runs]
    assert said[0] == said[1] != said[2]
    assert runs[0].labels.tolist() == runs[1].labels.tolist()


def test_a_label_that_the_classifier_does_not_know_is_an_error() -> None:
    confusion = confusion_matrix(["happy", "happy", "contempt", "sad"], ["happy", "sad", "sad", "sad"], TWO)
    assert list(confusion.index) == ["happy", "sad", "contempt"]
    assert list(confusion.columns) == ["happy", "sad"]
    assert (confusion.index.name, confusion.columns.name) == ("label", "predicted")
    assert (confusion.dtypes == np.int64).all()
    assert mean_diagonal(confusion) == pytest.approx((1 / 2 + 1 + 0) / 3)
    found = measure_mean_diagonal(confusion)
    assert (found.value, found.n) == (pytest.approx(0.5), 4)
    table = confusions(confusion)
    assert list(table) == ["label", "predicted", "n", "of", "share", "low", "high", "share_of_errors"]
    wrong = table[table["label"] != table["predicted"]]
    assert wrong["share_of_errors"].tolist() == [0.5, 0.5, 0, 0]
    assert wrong[["label", "predicted"]].to_numpy().tolist()[:2] == [["contempt", "sad"], ["happy", "sad"]]
    assert table["share_of_errors"].isna().tolist() == [False] * 4 + [True] * 2
    assert table.tail(2)[["label", "n", "of"]].to_numpy().tolist() == [["sad", 1, 1], ["happy", 1, 2]]
    perfect = confusions(confusion_matrix(["happy"], ["happy"], TWO))
    assert perfect["share_of_errors"].isna().all()
    assert len(perfect) == 2, "no face is sad"
    empty = confusion_matrix([], [], TWO)
    assert empty.to_numpy().tolist() == [[0, 0], [0, 0]]
    assert measure_accuracy([None, "sad"], ["sad", "sad"]) == share(1, 1)


def test_tables_have_the_columns_they_promise() -> None:
    each = [f"{name}{end}" for name in ("precision", "recall", "f1") for end in ("", "_low", "_high")]
    confusion = confusion_matrix(["happy", "sad"], ["happy", "happy"], TWO)
    assert list(per_class(confusion)) == ["emotion", "n", "predicted", "right", *each]
    assert list(averages(confusion)) == [
        f"{a}_{n}" for a in ("macro", "weighted") for n in ("precision", "recall", "f1")
    ]
    curve = reliability(np.array([0.5, 0.5, 0.9, 0.0]), np.array([True, False, True, False]), 2)
    assert list(curve) == ["from", "to", "n", "confidence", "accuracy", "low", "high"]
    # (from, to]: a half is in the first of two, and so is nothing.
    assert curve[["from", "to", "n"]].to_numpy().tolist() == [[0, 0.5, 3], [0.5, 1, 1]]
    assert curve["confidence"].tolist() == pytest.approx([1 / 3, 0.9])
    assert curve["accuracy"].tolist() == pytest.approx([1 / 3, 1])
    assert len(reliability(np.array([0.5]), np.array([True]))) == 15
    group = pd.Series(pd.Categorical(["a", "b"] * 4))
    compared = compare_groups(group, pd.DataFrame({"accuracy": [1.0, 0] * 4, "mouth": np.arange(8.0)}), ["sad"] * 8)
    assert list(compared) == [
        *("group", "figure", "n", "small", "value", "low", "high", "rest", "difference"),
        *("difference_low", "difference_high", "p", "compared"),
    ]
    assert compared[["group", "figure"]].to_numpy().tolist() == [[g, f] for g in "ab" for f in ("accuracy", "mouth")]
    assert compared["compared"].tolist() == [4] * 4
    assert compared["small"].all()
    assert compared["rest"].tolist() == [0, 4, 1, 3]
    interval = ttest_1samp([0, 2, 4, 6], 0).confidence_interval()
    assert compared.loc[1, ["value", "low", "high"]].tolist() == pytest.approx([3, interval.low, interval.high])
    assert compared.loc[0, ["value", "low", "high"]].tolist() == [1, share(4, 4).low, share(4, 4).high]
    rows = pd.DataFrame(
        {"face": "f", "label": "sad", "predicted": "fear", "region": ["eye"], "area": 1.0, "value": 0.1}
    )
    pulled = ["label", "predicted", "region", "faces", "value", "low", "high", "p", "expected"]
    pulled += ["beyond", "beyond_low", "beyond_high", "p_beyond"]
    assert list(pull_table(rows)) == pulled
    one = pull_table(rows, least=1)
    assert list(one) == pulled
    assert one.loc[0, ["faces", "value", "p", "expected", "beyond", "p_beyond"]].tolist() == [1, 0.1, 1, 0.1, 0, 1]
    doubts = label_doubts(["happy", "sad"], np.array([[0.4, 0.6], [0.5, 0.5]]), TWO)
    assert tuple(doubts) == COLUMNS
    assert doubts[["place", "label", "suggested"]].to_numpy().tolist() == [[0, "happy", "sad"]]
    assert doubts.loc[0, ["p_suggested", "p_label", "threshold"]].tolist() == [0.6, 0.4, 0.5]


def test_five_faces_of_a_confusion_are_tested_and_four_are_not() -> None:
    def of(label: str, faces: int) -> pd.DataFrame:
        numbers = np.random.default_rng(faces).normal(size=faces)
        known = {"label": label, "predicted": "fear", "region": "eye", "area": 0.5, "value": numbers}
        return pd.DataFrame(known).assign(face=[f"{label}-{n}" for n in range(faces)])

    found = pull_table(pd.concat([of("sad", 4), of("angry", 5), of("happy", 6), of("disgust", 5)]))
    assert found[["label", "faces"]].to_numpy().tolist() == [["happy", 6], ["angry", 5], ["disgust", 5]]


def test_the_summary_is_whole() -> None:
    labels, probabilities = drawn(60)
    found = evaluate(labels, probabilities, FER2013, copies=np.arange(60) < 20)
    summary = found.summary()
    figures = ["accuracy", "accuracy_of_all_labels", "mean_diagonal", "loss", "top_2"]
    figures += [f"{a}_{n}" for a in ("macro", "weighted") for n in ("precision", "recall", "f1")]
    figures += ["accuracy_without_copies", "accuracy_of_copies"]
    assert list(found.figures) == figures
    rest = [
        "chance",
        "binary_accuracy",
        "most_frequent",
        "confusion",
        "per_class",
        "top_confusions",
        "calibration",
        "remarks",
    ]
    assert list(summary) == ["n", "left_out", *figures, *rest]
    assert summary["n"] == 60
    assert summary["left_out"] == {}
    assert summary["remarks"] == []
    assert summary["confusion"] == {
        "emotions": list(FER2013),
        "labels": list(FER2013),
        "counts": found.confusion.to_numpy().tolist(),
    }
    assert set(summary["binary_accuracy"]) == {"value", "chance"}
    assert summary["binary_accuracy"]["chance"] == pytest.approx(6 / 7)
    calibration = summary["calibration"]
    assert list(calibration["brier"]) == ["value", "low", "high", "n", "chance"]
    assert calibration["brier"]["chance"] == found.calibration.brier_chance  # type: ignore[union-attr]
    told = ["value", "chance", "chance_high", "p", "beyond_chance", "miscalibrated"]
    assert list(calibration["ece"]) == list(calibration["classwise_ece"]) == told
    assert calibration["ece"]["beyond_chance"] == max(0, calibration["ece"]["value"] - calibration["ece"]["chance"])
    assert calibration["ece"]["miscalibrated"] == (calibration["ece"]["value"] > calibration["ece"]["chance_high"])
    assert list(calibration["per_emotion"][0]) == ["emotion", "value", "chance", "chance_high", "p"]
    assert [one["emotion"] for one in calibration["per_emotion"]] == list(FER2013)
    assert list(calibration["curve"][0]) == ["from", "to", "n", "confidence", "accuracy", "low", "high"]
    assert list(summary["accuracy"]) == ["value", "low", "high", "n"]
    assert len(summary["top_confusions"]) == 5
    assert len(found.top_confusions(2)) == 2
    assert len(found.top_confusions(most=100)) == (found.confusions["share_of_errors"] > 0).sum()
    assert len(summary["per_class"]) == 7


def test_remarks_are_said_word_for_word() -> None:
    def said(found: Evaluation) -> list[str]:
        return list(found.remarks)

    loose = evaluate(["happy", "sad"], np.array([[0.9, 0.8], [0.3, 0.4]]), TWO)
    assert said(loose) == ["The outputs do not sum to one, so calibration and Brier score cannot be had."]
    alone = evaluate(["happy", None, "fear"], np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]]), TWO)
    assert said(alone) == [
        "Faces left out: 1 with label fear, which the classifier does not know; 1 with no label.",
        "No face is labelled sad: recall cannot be had there, and the averages leave it out.",
        "All faces have one label: accuracy is that emotion's recall, and says nothing about the others.",
        "One face only: no interval can be had for means.",
    ]
    assert alone.summary()["left_out"] == {"label fear, which the classifier does not know": 1, "no label": 1}
    assert alone.most_frequent == ("happy", 1.0)


def test_refusals_are_said_word_for_word() -> None:
    said = "calibration needs probabilities that sum to one; this classifier's outputs do not"
    with pytest.raises(InputError, match=exactly(said)):
        measure_calibration(np.array([0]), np.array([[0.5, 0.48]]), TWO)
    with pytest.raises(InputError, match=exactly("calibration needs labelled faces; there are none")):
        measure_calibration(np.array([], int), np.empty((0, 2)), TWO)
    assert sums_to_one(np.array([[0.5, 0.491]], np.float16))
    said = "probabilities of shape (1, 2) were given for 2 labels and 2 emotions"
    with pytest.raises(InputError, match=exactly(said)):
        evaluate(["sad", "sad"], np.full((1, 2), 0.5), TWO)
    said = "the classifier gives NaN or infinity on some face: check its weights and scaling"
    with pytest.raises(InputError, match=exactly(said)):
        evaluate(["sad"], np.array([[np.inf, 0.0]]), TWO)
    with pytest.raises(InputError, match=exactly("no face can be counted: 1 with no label")):
        evaluate([None], np.full((1, 2), 0.5), TWO)
    with pytest.raises(InputError, match=exactly("the classifier knows none of fear, angry; it knows happy, sad")):
        among(np.full((1, 2), 0.5), TWO, ("fear", "angry"))
    said = "on some face every shared emotion has probability 0: nothing can be shared out anew"
    with pytest.raises(InputError, match=exactly(said)):
        among(np.array([[0.5, 0.5], [1.0, 0.0]]), TWO, ("sad",))
    said = "received 1 labels for 2 faces: give as many of each, and votes"
    with pytest.raises(InputError, match=exactly(said)):
        label_doubts(["sad"], np.full((2, 2), 0.5), TWO)
    classifier = Classifier.from_function(lambda faces: np.full((len(faces), 2), 0.5), TWO)
    faces = Faces.from_array(np.zeros((2, 4, 4), np.float32))
    said = "masks of shape (2, 1, 4, 5) were given for 2 faces of (4, 4) and 1 regions"
    with pytest.raises(InputError, match=exactly(said)):
        ablate_regions(classifier, faces, np.zeros((2, 1, 4, 5)), ["eye"])


def test_copies_are_found_in_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (7, 4, 4), dtype=np.uint8)
    expected = [True, False, False, True, False, False, True]
    training = Faces.from_array(pixels[[0, 3, 6]])
    monkeypatch.setattr(copies, "_BLOCK", 2)
    assert copies.copies_in(Faces.from_array(pixels), training).tolist() == expected
    found = copies.copies_in(Faces.from_array(pixels), training)
    assert found.dtype == bool


def test_many_faces_are_asked_in_blocks_and_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(0).uniform(0, 1, (7, 4, 4)).astype(np.float32)
    light = images.mean(axis=(1, 2))
    classifier = Classifier.from_function(
        lambda faces: np.stack([faces.mean(axis=(1, 2, 3)), 1 - faces.mean(axis=(1, 2, 3))], axis=1), TWO
    )
    faces, told = Faces.from_array(images), []
    monkeypatch.setattr(predicting, "_BLOCK", 3)
    found = predict(classifier, faces, lambda *said: told.append(said))
    assert told == [("faces", 3, 7), ("faces", 6, 7), ("faces", 7, 7)]
    np.testing.assert_allclose(found, np.stack([light, 1 - light], axis=1), atol=1e-6)
    np.testing.assert_array_equal(predict(classifier, faces), found)


def test_votes_for_one_emotion_only_disagree_in_nothing() -> None:
    votes = np.array([[10.0, 0, 0], [5, 5, 0], [0, 2, 2]])
    found = measure_votes(votes, np.array([[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7]]))
    assert list(found) == ["vote_loss", "vote_loss_least", "vote_agreement"]
    assert found["vote_loss_least"].value == pytest.approx(2 * math.log(2) / 3)
    lost = [-math.log(0.7), -(math.log(0.2) + math.log(0.6)) / 2, -(math.log(0.2) + math.log(0.7)) / 2]
    assert found["vote_loss"].value == pytest.approx(np.mean(lost))
    assert found["vote_agreement"].value == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert {one.n for one in found.values()} == {3}


def test_losses_are_keras_s_down_to_its_floor() -> None:
    rows = np.array([[0.25, 0.75], [0.0, 1.0], [2.0, 2.0]], np.float32)
    assert losses(np.array([0, 0, 1]), rows).tolist() == pytest.approx([-math.log(0.25), -math.log(1e-7), math.log(2)])
    assert losses(np.array([1]), rows[1:2])[0] == pytest.approx(1e-7, rel=1e-3)
    assert measure_loss(np.array([0, 1]), rows[:2]).n == 2
    assert measure_top(np.array([0, 1]), rows[:2], k=1).value == 0.5
    assert measure_top(np.array([0, 0]), rows[:2]).value == 1
    found = among(np.array([[0.5, 0.3, 0.2]]), ("angry", "happy", "sad"), ("sad", "fear", "angry"))
    assert found.tolist() == [pytest.approx([2 / 7, 5 / 7])]


def test_groups_keep_the_faces_own_index() -> None:
    index = ["x", "y", "z", "u", "v", "w"]
    for values in (["m", "f", "f", "m", "", "f"], [1, 2, 2, 1, None, 2], ["2", "10", "2", "10", None, " 10 "]):
        found = groups_of(pd.Series(values, index=index, dtype=object))
        assert found is not None
        assert list(found.index) == index
        assert found.isna().tolist() == [False] * 4 + [True, False]
        assert len(found.cat.categories) == 2
    # Half as many groups as faces are groups; more name faces.
    assert groups_of(pd.Series(["a", "b", "a", "b"])) is not None
    assert groups_of(pd.Series(["a", "b", "c", "b"])) is None
    twelve = groups_of(pd.Series(np.repeat(np.arange(12) / 2, 2)))
    assert twelve is not None
    assert list(twelve.cat.categories)[:3] == ["0", "0.5", "1"]
    assert len(twelve.cat.categories) == 12
    thirteen = groups_of(pd.Series(np.repeat(np.arange(13) / 2, 2)))
    assert thirteen is not None
    assert list(thirteen.cat.categories) == ["0 to 1.5", "2 to 3", "3.5 to 4.5", "5 to 6"]
    assert groups_of(pd.Series(np.arange(12)[::-1] * 1.0)) is not None
    assert groups_of(pd.Series(np.arange(13))) is None, "numbers of rows"


def test_twenty_faces_are_not_few() -> None:
    group = pd.Series(pd.Categorical(["a"] * 20 + ["b"] * 19))
    table = compare_groups(group, pd.DataFrame({"x": np.arange(39) % 2 * 1.0}), ["sad"] * 39)
    assert table["small"].tolist() == [False, True]
    strata = compare_groups(group, pd.DataFrame({"x": np.arange(39.0)}), ["sad"] * 20 + ["fear"] * 19)
    assert strata["compared"].tolist() == [0, 0]
    assert strata["difference"].isna().all()


def test_like_for_like_of_two_strata_by_hand() -> None:
    values = np.array([[1.0], [0.0], [0.0], [4.0], [2.0], [9.0]])
    some = np.array([True, False, False, True, False, True])
    found = like_for_like(values, some, ["a", "a", "a", "b", "b", "c"])
    first, second = 1 * 2 / 3, 1 * 1 / 2
    weight = first + second
    assert found.difference[0] == pytest.approx((first * 1 + second * 2) / weight)
    error = math.sqrt(first * (1 / 3) + second * 2) / weight
    assert found.high[0] - found.difference[0] == pytest.approx(1.959964 * error, abs=1e-5)
    assert found.difference[0] - found.low[0] == pytest.approx(1.959964 * error, abs=1e-5)
    assert found.compared == 2


def test_calibration_of_one_face_and_of_ties() -> None:
    found = measure_calibration(np.array([0]), np.array([[0.75, 0.25]], np.float32), TWO)
    assert (found.n, found.accuracy, found.confidence) == (1, 1, 0.75)
    assert found.error.value == pytest.approx(0.25)
    assert found.brier.value == pytest.approx(2 * 0.25**2)
    assert found.brier.n == 1
    assert found.brier_chance == pytest.approx(1 - 0.75**2 - 0.25**2)
    assert list(found.per_emotion) == ["emotion", "value", "chance", "chance_high", "p"]
    assert found.per_emotion["emotion"].tolist() == list(TWO)
    assert len(found.curve) == 15
    # The face is right in about three of four draws, which is what p counts.
    assert found.error.p == pytest.approx(1, abs=0.01)
    assert found.error.chance == pytest.approx(0.75 * 0.25 + 0.25 * 0.75, abs=0.05)
    assert found.error.chance_high == pytest.approx(0.75)
    assert self_confidence(np.array([0, -1, 0]), np.array([[0.2, 0.8], [0.5, 0.5], [0.4, 0.6]])).tolist() == [
        pytest.approx(0.3),
        math.inf,
    ]


def test_ablation_has_its_columns_and_its_controls_follow_the_seed() -> None:
    images = np.random.default_rng(0).uniform(0, 1, (5, 8, 8)).astype(np.float32)
    faces = Faces.from_array(images, labels=["happy", "sad", "contempt", "happy", "sad"])
    weights = np.linspace(0, 1, 64).reshape(8, 8, 1)

    def lighter_below(shown: np.ndarray) -> np.ndarray:
        happy = np.clip((shown * weights).sum(axis=(1, 2, 3)) / weights.sum(), 0, 1)
        return np.stack([happy, 1 - happy], axis=1)

    classifier = Classifier.from_function(lighter_below, TWO)
    masks = np.zeros((5, 2, 8, 8), np.float32)
    masks[:, 0, 1:3, 1:3] = 1
    masks[1:, 1, 5:7, 2:6] = 1
    rows = ablate_regions(classifier, faces, masks, ["small", "wide"], ["grey"], seed=3)
    first = ["face", "label", "predicted", "emotion", "region", "fill", "area"]
    assert list(rows) == [*first, "p", "p_hidden", "predicted_hidden", "p_control", "predicted_control"]
    assert rows["region"].tolist() == ["small"] * 5 + ["wide"] * 4
    assert rows["area"].tolist() == [4 / 64] * 5 + [8 / 64] * 4
    assert rows["p"].isna().tolist() == [label == "contempt" for label in rows["label"]]
    assert rows["face"].tolist() == [*faces.ids, *faces.ids[1:]]
    by_hand = lighter_below(np.where(masks[:, 0, ..., None] > 0, 0.5, images[..., None]))
    kept = [0, 1, 3, 4]
    expected = by_hand[kept, [0, 1, 0, 1]]
    np.testing.assert_allclose(rows["p_hidden"].to_numpy()[kept], expected, atol=1e-6)
    again = ablate_regions(classifier, faces, masks, ["small", "wide"], ["grey"], seed=3)
    pd.testing.assert_frame_equal(rows, again)
    other = ablate_regions(classifier, faces, masks, ["small", "wide"], ["grey"], seed=4)
    assert not rows["p_control"].equals(other["p_control"])
    usual = ablate_regions(classifier, faces, masks, ["small", "wide"])
    assert list(dict.fromkeys(usual["fill"])) == ["grey", "blur", "inpaint"]
    pd.testing.assert_frame_equal(usual, ablate_regions(classifier, faces, masks, ["small", "wide"], seed=0))
    costs = summarise_ablation(rows)
    ends = ("", "_low", "_high")
    numbers = [f"{name}{end}" for name in ("cost", "cost_beyond_control", "p_cost") for end in ends]
    known = ["emotion", "region", "fill", "n", "recall", "recall_hidden", "recall_control"]
    assert list(costs) == [*known, *numbers]
    assert list(dict.fromkeys(costs["emotion"])) == ["all", "happy", "sad", "contempt"]
    assert costs["n"].tolist()[:2] == [5, 4]
    contempt = costs[costs["emotion"] == "contempt"].iloc[0]
    assert contempt[["p_cost", "p_cost_low", "p_cost_high"]].isna().all()
    drop = (rows["p"] - rows["p_hidden"])[rows["region"] == "small"].dropna()
    whole = costs[(costs["emotion"] == "all") & (costs["region"] == "small")].iloc[0]
    interval = ttest_1samp(drop, 0).confidence_interval()
    assert whole[["p_cost", "p_cost_low", "p_cost_high"]].tolist() == pytest.approx(
        [drop.mean(), interval.low, interval.high]
    )
    happy = costs[(costs["emotion"] == "happy") & (costs["region"] == "small")].iloc[0]
    assert np.isfinite(happy["p_cost"])
    assert np.isnan(happy["p_cost_low"]), "two faces are too few for an interval"


def test_nothing_is_told_from_one_answer() -> None:
    assert p_positive(np.array([])) == 1.0
    assert p_positive(np.array([0.2, 0.2])) == 1.0
    assert p_positive(np.array([0.1, 0.3])) < 0.2
    labels = np.array(["sad", "happy"])
    assert p_above_chance(labels, labels, np.array([True, True])) == pytest.approx(0.25)


def test_probabilities_that_nearly_sum_to_one_are_made_to() -> None:
    found = measure_calibration(np.array([0, 1]), np.array([[0.75, 0.245], [0.301, 0.703]]), TWO)
    first, second = 0.75 / 0.995, 0.703 / 1.004
    assert found.confidence == pytest.approx((first + second) / 2)
    assert found.brier.value == pytest.approx((2 * (1 - first) ** 2 + 2 * (1 - second) ** 2) / 2)


def test_two_faces_of_a_confusion_are_tested_and_equal_confusions_stand_by_name() -> None:
    known = {"label": "sad", "predicted": "fear", "region": "eye", "area": 0.5}
    two = pull_table(pd.DataFrame([known | {"face": "a", "value": 0.1}, known | {"face": "b", "value": 0.3}]), least=2)
    assert two["faces"].tolist() == [2]
    assert two["p"].tolist() == [pytest.approx(ttest_1samp([0.1, 0.3], 0).pvalue)]
    pairs = [(label, said) for label in FER2013 for said in FER2013 if label != said]
    faces = {pair: 1 + place % 2 for place, pair in enumerate(sorted(pairs))}
    rows = [
        known | {"label": label, "predicted": said, "face": f"{label} {said} {n}", "value": 0.0}
        for label, said in pairs[::-1]
        for n in range(faces[label, said])
    ]
    table = pull_table(pd.DataFrame(rows), least=1)
    expected = sorted(pairs, key=lambda pair: (-faces[pair], pair))
    assert list(zip(table["label"], table["predicted"], strict=True)) == expected


def test_clusters_are_looked_for_until_faces_stay_and_are_unstable_where_none_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = import_module("fer_xai.evaluation.error_kinds")
    # Ten rounds are not enough for these faces.
    profiles = np.random.default_rng(7).normal(size=(120, 2))
    centres, assigned = room._fit(profiles, 4, 0)
    nearest = ((profiles[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert assigned.tolist() == nearest.tolist()
    monkeypatch.setattr(room, "_fit", lambda some, *_: (np.empty((0, 2)), np.zeros(len(some), int)))
    monkeypatch.setattr("scipy.cluster.vq.vq", lambda some, _: (np.zeros(len(some), int), None))
    assert room._stability(profiles, np.zeros(120, int), 4, np.random.default_rng(0), 0) == 0
