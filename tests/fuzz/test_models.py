"""Model files with damaged bytes: each is refused in one line or opens as a classifier."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_xai.classifier import load_classifier
from tests.fuzz.mutations import damaged
from tests.fuzz.outcome import cases, tried


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all cases of this file."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The smallest classifier, in both formats."""
    import keras
    from keras import layers

    inputs = layers.Input((8, 8, 1))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3, activation="relu")(inputs))
    model = keras.Model(inputs, layers.Dense(7, activation="softmax")(x))
    folder = tmp_path_factory.mktemp("whole")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras calls .h5 legacy
        for name in ("m.keras", "m.h5"):
            model.save(folder / name)
    return {name: (folder / f"m{name}").read_bytes() for name in (".keras", ".h5")}


def _open(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a damaged optimizer or date may be warned of; what matters is the outcome
        load_classifier(path)


@given(st.data())
@cases(15)
def test_a_damaged_file(place, whole, data):
    suffix = data.draw(st.sampled_from((".keras", ".h5")))
    path = place / f"bytes{suffix}"
    path.write_bytes(data.draw(damaged(whole[suffix])))
    tried(f"model files, {suffix}", lambda: _open(path), place)


@given(st.data())
@cases(15)
def test_a_damaged_part_of_an_archive(place, whole, data):
    """The archive itself is sound, so that the damage reaches what lies in it."""
    path = place / "part.keras"
    with zipfile.ZipFile(io.BytesIO(whole[".keras"])) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    hurt = data.draw(st.sampled_from(sorted(files)))
    files[hurt] = data.draw(damaged(files[hurt]))
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    tried("model files, .keras", lambda: _open(path), place)
