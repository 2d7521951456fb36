"""Complexity and truth: closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from fer_xai.errors import InputError
from fer_xai.evaluation.trust import complexity, truth_agreement
from fer_xai.faces.drawn import draw
from tests.evaluation.trust.stage import SIZE, noise, seeds_of

PIXELS = SIZE[0] * SIZE[1]


def measured(values):
    rows = complexity({"a": values})
    assert rows["chance"].isna().all()
    return rows.pivot_table(index="row", columns="metric", values="value", dropna=False)


def test_maps_on_a_share_of_the_face_have_the_closed_form():
    maps = np.zeros((4, *SIZE))
    maps[0, 3, 4] = -2.0
    maps[1, :6] = 5.0
    maps[2] = -0.1
    found = measured(maps)
    shares = np.array([1 / PIXELS, 0.5, 1.0])
    assert np.allclose(found["sparseness"][:3], 1 - shares)
    assert np.allclose(found["entropy"][:3], np.log(shares * PIXELS))
    assert np.allclose(found["effective_area"][:3], shares)
    assert found.loc[3].isna().all()


def test_any_map_equals_the_definitions_written_out():
    """Quantus 0.6's Sparseness and Complexity give the same figures."""
    maps = noise(3)
    found = measured(maps)
    for face, plane in enumerate(maps):
        q = np.abs(plane).ravel() / np.abs(plane).sum()
        # The mean difference of all pairs, halved, over the mean: Gini as he wrote it.
        gini = np.abs(q[:, None] - q[None]).sum() / (2 * PIXELS**2 * q.mean())
        assert found.loc[face, "sparseness"] == pytest.approx(gini)
        assert found.loc[face, "entropy"] == pytest.approx(entropy(q))
        assert found.loc[face, "effective_area"] == pytest.approx(1 / (PIXELS * (q**2).sum()))
    # Noise of a normal distribution: √2 − 1 and 2/π.
    wide = complexity({"noise": np.random.default_rng(0).standard_normal((1, 300, 300))}).set_index("metric")["value"]
    assert wide["sparseness"] == pytest.approx(np.sqrt(2) - 1, abs=0.005)
    assert wide["effective_area"] == pytest.approx(2 / np.pi, abs=0.005)


def test_the_truth_itself_scores_best_on_drawn_faces_and_shifted_maps_as_chance():
    drawing = draw(28)
    told = drawing.truth.any(axis=(1, 2))
    edges = np.abs(np.diff(drawing.faces.images()[..., 0], axis=1, append=0))
    truth = drawing.truth
    maps = {
        "truth": truth.astype(float),
        "blurred": truth + 0.02,
        "edges": edges,
        "flat": np.ones(truth.shape),
        "random": np.random.default_rng(0).standard_normal(truth.shape),
    }
    rows = truth_agreement(maps, truth, seeds_of(28))
    value = rows.pivot_table(index="metric", columns="method", values="value")
    assert np.allclose(value["truth"], 1)
    assert (value.drop(columns=["truth", "blurred"]).max(axis=1) < 0.5).all()
    assert value.loc["truth_rank", "blurred"] == pytest.approx(1)
    assert 0.5 < value.loc["truth_mass", "blurred"] < 1
    # A flat map, all ties, has the truth's share of the face in both, and so have its shifted copies.
    area = truth.mean(axis=(1, 2))[told]
    for metric in ("truth_mass", "truth_rank"):
        flat = rows[(rows["method"] == "flat") & (rows["metric"] == metric)].iloc[np.flatnonzero(told)]
        assert np.allclose(flat["value"], area)
        assert np.allclose(flat["chance"], area)
        random = rows[(rows["method"] == "random") & (rows["metric"] == metric)].iloc[np.flatnonzero(told)]
        apart = random["value"] - random["chance"]
        assert abs(apart.mean()) < 3 * apart.std() / np.sqrt(told.sum())
    # Neutral faces have nothing to tell.
    assert rows.loc[~told[rows["row"]], "value"].isna().all()
    assert not told.all()


def test_maps_of_other_faces_are_refused_and_negative_ones_have_no_figure():
    truth = np.zeros((2, *SIZE), bool)
    truth[:, :3] = True
    with pytest.raises(InputError, match="a: received maps of shape"):
        truth_agreement({"a": noise(3)}, truth, seeds_of(2))
    assert truth_agreement({"a": -np.ones((2, *SIZE))}, truth, seeds_of(2))["value"].isna().all()
