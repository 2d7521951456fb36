"""What `fer-xai explain` remarks of a map that a reader might misread."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest

explaining = import_module("fer_xai.cli.explain")


@pytest.mark.parametrize(
    ("details", "remarks"),
    [
        ({"grid": [3, 3], "layer": "vgg16/block5_conv3"}, 1),
        ({"grid": [7, 4], "layer": "top"}, 1),
        ({"grid": [5, 5], "layer": "top"}, 0),
        ({}, 0),
    ],
)
def test_a_layer_of_few_cells_is_told(monkeypatch: pytest.MonkeyPatch, details: dict, remarks: int):
    told: list[str] = []
    monkeypatch.setattr(explaining, "remark", told.append)
    explaining._tell_what_is_coarse(SimpleNamespace(method="gradcam", details=details))
    assert len(told) == remarks
    for remark in told:
        rows, columns = details["grid"]
        assert f"layer {details['layer']} sees the face as {rows}×{columns} blocks" in remark
        assert "--option layer=NAME" in remark
