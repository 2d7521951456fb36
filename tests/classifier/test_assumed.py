"""What nobody said of a model is said by the library, once."""

from __future__ import annotations

import logging
from pathlib import Path

import keras
import pytest

from fer_xai import load_classifier
from fer_xai.classifier.assumed import LOGGER
from fer_xai.classifier.bundled import WEIGHTS, list_classifiers
from tests.stubs import STUBS


def test_what_is_assumed_of_a_file_is_logged_with_the_way_to_find_it_out(tmp_path: Path, caplog):
    path = tmp_path / "own.keras"
    STUBS["softmax_in_dense"]().save(path)
    with caplog.at_level(logging.WARNING, LOGGER):
        classifier = load_classifier(path)
    (line,) = caplog.messages
    assert line.startswith("assumed of own.keras: scaling unit, emotions angry disgust fear")
    assert line.endswith(f"Say what training did, or find out from labelled faces: fer-xai inspect {path} --data FACES")
    assert "scaling unit (assumed), 7 emotions (assumed)" in repr(classifier)


def test_a_model_in_memory_is_spoken_of_once_and_not_where_all_was_said(caplog):
    model = STUBS["softmax_in_dense"]()
    with caplog.at_level(logging.WARNING, LOGGER):
        load_classifier(STUBS["softmax_in_dense"](), scaling="unit", emotions="fer2013")
        load_classifier("compact")
        assert caplog.messages == []
        for _ in range(2):
            load_classifier(model, emotions="fer2013")
    assert caplog.messages == [f"assumed of {model.name}: scaling unit. Say what training did"]


@pytest.mark.parametrize(("name", "usual"), [("vgg16", "caffe"), ("resnet50v2_1", "tf"), ("own", None)])
def test_a_backbone_of_keras_is_said_to_be_scaled_otherwise(name, usual, caplog):
    inside = keras.Sequential([keras.layers.Input((48, 48, 3)), keras.layers.Conv2D(4, 3)], name=name)
    head = [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(7, activation="softmax")]
    model = keras.Sequential([inside, *head])
    with caplog.at_level(logging.WARNING, LOGGER):
        load_classifier(model, emotions="fer2013")
    said = f" Its {name.removesuffix('_1')}, if it is Keras's, is usually given scaling {usual}."
    assert (said in caplog.text) == (usual is not None)
    assert ("usually" in caplog.text) == (usual is not None)


def test_the_bundled_ones_are_known_by_their_weights():
    assert {load_classifier(name).describe()["sha256"] for name in list_classifiers()} == set(WEIGHTS)
