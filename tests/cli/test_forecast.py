"""A long report says so before it is waited for."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.classifier import Classifier
from fer_xai.cli import forecast
from fer_xai.explainers.registry import explainer_classes
from fer_xai.faces import Faces


def test_passes_are_those_that_a_method_states():
    known = {name: forecast.passes(cls.cost) for name, cls in explainer_classes().items()}
    assert known["occlusion"] == 121
    assert known["saliency"] == forecast.passes("1 forward, 1 backward") == 3
    assert known["shap:regions"] == 256
    assert known["integrated_gradients"] == 99
    assert min(known.values()) >= 1
    assert forecast.passes("1 forward per sample (1,000)", 5000) == 5000
    assert forecast.passes("1 forward per sample (1,000)", "auto") == 1000


def test_a_line_where_it_takes_long_and_none_where_it_does_not(stub_model, monkeypatch):
    classifier = Classifier(stub_model)
    faces = Faces.from_array(np.random.default_rng(0).random((3, 48, 48), np.float32))
    assert forecast.forecast(classifier, faces, ["saliency"], {}) is None
    monkeypatch.setattr(forecast, "LONG", 0.0)
    line = forecast.forecast(classifier, faces, ["occlusion", "saliency"], {})
    assert line is not None
    assert "3 faces, some 124 passes each" in line


@pytest.mark.parametrize(
    ("seconds", "said"), [(700, "10 minutes"), (5000, "85 minutes"), (7300, "2 hours"), (4e5, "5 days")]
)
def test_lengths_are_round(seconds, said):
    assert forecast._length(seconds) == said
