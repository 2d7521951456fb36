"""Numbers that stay: the bundled classifiers and every method on ten faces, against tables in this folder.

Tolerances, and what was measured: on TensorFlow 2.21 with other batch sizes and with oneDNN's kernels or without,
probabilities differ by less than 1e-6, sizes of maps by 2e-5 of themselves and shares of regions by 1e-5; Grad-CAM++,
which divides by sums of third powers, by 2e-3. On TensorFlow 2.19.1 with Keras 3.9.2: by their last digit.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fer_xai import list_explainers, load_classifier
from tests.golden import measure

PROBABILITY, SIZE, SHARE = 1e-5, 1e-3, 5e-4
ROUGH = {"gradcam_plus_plus": 20}  # times as much
# Another size of batch for each method in turn, so that all are tried in the time of one.
BATCHES = {method: (0, 1, 3, 7)[place % 4] for place, method in enumerate(list_explainers())}


@pytest.mark.parametrize("batch", [0, 1, 3])
@pytest.mark.parametrize("model", measure.MODELS)
def test_probabilities_stay(model: str, batch: int) -> None:
    wanted = measure.golden("probabilities").query("model == @model").drop(columns="model")
    found = measure.probabilities(load_classifier(model), measure.faces(), batch)
    assert list(found["face"]) == list(wanted["face"])
    assert list(found) == list(wanted)
    np.testing.assert_allclose(found.iloc[:, 1:], wanted.iloc[:, 1:], rtol=0, atol=PROBABILITY)


@pytest.mark.parametrize("method", list_explainers())
@pytest.mark.parametrize("model", measure.MODELS)
def test_maps_stay(model: str, method: str) -> None:
    wanted = measure.golden("attributions").query("model == @model and method == @method")
    compare(measure.attributions(load_classifier(model), measure.faces(), method, BATCHES[method]), wanted, method)


def compare(found: pd.DataFrame, wanted: pd.DataFrame, method: str) -> None:
    """Refuse rows that are not within the tolerances."""
    times = ROUGH.get(method, 1)
    regions = [column for column in wanted if column not in (*measure.KEYS, "target", "largest", "mean")]
    assert list(found[["face", "target"]].itertuples(index=False)) == list(
        wanted[["face", "target"]].itertuples(index=False)
    )
    sizes = ["largest", "mean"]
    np.testing.assert_allclose(found[sizes], wanted[sizes], rtol=times * SIZE, atol=0)
    np.testing.assert_allclose(found[regions], wanted[regions], rtol=0, atol=times * SHARE)


def test_a_change_of_a_hundredth_is_noticed() -> None:
    """The tolerances are not so wide that nothing could fail."""
    wanted = measure.golden("attributions").query("model == 'compact' and method == 'saliency'")
    found = wanted.drop(columns=["model", "method"])
    compare(found, wanted, "saliency")
    for column, change in (("largest", 1.01), ("mean", 0.99), ("mouth", 1.01)):
        with pytest.raises(AssertionError):
            compare(found.assign(**{column: found[column] * change}), wanted, "saliency")


def test_the_tables_hold_every_method_and_face() -> None:
    table = measure.golden("attributions")
    assert set(table["method"]) == set(list_explainers()), "a new method: python -m tests.golden.measure"
    assert len(table) == len(measure.MODELS) * len(list_explainers()) * len(measure.faces())
