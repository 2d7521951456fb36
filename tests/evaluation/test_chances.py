"""Chance levels are what answers without looking score, when such answers are evaluated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fer_xai.emotions import FER2013
from fer_xai.evaluation.evaluate import Evaluation, evaluate

SHARES = np.array([0.1, 0.05, 0.1, 0.4, 0.15, 0.0, 0.2])
LABELS = [FER2013[i] for i in np.repeat(np.arange(7), (SHARES * 20000).astype(int))]


def answered(rows: np.ndarray) -> Evaluation:
    return evaluate(LABELS, rows, FER2013)


def test_the_labels_shares_as_probabilities_have_the_loss_and_brier_score_by_chance() -> None:
    found = answered(np.tile(SHARES, (len(LABELS), 1)))
    assert found.calibration is not None
    assert found.figures["loss"].value == pytest.approx(found.chance["loss"].value, abs=1e-5)
    assert found.calibration.brier.value == pytest.approx(found.chance["brier"].value)
    assert found.figures["accuracy"].value == pytest.approx(found.chance["accuracy"].value) == pytest.approx(0.4)
    assert found.chance["accuracy"].whose == "always happy"
    assert found.figures["mean_diagonal"].value == pytest.approx(found.chance["mean_diagonal"].value)


def test_emotions_drawn_as_the_labels_have_them_score_the_chance_of_precision_and_f1() -> None:
    drawn = np.eye(7)[np.random.default_rng(0).choice(7, len(LABELS), p=SHARES)]
    found = answered(drawn)
    for name in ("macro_precision", "macro_f1", "weighted_f1"):
        assert found.figures[name].value == pytest.approx(found.chance[name].value, abs=0.01)


def test_any_two_emotions_hold_the_label_by_chance() -> None:
    rows = np.random.default_rng(1).dirichlet(np.ones(7), len(LABELS))
    found = answered(rows)
    assert found.figures["top_2"].value == pytest.approx(found.chance["top_2"].value, abs=0.01)


def test_votes_have_a_chance_level_too() -> None:
    rng = np.random.default_rng(2)
    counts = rng.multinomial(10, np.array([0.3, 0.05, 0.1, 0.25, 0.1, 0.1, 0.1]), len(LABELS))
    mean = counts.mean(axis=0) / 10
    votes = pd.DataFrame(counts, columns=list(FER2013))
    fixed = evaluate(LABELS, np.tile(mean, (len(LABELS), 1)), FER2013, votes=votes)
    for name in ("vote_agreement", "vote_loss"):
        assert fixed.figures[name].value == pytest.approx(fixed.chance[name].value)
    assert fixed.chance["vote_agreement"].whose == "always angry"
    assert "vote_agreement" not in answered(np.tile(SHARES, (len(LABELS), 1))).chance
    nobody = evaluate(LABELS, np.tile(mean, (len(LABELS), 1)), FER2013, votes=votes * 0)
    assert "vote_loss" not in nobody.chance


def test_the_chance_levels_are_among_the_plain_values() -> None:
    told = answered(np.tile(SHARES, (len(LABELS), 1))).summary()["chance"]
    assert told["accuracy"] == {"value": pytest.approx(0.4), "whose": "always happy"}
