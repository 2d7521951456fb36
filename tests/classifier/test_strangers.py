"""Model files made to do harm: each is refused in one line before anything in it is built, read or unpacked.

What a Lambda layer does is held by ``test_load.py`` and ``test_keras_2.py``; here is what else a file can try.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from fer_xai.classifier import load_classifier
from fer_xai.cli.opening import open_classifier
from fer_xai.errors import InputError


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same small classifier as ``m.keras`` and ``m.h5``."""
    import keras
    from keras import layers

    inputs = layers.Input((8, 8, 1))
    x = layers.Dense(7, activation="softmax")(layers.Flatten()(layers.Conv2D(2, 3, activation="relu")(inputs)))
    model = keras.Model(inputs, x)
    folder = tmp_path_factory.mktemp("honest")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras calls .h5 legacy
        model.save(folder / "m.keras")
        model.save(folder / "m.h5")
    return folder


def parts(path: Path) -> dict[str, bytes]:
    """What lies in an archive."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, files: dict[str, bytes], **options: Any) -> Path:
    """An archive of these files."""
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def refused(path: Path, said: str) -> None:
    """It is refused in one line, and nothing appeared beside it."""
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(InputError, match=said) as refusal:
        load_classifier(path)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 800
    assert sorted(path.parent.rglob("*")) == before


def changed(honest: Path, place: Path, change: Callable[[dict[str, Any]], None], suffix: str = ".keras") -> Path:
    """The honest model with another configuration."""
    path = place / f"hostile{suffix}"
    if suffix == ".keras":
        files = parts(honest / "m.keras")
        config = json.loads(files["config.json"])
        change(config)
        return packed(path, {**files, "config.json": json.dumps(config).encode()})
    path.write_bytes((honest / "m.h5").read_bytes())
    with h5py.File(path, "a") as file:
        config = json.loads(file.attrs["model_config"])
        change(config)
        file.attrs["model_config"] = json.dumps(config)
    return path


def layer(config: dict[str, Any], kind: str) -> dict[str, Any]:
    """The first layer of a class in a configuration."""
    return next(one for one in config["config"]["layers"] if one["class_name"] == kind)


def function(name: str, module: str, registered: str | None = None) -> dict[str, Any]:
    """How Keras writes a function down."""
    return {"module": module, "class_name": "function", "config": name, "registered_name": registered or name}


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    "named",
    [
        function("system", "os"),
        function("system", "os", "fer_xai>Clahe"),
        function("eval", "builtins"),
        function("exec", "builtins", "relu"),
        function("__import__", "builtins"),
        function("load_model", "keras.models"),
        function("get_file", "keras.utils"),
        function("load_model", "keras.saving"),
        function("func_load", "keras.src.utils.python_utils"),
        function("import_module", "importlib"),
        {"module": "keras.models", "class_name": "load_model", "config": {}, "registered_name": None},
        {"module": "keras.layers", "class_name": "deserialize", "config": {}, "registered_name": None},
        {"module": "builtins", "class_name": "eval", "config": {}, "registered_name": None},
        {"module": "subprocess", "class_name": "Popen", "config": {"args": ["true"]}, "registered_name": "Popen"},
        {"module": "fer_xai.atomic", "class_name": "write_bytes", "config": {}, "registered_name": None},
    ],
)
def test_a_function_or_class_that_is_no_part_of_a_layer(honest, tmp_path, named, suffix):
    def change(config: dict[str, Any]) -> None:
        layer(config, "Dense")["config"]["activation"] = named

    refused(changed(honest, tmp_path, change, suffix), "--trust-model")


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("kind", ["TextVectorization", "StringLookup", "IntegerLookup"])
def test_a_layer_that_reads_another_file(honest, tmp_path, kind, suffix):
    """Their vocabulary may be the path of any file of this machine, or an address."""

    def change(config: dict[str, Any]) -> None:
        found = layer(config, "Flatten")
        found["class_name"], found["config"]["vocabulary"] = kind, "/etc/passwd"

    refused(changed(honest, tmp_path, change, suffix), f"{kind} layer.*--trust-model")


def test_an_archive_whose_parts_climb_out_of_it(honest, tmp_path):
    files = parts(honest / "m.keras")
    for name in ("../climbed", "assets/../../climbed", "/tmp/climbed", "assets\\..\\climbed", "C:climbed"):
        refused(packed(tmp_path / "climbing.keras", {**files, name: b"x"}), "climb")
    assert not (tmp_path.parent / "climbed").exists()


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5", "assets/zeros"])
def test_an_archive_that_unpacks_to_a_thousand_times_its_size(honest, tmp_path, name):
    files = parts(honest / "m.keras")
    path = packed(tmp_path / "bomb.keras", {**files, name: bytes(200 * 2**20)}, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2**20
    refused(path, "unpacks to")


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_an_archive_that_lacks_a_part(honest, tmp_path, name):
    files = parts(honest / "m.keras")
    del files[name]
    refused(packed(tmp_path / "lacking.keras", files), "cannot be read")


def test_weights_that_are_a_pickle_are_not_unpickled(honest, tmp_path):
    class Harm:
        def __reduce__(self) -> Any:
            return Path.touch, (tmp_path / "ran",)

    files, weights = parts(honest / "m.keras"), io.BytesIO()
    np.savez(weights, **{"__metadata__": np.array([Harm()], dtype=object)})
    del files["model.weights.h5"]
    path = packed(tmp_path / "pickled.keras", {**files, "model.weights.npz": weights.getvalue()})
    refused(path, "cannot be read")
    refused(packed(tmp_path / "pickle.keras", {**files, "model.weights.h5": weights.getvalue()}), "cannot be read")
    assert not (tmp_path / "ran").exists()


def hostile_weights(path: Path, change: Callable[[h5py.Group], None]) -> Path:
    """The weights of the first convolution made into something else."""
    with h5py.File(path, "a") as file:
        found: list[str] = []
        file.visititems(lambda name, item: found.append(name) if getattr(item, "shape", ()) == (3, 3, 1, 2) else None)
        group, name = file[found[0]].parent, found[0].rpartition("/")[2]
        del group[name]
        change(group, name)
    return path


def elsewhere(place: Path) -> Path:
    """Another HDF5 file of this machine, and its raw bytes."""
    path = place / "secret.h5"
    with h5py.File(path, "w") as file:
        file["secret"] = np.ones((3, 3, 1, 2), np.float32)
    return path


def _link(group: h5py.Group, name: str, secret: Path) -> None:
    group[name] = h5py.ExternalLink(str(secret), "/secret")


def _raw(group: h5py.Group, name: str, secret: Path) -> None:
    group.create_dataset(name, (3, 3, 1, 2), np.float32, external=[(str(secret), 0, 72)])


def _virtual(group: h5py.Group, name: str, secret: Path) -> None:
    layout = h5py.VirtualLayout((3, 3, 1, 2), np.float32)
    layout[:] = h5py.VirtualSource(str(secret), "secret", (3, 3, 1, 2))
    group.create_virtual_dataset(name, layout)


def _endless(group: h5py.Group, name: str, secret: Path) -> None:
    group.create_dataset(name, (2**20, 2**20), np.float32, chunks=(1024, 1024))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    ("harm", "said"),
    [(_link, "another file"), (_raw, "another file"), (_virtual, "another file"), (_endless, "unpack")],
)
def test_weights_that_lie_in_another_file_or_never_end(honest, tmp_path, harm, said, suffix):
    folder = tmp_path / "made"
    folder.mkdir()
    secret = elsewhere(folder)
    path = folder / f"reaching{suffix}"
    if suffix == ".h5":
        path.write_bytes((honest / "m.h5").read_bytes())
        hostile_weights(path, lambda group, name: harm(group, name, secret))
    else:
        files = parts(honest / "m.keras")
        inner = folder / "model.weights.h5"
        inner.write_bytes(files["model.weights.h5"])
        hostile_weights(inner, lambda group, name: harm(group, name, secret))
        packed(path, {**files, "model.weights.h5": inner.read_bytes()})
    refused(path, said)
    with pytest.raises(InputError, match=said):
        load_classifier(path, builder=lambda: None)


def test_a_configuration_nested_without_end(honest, tmp_path):
    deep = b'{"class_name": "Sequential", "config": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    refused(packed(tmp_path / "deep.keras", {**parts(honest / "m.keras"), "config.json": deep}), "nested|deep")


def test_an_archive_that_is_locked(honest, tmp_path):
    content = bytearray((honest / "m.keras").read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := content.find(signature, place + 1)) >= 0:
            content[place + at] |= 1
    path = tmp_path / "locked.keras"
    path.write_bytes(content)
    refused(path, "cannot be read")


def test_what_a_trusted_file_will_run_is_told(honest, tmp_path, capsys):
    def change(config: dict[str, Any]) -> None:
        layer(config, "Flatten")["class_name"] = "Lambda"

    path = changed(honest, tmp_path, change)
    with pytest.raises(InputError):
        open_classifier(path, trust_model=True)
    assert f"trusted, and may do whatever you may: {path} holds a Lambda layer" in capsys.readouterr().err
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        open_classifier(honest / "m.keras", trust_model=True)
    assert "trusted" not in capsys.readouterr().err


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_the_honest_one_opens(honest, suffix):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(load_classifier(honest / f"m{suffix}").emotions) == 7
