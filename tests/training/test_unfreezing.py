"""Which weights move in which phase."""

from __future__ import annotations

import dataclasses
import itertools

import keras
import numpy as np

from fer_xai.training.fit import fit
from fer_xai.training.recipe import Phase
from tests.training.stubs import transfer


def trained(tmp_path, *phases: Phase) -> set[str]:
    """Names of the layers whose kernels differ from those before training, watched after the last phase."""
    recipe = transfer(*phases)
    rng = np.random.default_rng(0)
    split = rng.integers(0, 256, (16, 48, 48, 1)).astype(np.uint8), rng.integers(0, 7, 16)
    before = kernels(first_net(recipe))
    fit(recipe, split, split, tmp_path / "m.keras", report=lambda line: None)
    after = kernels(keras.saving.load_model(tmp_path / "m.keras"))
    return {name for name in before if not np.array_equal(before[name], after[name])}


def first_net(recipe) -> keras.Model:
    keras.utils.set_random_seed(0)
    return recipe.build(7)


def kernels(net: keras.Model) -> dict[str, np.ndarray]:
    layers = [*net.get_layer("small").layers, net.get_layer("logits")]
    return {layer.name: np.asarray(layer.get_weights()[0]) for layer in layers if layer.weights}


def all_epochs_count(epochs: int, **settings) -> Phase:
    # A rate so low that the last epoch is as good as any would still move weights; validation decides which is kept.
    return Phase(epochs=epochs, learning_rate=0.01, patience=None, **settings)


HEAD, FIRST, SECOND, THIRD = (
    {"logits"},
    {"conv1", "conv1_bn"},
    {"conv2", "conv2_bn"},
    {"conv3", "conv3_bn"},
)


def unfrozen_in(recipe, phase: Phase, epoch: int) -> set[str]:
    from fer_xai.training.unfreezing import unfreeze

    net = recipe.build(7)
    unfreeze(net, recipe, phase, epoch)
    layers = [*net.get_layer("small").layers, net.get_layer("logits")]
    return {layer.name for layer in layers if layer.trainable_weights}


def test_the_head_alone_moves_in_its_phase(tmp_path):
    assert trained(tmp_path, all_epochs_count(1, trainable="head")) == HEAD


def test_everything_moves_in_the_phase_for_all(tmp_path):
    assert trained(tmp_path, all_epochs_count(1)) == HEAD | FIRST | SECOND | THIRD


def test_frozen_layers_stay_but_their_batch_normalization_moves(tmp_path):
    # The input, conv1, its normalization, its ReLU and conv2 are the first five.
    moved = trained(tmp_path, all_epochs_count(1, frozen=5))
    assert moved == HEAD | {"conv1_bn", "conv2_bn"} | THIRD


def test_gradual_unfreezing_goes_from_the_head_down():
    recipe, phase = transfer(), all_epochs_count(3, trainable="gradual")
    assert unfrozen_in(recipe, phase, 0) == HEAD | THIRD
    assert unfrozen_in(recipe, phase, 1) == HEAD | THIRD | SECOND
    assert unfrozen_in(recipe, phase, 2) == HEAD | THIRD | SECOND | FIRST


def test_gradual_unfreezing_moves_what_it_says(tmp_path):
    recipe = transfer(all_epochs_count(3, trainable="gradual"))
    rng = np.random.default_rng(0)
    split = rng.integers(0, 256, (16, 48, 48, 1)).astype(np.uint8), rng.integers(0, 7, 16)
    seen: list[dict[str, np.ndarray]] = [kernels(first_net(recipe))]
    nets: list[keras.Model] = []

    def build(classes: int) -> keras.Model:
        nets.append(recipe.build(classes))
        return nets[-1]

    watched = dataclasses.replace(recipe, build=build)
    fit(watched, split, split, tmp_path / "m.keras", report=lambda line: seen.append(kernels(nets[0])))
    moved = [
        {name for name in before if not np.array_equal(before[name], after[name])}
        for before, after in itertools.pairwise(seen)
    ]
    assert moved == [HEAD | THIRD, HEAD | THIRD | SECOND, HEAD | THIRD | SECOND | FIRST]


def test_phases_follow_each_other(tmp_path):
    recipe = transfer(all_epochs_count(1, trainable="head"), all_epochs_count(1))
    rng = np.random.default_rng(0)
    split = rng.integers(0, 256, (16, 48, 48, 1)).astype(np.uint8), rng.integers(0, 7, 16)
    history = fit(recipe, split, split, tmp_path / "m.keras", report=lambda line: None)
    assert [(row["phase"], row["unfrozen"]) for row in history] == [(0, 0.0), (1, 1.0)]
