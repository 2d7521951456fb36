"""What `fer-xai explain` remarks of a map that a reader might misread."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import keras
import pytest

from fer_xai.classifier import Classifier

explaining = import_module("fer_xai.cli.explain")


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    """A net whose layers see a face as 11×11, then as 5×5, then as 2×2 blocks."""
    side = [keras.layers.Conv2D(4, 3, strides=2, padding="same", name=f"to_{side}") for side in (11, 5, 2)]
    inner = keras.Sequential([keras.layers.Input((22, 22, 1)), side[0], keras.layers.Cropping2D(((1, 0), (1, 0)))])
    layers = [*inner.layers, side[1], keras.layers.Cropping2D(((1, 0), (1, 0))), side[2]]
    head = [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(7, activation="softmax")]
    return Classifier(keras.Sequential([keras.layers.Input((22, 22, 1)), *layers, *head]))


@pytest.mark.parametrize(
    ("details", "remarks"),
    [
        ({"grid": [3, 3], "layer": "vgg16/block5_conv3"}, 1),
        ({"grid": [7, 4], "layer": "top"}, 1),
        ({"grid": [5, 5], "layer": "top"}, 0),
        ({}, 0),
    ],
)
def test_a_layer_of_few_cells_is_told_with_one_that_is_finer(
    monkeypatch: pytest.MonkeyPatch, classifier: Classifier, details: dict, remarks: int
):
    told: list[str] = []
    monkeypatch.setattr(explaining, "remark", told.append)
    explaining._tell_what_is_coarse(SimpleNamespace(method="gradcam", details=details), classifier)
    assert len(told) == remarks
    for remark in told:
        rows, columns = details["grid"]
        assert f"layer {details['layer']} sees the face as {rows}×{columns} blocks" in remark
        assert remark.endswith(f"a finer one: --option layer={classifier.model.name}/to_5")
