"""Label doubts: planted wrong labels come first, two witnesses beat one, and the rule is confident learning's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fer_xai.errors import InputError
from fer_xai.evaluation.doubts import chance_of_votes, label_doubts

EMOTIONS = ("angry", "happy", "sad")


@pytest.fixture
def planted():
    """300 faces whose true emotion the model knows well; 15 labels are swapped."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 300)
    logits = rng.normal(size=(300, 3)) + 3.0 * np.eye(3)[truth]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = truth.copy()
    swapped = rng.choice(300, 15, replace=False)
    labels[swapped] = (truth[swapped] + 1) % 3
    votes = pd.DataFrame(rng.integers(0, 2, (300, 3)) + 8 * np.eye(3, dtype=int)[truth], columns=list(EMOTIONS))
    return [EMOTIONS[e] for e in labels], p, votes.assign(unknown=0, NF=9), set(swapped)


def test_planted_wrong_labels_are_the_most_doubtful(planted):
    labels, p, _, swapped = planted
    found = label_doubts(labels, p, EMOTIONS)
    assert len(set(found["place"]) & swapped) >= 12
    assert len(set(found["place"][:10]) & swapped) >= 8
    assert (found["p_suggested"] - found["p_label"]).is_monotonic_decreasing


def test_the_rule_is_that_of_confident_learning(planted):
    """A naive loop over the definition."""
    labels, p, _, _ = planted
    means = [np.mean([row[e] for row, label in zip(p, labels, strict=True) if label == EMOTIONS[e]]) for e in range(3)]
    expected = []
    for place, (row, label) in enumerate(zip(p, labels, strict=True)):
        sure = [e for e in range(3) if row[e] >= means[e]]
        best = max(sure, key=lambda e: row[e], default=None)
        # What is said with less certainty than the label is no doubt of it.
        if best is not None and EMOTIONS[best] != label and row[best] > row[EMOTIONS.index(label)]:
            expected.append(place)
    found = label_doubts(labels, p, EMOTIONS)
    assert sorted(found["place"]) == expected
    assert found["threshold"].tolist() == pytest.approx([means[EMOTIONS.index(e)] for e in found["suggested"]])


def test_votes_leave_only_what_people_doubt_too(planted):
    labels, p, votes, swapped = planted
    alone, both = label_doubts(labels, p, EMOTIONS), label_doubts(labels, p, EMOTIONS, votes)
    assert set(both["place"]) <= set(alone["place"])
    assert set(both["place"]) <= swapped
    assert (both["votes_suggested"] > both["votes_label"]).all()
    row = both.iloc[0]
    assert row["votes_label"] == votes.loc[row["place"], row["label"]]
    assert alone["votes_label"].isna().all()


def test_unlabelled_faces_and_unknown_labels_are_not_doubted(planted):
    labels, p, _, _ = planted
    strange = [None, "contempt", *labels[2:]]
    assert not {0, 1} & set(label_doubts(strange, p, EMOTIONS)["place"])


def test_an_emotion_without_labelled_faces_is_never_suggested():
    p = np.array([[0.1, 0.0, 0.9]] * 2 + [[0.0, 0.1, 0.9]] * 2)
    assert len(label_doubts(["angry", "angry", "happy", "happy"], p, EMOTIONS)) == 0


def test_chance_is_how_often_people_prefer_any_other_emotion(planted):
    """A naive loop; those who said that it is no face prefer none."""
    labels, _, votes, _ = planted
    labels = [None, *labels[1:]]
    said = [
        votes.loc[place, other] > votes.loc[place, label]
        for place, label in enumerate(labels)
        for other in EMOTIONS
        if label and other != label
    ]
    assert chance_of_votes(labels, votes, EMOTIONS) == pytest.approx(np.mean(said))
    assert np.isnan(chance_of_votes([None] * 300, votes, EMOTIONS))


def test_counts_that_disagree_are_refused(planted):
    labels, p, votes, _ = planted
    with pytest.raises(InputError, match="300 labels for 299 faces"):
        label_doubts(labels, p[:-1], EMOTIONS)
    with pytest.raises(InputError, match="as many of each"):
        label_doubts(labels, p, EMOTIONS, votes[:-1])


def test_a_label_that_nobody_could_vote_for_has_no_votes(planted):
    labels, p, votes, _ = planted
    found = label_doubts(labels, p, EMOTIONS, votes.drop(columns="angry"))
    assert (found.loc[found["label"] == "angry", "votes_label"] == 0).all()
    assert (found["label"] == "angry").any()
