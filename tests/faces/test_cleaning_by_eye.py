"""Not human, hidden, no face: against 200 faces of FER2013 labelled by eye, weighted back to the whole data."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from fer_xai.faces import load_faces
from fer_xai.faces.cleaning import find_doubtful

HERE = Path(__file__).parent
STRATA = np.array([219, 253, 271, 552, 709, 33871])
KINDS = ("not_human", "hidden", "no_face")


class Measured(NamedTuple):
    """How many were flagged, how many of them rightly; precision and recall with their 95 % intervals."""

    flagged: int
    right: int
    precision: tuple[float, float, float]
    recall: tuple[float, float, float]


def measure(flagged: np.ndarray, truth: np.ndarray, stratum: np.ndarray, seed: int = 0) -> Measured:
    """Precision and recall on the whole data with 95 % intervals of a bootstrap within strata."""

    def rates(index: np.ndarray) -> tuple[float, float]:
        counts = np.bincount(stratum[index], minlength=len(STRATA))
        weight = (STRATA / np.maximum(counts, 1))[stratum[index]]
        both = (weight * flagged[index] * truth[index]).sum()
        return both / max((weight * flagged[index]).sum(), 1e-9), both / max((weight * truth[index]).sum(), 1e-9)

    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(stratum == one) for one in range(len(STRATA))]
    draws = [rates(np.concatenate([rng.choice(m, len(m)) for m in members if len(m)])) for _ in range(2000)]
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    precision, recall = zip(rates(np.arange(len(truth))), low, high, strict=True)
    return Measured(int(flagged.sum()), int((flagged & truth).sum()), precision, recall)


@pytest.fixture(scope="module")
def labels() -> pd.DataFrame:
    return pd.read_csv(HERE / "hand_labels.csv", comment="#")


@pytest.fixture(scope="module")
def table(labels: pd.DataFrame, shared: Path) -> pd.DataFrame:
    faces = load_faces(shared / "data" / "fer2013.npz")[labels["row"].to_numpy()]
    return find_doubtful(faces, list(KINDS))


def test_the_labels_are_as_their_header_says(labels):
    assert len(labels) == labels["row"].nunique() == 200
    assert labels["drawn"].value_counts().to_dict() == {"random": 100, "stratified": 100}
    assert labels[labels["drawn"] == "stratified"]["stratum"].value_counts().eq(20).all()
    assert labels["half"].value_counts().eq(100).all()
    texture = pd.read_csv(HERE / "texture_labels.csv")
    assert not set(texture["row"]) & set(labels["row"])


def test_weights_undo_the_draw():
    # Stratum 0 is seen whole, stratum 5 by one face in a thousand: a flag there counts as many.
    stratum = np.array([0] * 219 + [5] * 34)
    truth = np.zeros(len(stratum), bool)
    truth[:219], truth[219] = True, True
    flagged = np.zeros(len(stratum), bool)
    flagged[:219] = True
    found = measure(flagged, truth, stratum)
    assert found.precision[0] == 1
    assert found.recall[0] == pytest.approx(219 / (219 + 33871 / 34))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_flagged_is_right_more_often_than_by_chance(table, labels, kind):
    flagged, truth = labels["row"].isin(table.loc[table["check"] == kind, "row"]), labels[kind] == 1
    assert fisher_exact(pd.crosstab(flagged, truth), alternative="greater").pvalue < 0.05
    for half in ("choose", "measure"):
        some = (labels["half"] == half).to_numpy()
        # README.md beside the checks holds what this prints (pytest -s).
        found = measure(flagged.to_numpy()[some], truth.to_numpy()[some], labels["stratum"].to_numpy()[some])
        print(f"{kind:10} {half:8} {found}")


def test_what_is_suggested_to_be_dropped_is_nearly_always_right(table, labels):
    dropped = table[table["suggested"] == "drop"]
    truth = labels.set_index("row")
    right = [truth.loc[row, check] for row, check in zip(dropped["row"], dropped["check"], strict=True)]
    assert len(right) >= 5
    assert np.mean(right) >= 0.8


def test_every_picture_without_a_face_is_at_least_looked_at(table, labels):
    without = set(labels.loc[labels["no_face"] == 1, "row"])
    assert without <= set(table.loc[table["check"] == "no_face", "row"])
