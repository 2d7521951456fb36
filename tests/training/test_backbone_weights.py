"""A backbone's weights: every layout people have is read, every other file is refused, nothing hangs offline."""

from __future__ import annotations

import socket
import threading
import urllib.request
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from fer_xai.errors import InputError
from fer_xai.training.backbone_weights import fill_backbone
from fer_xai.training.backbones import VGG16, VGGFACE_RESNET50, Backbone
from fer_xai.training.vggface import vggface_resnet50
from tests.training.stubs import SMALL, small_backbone, transfer


def stored(top: bool, seed: int = 5) -> keras.Model:
    keras.utils.set_random_seed(seed)
    return small_backbone((48, 48, 3), include_top=top)


def legacy(model: keras.Model, path: Path, whole: bool = False, slashes: bool = False) -> Path:
    """Write weights as Keras 2 did, with the names of layers and weights in attributes."""
    with h5py.File(path, "w") as file:
        group = file.create_group("model_weights") if whole else file
        names = []
        for layer in model.layers:
            name = layer.name.replace("_bn", "/bn") if slashes else layer.name
            names.append(name)
            inner = group.require_group(name)
            weights = [*layer.trainable_weights, *layer.non_trainable_weights]
            inner.attrs["weight_names"] = [f"{name}/w{n}:0".encode() for n in range(len(weights))]
            for n, weight in enumerate(weights):
                inner[f"{name}/w{n}:0"] = np.asarray(weight)
        group.attrs["layer_names"] = [name.encode() for name in names]
    return path


def nested(model: keras.Model) -> keras.Model:
    picture = layers.Input((48, 48, 3))
    return keras.Model(picture, layers.Dense(3)(layers.Flatten()(model(layers.Rescaling(2.0)(picture)))))


def keras_weights(model: keras.Model, path: Path) -> Path:
    model.save_weights(path)
    return path


def keras_file(model: keras.Model, path: Path) -> Path:
    model.save(path)
    return path


LAYOUTS = {
    "keras 3 weights": lambda m, d: keras_weights(m, d / "a.weights.h5"),
    "keras 2 weights": lambda m, d: legacy(m, d / "a.h5"),
    "keras 2 weights, slashes": lambda m, d: legacy(m, d / "a.h5", slashes=True),
    "keras 2 whole model": lambda m, d: legacy(m, d / "a.hdf5", whole=True),
    "keras file": lambda m, d: keras_file(m, d / "a.keras"),
    "h5 file": lambda m, d: keras_file(m, d / "a.h5"),
}


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
@pytest.mark.parametrize("top", [False, True], ids=["without top", "with top"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_read(layout, top, tmp_path):
    source = stored(top)
    path = LAYOUTS[layout](source, tmp_path)
    net = transfer().build(7)
    fill_backbone(net, SMALL, str(path))
    inner = net.get_layer("small")
    for layer in inner.layers:
        for mine, theirs in (
            zip(layer.get_weights(), source.get_layer(layer.name).get_weights(), strict=True) if layer.weights else ()
        ):
            assert np.array_equal(mine, theirs), layer.name


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_backbone_inside_another_model_is_read(suffix, tmp_path):
    source = stored(top=False)
    path = keras_file(nested(source), tmp_path / f"a{suffix}")
    net = transfer().build(7)
    fill_backbone(net, SMALL, str(path))
    assert all(map(np.array_equal, net.get_layer("small").get_weights(), source.get_weights()))


def test_names_count_where_the_order_differs(tmp_path):
    source = stored(top=False)
    path = legacy(source, tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        file.attrs["layer_names"] = file.attrs["layer_names"][::-1]
    net = transfer().build(7)
    fill_backbone(net, SMALL, str(path))
    assert all(map(np.array_equal, net.get_layer("small").get_weights(), source.get_weights()))


@pytest.mark.parametrize("what", ["missing", "text", "another net", "bare h5"])
def test_what_does_not_fit_is_refused_and_changes_nothing(what, tmp_path):
    path = tmp_path / "a.h5"
    if what == "text":
        path.write_text("no weights")
    elif what == "another net":
        legacy(keras.Sequential([layers.Input((4,)), layers.Dense(3)]), path)
    elif what == "bare h5":
        h5py.File(path, "w").close()
    net = transfer().build(7)
    before = net.get_weights()
    with pytest.raises(InputError, match=r"a\.h5"):
        fill_backbone(net, SMALL, str(path))
    assert all(map(np.array_equal, net.get_weights(), before))


def test_random_weights_stay(tmp_path):
    net = transfer().build(7)
    before = net.get_weights()
    fill_backbone(net, SMALL, "none")
    assert all(map(np.array_equal, net.get_weights(), before))


DOWNLOADED = Backbone("small", small_backbone, scaling="unit")


@pytest.mark.parametrize("failure", [socket.gaierror(-2, "Name or service not known"), TimeoutError("timed out")])
def test_offline_is_one_line(monkeypatch, failure, tmp_path):
    def no_network(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(InputError, match=r"cannot be downloaded .*--backbone-weights PATH") as refusal:
        fill_backbone(transfer().build(7), DOWNLOADED, "imagenet")
    assert "\n" not in str(refusal.value)


def test_a_silent_network_is_not_waited_for(monkeypatch, tmp_path):
    forever = threading.Event()

    def silence(*_: object, **__: object) -> None:
        forever.wait()
        raise TimeoutError

    monkeypatch.setattr(urllib.request, "urlopen", silence)
    monkeypatch.setattr("fer_xai.training.backbone_weights._PATIENCE", 0.2)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    try:
        with pytest.raises(InputError, match="no answer within"):
            fill_backbone(transfer().build(7), DOWNLOADED, "imagenet")
    finally:
        forever.set()
    assert socket.getdefaulttimeout() is None


def test_vggface_has_nothing_to_download():
    with pytest.raises(InputError, match="no weights that can be downloaded"):
        fill_backbone(transfer().build(7), SMALL, "imagenet")


def test_vggface_weights_are_read_by_the_names_that_people_have(tmp_path):
    keras.utils.set_random_seed(1)
    source = vggface_resnet50((197, 197, 3))
    # In the file: conv1/7x7_s2, conv1/7x7_s2/bn, conv2_1_1x1_reduce, …
    names = {layer.name for layer in source.layers if layer.weights}
    assert {"conv1_7x7_s2", "conv1_7x7_s2_bn", "conv2_1_1x1_proj_bn", "conv5_3_1x1_increase"} <= names
    assert source.count_params() == 23_561_152
    path = legacy(source, tmp_path / "vggface.h5", slashes=True)
    keras.utils.set_random_seed(2)
    net = keras.Sequential([vggface_resnet50((197, 197, 3))])
    fill_backbone(net, VGGFACE_RESNET50, str(path))
    assert all(map(np.array_equal, net.get_weights(), source.get_weights()))


def test_the_real_vgg16_file_is_read(shared):
    net = keras.Sequential([VGG16.make(input_shape=(48, 48, 3), include_top=False, weights=None, name="vgg16")])
    path = shared / "backbones" / "vgg16_hed_notop.weights.h5"
    expected = keras.applications.VGG16(weights=str(path), include_top=False, input_shape=(48, 48, 3))
    fill_backbone(net, VGG16, str(path))
    assert all(map(np.array_equal, net.get_weights(), expected.get_weights()))
