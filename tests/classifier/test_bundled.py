"""Bundled classifiers by name, and models in half precision."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from fer_xai import list_classifiers, load_classifier
from fer_xai.classifier.bundled import model_path
from fer_xai.classifier.saving import halve
from fer_xai.errors import InputError
from tests.stubs import batch_norm


def test_every_bundled_classifier_opens_by_name_and_has_a_small_file_and_a_card():
    for name in list_classifiers():
        path = model_path(name)
        assert load_classifier(name).name == name
        assert path.stat().st_size <= 5e6
        assert "PrivateTest" in path.with_suffix(".md").read_text()


def test_without_a_name_the_first_one_is_meant():
    assert model_path(None) == model_path(list_classifiers()[0])


def test_a_file_of_ones_own_goes_before_a_bundled_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(model_path("compact").parent, tmp_path / "compact")
    assert not model_path("compact").is_absolute()


def test_a_wrong_name_is_one_line():
    said = r"no model at compcat; did you mean 'compact'\? give .* a bundled one by name \(compact or baseline-cnn\)"
    with pytest.raises(InputError, match=said):
        load_classifier("compcat")


def test_half_precision_rounds_weights_and_nothing_else(tmp_path):
    path = tmp_path / "m.keras"
    model = batch_norm()
    model.save(path)
    size = path.stat().st_size
    halve(path)
    reopened = load_classifier(path).model
    assert path.stat().st_size < size
    for before, after in zip(model.weights, reopened.weights, strict=True):
        assert after.dtype == "float32"
        np.testing.assert_array_equal(after.numpy(), before.numpy().astype(np.float16).astype(np.float32))
    content = path.read_bytes()
    halve(path)
    assert path.read_bytes() == content


def test_what_cannot_be_halved_is_left_as_it_was(tmp_path):
    path = tmp_path / "m.keras"
    path.write_bytes(b"no model")
    with pytest.raises(InputError, match="weights cannot be halved"):
        halve(path)
    assert path.read_bytes() == b"no model"
    model = batch_norm()
    model.weights[0].assign(model.weights[0] * 0 + 1e6)
    model.save(path)
    content = path.read_bytes()
    with pytest.raises(InputError, match="too large"):
        halve(path)
    assert path.read_bytes() == content
    assert [found.name for found in tmp_path.iterdir()] == ["m.keras"]


def test_of_a_bundled_classifier_nothing_is_remembered_and_nothing_assumed():
    path = model_path("compact")
    before = sorted(path.parent.iterdir())
    assert load_classifier("compact", scaling="tf").scaling == "tf"
    assert sorted(path.parent.iterdir()) == before
    again = load_classifier("compact")
    assert (again.scaling, again.assumed) == ("unit", ())


def test_what_nobody_said_of_ones_own_model_is_assumed(tmp_path, stub_model):
    path = tmp_path / "own.keras"
    stub_model.save(path)
    assert load_classifier(path).assumed == ("scaling", "emotions")
    assert load_classifier(stub_model, scaling="tf").assumed == ("emotions",)
    load_classifier(path, scaling="unit", emotions="fer2013")
    opened = load_classifier(path)
    assert opened.assumed == ()
    assert "assumed" not in opened.describe()
    assert load_classifier(stub_model).describe()["assumed"] == ["scaling", "emotions"]
