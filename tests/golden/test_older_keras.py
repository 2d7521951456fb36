"""The bundled files hold nothing that the oldest Keras of the range in ``pyproject.toml`` does not know."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from fer_xai import list_classifiers
from fer_xai.classifier.bundled import model_path

# Arguments that Keras wrote into every file since, at their defaults: older versions refuse files that have them.
_NEW = {"input_axes", "output_axes", "quantization_config", "renorm", "renorm_clipping", "renorm_momentum"}


@pytest.mark.parametrize("name", list_classifiers())
def test_a_bundled_file_can_be_read_by_older_keras(name: str) -> None:
    with zipfile.ZipFile(model_path(name)) as archive:
        config = json.loads(archive.read("config.json"))
    assert not _NEW & set(_keys(config))


def _keys(value: Any) -> Iterator[str]:
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(inner)
    if isinstance(value, dict):
        yield from value
