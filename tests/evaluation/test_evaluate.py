"""All figures of a classifier together: by hand, as scikit-learn has them, and in degenerate cases."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss, top_k_accuracy_score

from fer_xai.emotions import FER2013
from fer_xai.errors import InputError
from fer_xai.evaluation.accuracy import measure_binary_accuracy, measure_top
from fer_xai.evaluation.copies import copies_in
from fer_xai.evaluation.evaluate import evaluate
from fer_xai.evaluation.intervals import difference, mean, resampled, share
from fer_xai.evaluation.loss import measure_votes
from fer_xai.evaluation.predicting import among
from fer_xai.faces import Faces


def drawn(n: int = 300, seed: int = 0) -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, 7, n)
    return [FER2013[k] for k in numbers], softmax(rng.normal(0, 1, (n, 7)) + 2 * np.eye(7)[numbers], axis=1)


def test_figures_are_scikit_learns():
    labels, probabilities = drawn()
    numbers = [FER2013.index(label) for label in labels]
    found = evaluate(labels, probabilities, FER2013)
    assert found.figures["loss"].value == pytest.approx(log_loss(numbers, probabilities, labels=range(7)))
    top = top_k_accuracy_score(numbers, probabilities, k=2, labels=range(7))
    assert found.figures["top_2"].value == pytest.approx(top)
    assert found.figures["accuracy"].value == pytest.approx((probabilities.argmax(axis=1) == numbers).mean())
    assert found.figures["accuracy"] == found.figures["accuracy_of_all_labels"]
    assert found.remarks == ()
    most = max(set(labels), key=labels.count)
    assert found.most_frequent == (most, pytest.approx(labels.count(most) / 300))


def test_the_order_of_faces_does_not_matter():
    labels, probabilities = drawn()
    order = np.random.default_rng(1).permutation(300)
    shuffled = evaluate([labels[k] for k in order], probabilities[order], FER2013)
    one, other = evaluate(labels, probabilities, FER2013).summary(), shuffled.summary()
    assert json.dumps(one) == json.dumps(other)


def test_ties_for_the_second_place_are_shared_out():
    assert measure_top(np.arange(7), np.full((7, 7), 1 / 7)).value == pytest.approx(2 / 7)
    # First place is another's; three tie for the second.
    assert measure_top(np.array([1]), np.array([[0.4, 0.2, 0.2, 0.2]])).value == pytest.approx(1 / 3)
    assert measure_top(np.array([0, 3]), np.array([[0.4, 0.3, 0.2, 0.1]] * 2), k=3).value == 0.5


def test_single_outputs_flatter_a_classifier_that_never_says_yes():
    labels = np.array([0, 1, 2, 3])
    assert measure_binary_accuracy(labels, np.full((4, 7), 1 / 7)) == (pytest.approx(6 / 7), pytest.approx(6 / 7))
    # Always sure of the first: once all seven are right, three times five.
    assert measure_binary_accuracy(labels, np.eye(7)[np.zeros(4, int)])[0] == pytest.approx((7 + 3 * 5) / 28)


def test_labels_that_the_classifier_does_not_know_are_left_out_and_said():
    labels, probabilities = drawn(50)
    given = ["contempt", None, "contempt", *labels]
    rows = np.concatenate([probabilities[:3], probabilities])
    found, without = evaluate(given, rows, FER2013), evaluate(labels, probabilities, FER2013)
    assert found.left_out.to_numpy().tolist() == [
        ["label contempt, which the classifier does not know", 2],
        ["no label", 1],
    ]
    assert "2 with label contempt, which the classifier does not know; 1 with no label" in found.remarks[0]
    for name, figure in without.figures.items():
        if name != "accuracy_of_all_labels":
            assert found.figures[name] == figure, name
    assert found.figures["accuracy_of_all_labels"].n == 52
    assert found.figures["accuracy_of_all_labels"].value == pytest.approx(without.figures["accuracy"].value * 50 / 52)
    assert found.predictions["counted"].tolist() == [False] * 3 + [True] * 50
    assert found.predictions["correct"].isna().sum() == 1


def test_choosing_only_among_shared_emotions_scales_probabilities_to_them():
    rows = among(np.array([[0.5, 0.3, 0.2]]), ("angry", "disgust", "happy"), ("angry", "happy"))
    assert rows[0].tolist() == pytest.approx([5 / 7, 2 / 7])
    with pytest.raises(InputError, match="knows none of contempt"):
        among(np.full((1, 7), 1 / 7), FER2013, ("contempt",))
    with pytest.raises(InputError, match="probability 0"):
        among(np.array([[1.0, 0.0]]), ("angry", "happy"), ("happy",))


def test_copies_of_training_faces_are_told_apart():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (6, 8, 8), dtype=np.uint8)
    pixels[5] = 7
    training = Faces.from_array(pixels[[0, 1, 5]])
    copies = copies_in(Faces.from_array(pixels), training)
    # The last one is constant: equal to another constant image by no one's fault.
    assert copies.tolist() == [True, True, False, False, False, False]
    wide = Faces.from_array(pixels.reshape(6, 4, 16))
    assert not copies_in(wide, training).any(), "the same bytes in another shape are no copy"
    labels = ["happy"] * 6
    probabilities = np.tile([0.9, 0.1], (6, 1))
    probabilities[[1, 2]] = (0.2, 0.8)
    found = evaluate(labels, probabilities, ("happy", "sad"), copies=copies)
    assert found.figures["accuracy_of_copies"].value == 0.5
    assert (found.figures["accuracy_without_copies"].value, found.figures["accuracy_without_copies"].n) == (0.75, 4)
    assert found.predictions["copy"].tolist() == copies.tolist()


def test_votes_by_hand():
    votes = np.array([[8.0, 2.0], [5.0, 5.0]])
    found = measure_votes(votes, np.array([[0.8, 0.2], [0.5, 0.5]]))
    least = (-(0.8 * math.log(0.8) + 0.2 * math.log(0.2)) + math.log(2)) / 2
    assert found["vote_loss"].value == pytest.approx(least), "probabilities that are the votes lose the least"
    assert found["vote_loss_least"].value == pytest.approx(least)
    assert found["vote_agreement"].value == pytest.approx((0.8 + 0.5) / 2)
    assert measure_votes(votes, np.array([[0.2, 0.8], [0.5, 0.5]]))["vote_loss"].value > least


def test_votes_go_by_name_and_those_for_emotions_it_does_not_know_do_not_count():
    votes = pd.DataFrame({"contempt": [5, 0], "sad": [0, 1], "happy": [5, 3]})
    found = evaluate(["happy", "happy"], np.array([[0.9, 0.1], [0.7, 0.3]]), ("happy", "sad"), votes=votes)
    assert found.figures["vote_agreement"].value == pytest.approx((1 + 0.75) / 2)


def test_one_class_one_face_none():
    labels, probabilities = drawn(20)
    one = evaluate(["happy"] * 20, probabilities, FER2013)
    assert any("All faces have one label" in remark for remark in one.remarks)
    assert any("No face is labelled angry, disgust" in remark for remark in one.remarks)
    assert one.figures["mean_diagonal"].value == one.figures["accuracy"].value
    single = evaluate(labels[:1], probabilities[:1], FER2013)
    assert any("One face only" in remark for remark in single.remarks)
    assert math.isnan(single.figures["loss"].low)
    assert 0 < single.figures["accuracy"].high - single.figures["accuracy"].low < 1
    with pytest.raises(InputError, match="no face can be counted: 2 with no label"):
        evaluate([None, None], probabilities[:2], FER2013)


def test_an_emotion_that_is_never_predicted_is_said():
    found = evaluate(["happy", "sad", "sad"], np.array([[0.9, 0.1]] * 3), ("happy", "sad"))
    assert found.remarks == ("Never predicted: sad; precision cannot be had there and counts as 0 in averages.",)


def test_outputs_that_do_not_sum_to_one_have_no_calibration():
    found = evaluate(["happy", "sad"], np.array([[0.9, 0.8], [0.3, 0.4]]), ("happy", "sad"))
    assert found.calibration is None
    assert found.summary()["calibration"] is None
    assert any("do not sum to one" in remark for remark in found.remarks)
    # As Keras has it, rows are scaled to one for the loss.
    assert found.figures["loss"].value == pytest.approx(-(math.log(0.9 / 1.7) + math.log(0.4 / 0.7)) / 2)


def test_misfits_are_refused():
    with pytest.raises(InputError, match=r"shape \(2, 3\) were given for 2 labels and 2 emotions"):
        evaluate(["happy", "sad"], np.full((2, 3), 1 / 3), ("happy", "sad"))
    with pytest.raises(InputError, match="NaN or infinity"):
        evaluate(["happy"], np.array([[np.nan, 1.0]]), ("happy", "sad"))


def test_intervals_by_hand():
    assert math.isnan(share(0, 0).value)
    assert (share(4, 6).low, share(4, 6).high) == (pytest.approx(0.3000, abs=1e-3), pytest.approx(0.9032, abs=1e-3))
    # Student's t with two degrees of freedom is 4.303; the standard error of 0, 2 and 4 is 2 / √3.
    assert mean(np.array([0.0, 2.0, 4.0])).high == pytest.approx(2 + 4.303 * 2 / 3**0.5, abs=1e-3)
    two = mean(np.array([1.0, 3.0]))
    assert (two.value, two.n) == (2, 2)
    assert math.isnan(two.low)
    counts = np.array([[90, 10], [0, 0]])
    drawn_shares = resampled(counts, lambda c: c[..., 0, 0] / c.sum(axis=(-2, -1)))
    assert (drawn_shares.low, drawn_shares.high) == (pytest.approx(0.84, abs=0.01), pytest.approx(0.955, abs=0.01))


def test_a_paired_difference_is_as_certain_as_its_disagreements():
    right = np.array([True] * 60 + [False] * 40)
    other = np.array([True] * 50 + [False] * 50)
    nested, opposed = difference(right, other), difference(right, other[::-1])
    assert nested.value == opposed.value == pytest.approx(0.1)
    assert nested.low > 0 > opposed.low
    assert (nested.low + nested.high) / 2 == pytest.approx(10 / 102)
    same = difference(right, right)
    assert same.low == pytest.approx(-same.high)


def test_the_table_has_a_row_per_face_with_what_was_said_of_it():
    probabilities = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4]])
    table = evaluate(["a", "b", None, "other"], probabilities, ("a", "b", "c")).predictions
    assert list(table.columns) == [
        *("face", "label", "predicted", "correct", "counted", "confidence", "loss", "p_a", "p_b", "p_c")
    ]
    assert table["face"].tolist() == ["face-0", "face-1", "face-2", "face-3"]
    assert table["correct"].fillna(False).tolist() == [True, False, False, False]
    assert table["correct"].isna().tolist() == [False, False, True, False]
    assert table["counted"].tolist() == [True, True, False, False]
    assert table["confidence"].tolist() == [0.7, 0.6, 0.5, 0.4]
    assert table["loss"].tolist() == pytest.approx([-math.log(0.7), -math.log(0.3), math.nan, math.nan], nan_ok=True)


def test_the_summary_holds_calibration_and_confusions_by_name():
    labels, probabilities = drawn()
    summary = evaluate(labels, probabilities, FER2013).summary()
    assert summary["calibration"]["confidence"] == pytest.approx(probabilities.max(axis=1).mean())
    told = {"confidence", "accuracy", "ece", "classwise_ece", "per_emotion", "brier", "curve"}
    assert set(summary["calibration"]) == told
    assert {"emotion", "value", "chance", "chance_high", "p"} <= set(summary["calibration"]["per_emotion"][0])
    assert set(summary["most_frequent"]) == {"emotion", "share"}
    assert {"label", "predicted", "n"} <= set(summary["top_confusions"][0])
    assert "index" not in summary["top_confusions"][0]


def test_an_emotion_that_nobody_could_vote_for_has_no_votes():
    labels, probabilities = ["a", "b", "a"], np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.5, 0.4, 0.1]])
    votes = pd.DataFrame({"a": [8, 1, 6], "b": [2, 9, 4]})
    without, explicit = (
        evaluate(labels, probabilities, ("a", "b", "c"), votes=cast).figures for cast in (votes, votes.assign(c=0))
    )
    assert {k: v.value for k, v in without.items()} == pytest.approx({k: v.value for k, v in explicit.items()})
