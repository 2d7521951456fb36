"""Every recipe: builds, has the weights it states, takes a training step, and is the same net after saving."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
import numpy as np
import pytest

from fer_xai.classifier import load_classifier
from fer_xai.training.augmentation import RandomPose
from fer_xai.training.ensemble import member_recipes
from fer_xai.training.recipe import Recipe, list_recipes
from fer_xai.training.recipes import recipe_names
from fer_xai.training.unfreezing import unfreeze

RECIPES = list_recipes()


def nets() -> list[Recipe]:
    """One recipe for each net: several differ in their settings, or in how many emotions they tell apart, only."""
    chosen: dict[Any, Recipe] = {}
    for recipe in RECIPES.values():
        arguments = getattr(recipe.build, "keywords", {})
        told = tuple(sorted((key, value) for key, value in arguments.items() if key != "name"))
        chosen.setdefault((getattr(recipe.build, "func", recipe.build), told), recipe)
    return list(chosen.values())


@pytest.mark.parametrize("recipe", nets(), ids=lambda recipe: recipe.name)
def test_a_net_builds_learns_and_reloads(recipe, tmp_path, sample_images):
    keras.utils.set_random_seed(0)
    net = recipe.build(len(recipe.emotions))
    assert net.count_params() == recipe.parameters
    faces = sample_images[:2]
    targets = np.eye(len(recipe.emotions), dtype=np.float32)[[0, 1]]
    # Members of an ensemble are trained one by one.
    assert recipe.members or one_step(net, recipe, faces, targets), "a training step changed nothing"
    path = tmp_path / "m.keras"
    net.save(path)
    # Loaded as a file from a stranger: whatever needs trust would be refused.
    again = load_classifier(path, emotions=recipe.emotions).model
    expected, answers = (np.asarray(some(faces, training=False)) for some in (net, again))
    assert np.array_equal(answers, expected)
    assert expected.sum(axis=1) == pytest.approx(1, abs=1e-4)


def one_step(net: keras.Model, recipe: Recipe, faces: np.ndarray, targets: np.ndarray) -> bool:
    """Whether one step of the recipe's first phase moves its last layer's weights, with a finite loss."""
    phase = recipe.phases[0]
    unfreeze(net, recipe, phase, 0)
    net.compile(recipe.optimizer(phase.learning_rate), recipe.loss.build(recipe.emotions), jit_compile=False)
    before = [np.asarray(weight) for weight in net.trainable_weights[-2:]]
    assert np.isfinite(net.train_on_batch(faces, targets))
    return any(not np.array_equal(old, new) for old, new in zip(before, net.trainable_weights[-2:], strict=True))


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)
def test_a_recipe_says_what_it_is(recipe):
    assert recipe.document
    assert recipe.parameters
    assert set(recipe.reported.recalls) <= set(recipe.emotions)
    recipe.loss.build(recipe.emotions)
    if recipe.document != "fer-xai's own":
        assert recipe.choices


def test_the_documents_systems_are_all_there():
    assert len(RECIPES) >= 25
    counted = dict.fromkeys(("LIME", "Six-arch", "Feature", "Network", "Saliency"), 0)
    for recipe in RECIPES.values():
        for document in counted:
            counted[document] += recipe.document.startswith(document)
    assert counted == {"LIME": 5, "Six-arch": 6, "Feature": 8, "Network": 8, "Saliency": 3}


def test_the_baseline_has_the_documents_number_of_weights():
    assert RECIPES["app-baseline-cnn"].build(7).count_params() == 1_199_495


def test_documents_figures_are_the_documents():
    tests = {name: recipe.reported.test for name, recipe in RECIPES.items() if name.startswith("six-")}
    assert tests == {"six-m1": 0.55, "six-m2": 0.53, "six-m3": 0.56, "six-m4": 0.61, "six-m5": 0.59, "six-m6": 0.59}
    assert RECIPES["six-m4"].emotions == ("angry", "fear", "happy", "sad", "surprise", "neutral")
    assert RECIPES["six-m6"].reported.recalls["happy"] == 0.83
    alpha = RECIPES["lime-vgg16-focal"].loss.alpha
    assert (alpha["contempt"], alpha["neutral"], alpha["angry"]) == (3.0, 0.05, 0.3)


def test_an_ensembles_members_are_recipes_that_agree_on_emotions():
    recipe = RECIPES["features-ensemble"]
    assert [member.name for member in member_recipes(recipe)] == list(recipe.members)


def test_the_average_is_the_mean_of_its_members(sample_images):
    recipe = RECIPES["features-ensemble"]
    small = dataclasses.replace(recipe, members=recipe.members[:2])
    nets = [member.build(7) for member in member_recipes(small)]
    face = keras.layers.Input((48, 48, 1))
    both = keras.Model(face, keras.layers.Average()([net(face) for net in nets]))
    answers = [np.asarray(net(sample_images, training=False)) for net in nets]
    assert np.asarray(both(sample_images)) == pytest.approx(np.mean(answers, axis=0), abs=1e-6)


def test_the_bundled_file_is_the_compact_recipes_net():
    bundled, recipe = load_classifier(), RECIPES["compact"]
    assert [w.shape for w in bundled.model.weights] == [w.shape for w in recipe.build(7).weights]
    assert bundled.emotions == recipe.emotions


def test_augmentation_keeps_faces_in_range_and_changes_training_only():
    faces = np.random.default_rng(0).uniform(size=(5, 16, 16, 1)).astype(np.float32)
    layer = RandomPose(seed=1)
    assert np.array_equal(np.asarray(layer(faces, training=False)), faces)
    changed = np.asarray(layer(faces, training=True))
    assert changed.shape == faces.shape
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert not np.allclose(changed, faces)


def test_recipes_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        RECIPES["compact"].phases = ()  # type: ignore[misc]


def test_names_are_known_without_loading_recipes():
    assert recipe_names() == list(RECIPES)
