"""Train a recipe: one epoch at a time, so that a killed run goes on where it stopped."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fer_xai.training.recipe import Recipe

Split = tuple[np.ndarray, np.ndarray]


def fit(
    recipe: Recipe,
    train: Split,
    validation: Split,
    out: Path,
    seed: int = 0,
    precision: str = "float32",
    report: Callable[[str], None] = print,
) -> list[dict[str, float]]:
    """Train `recipe` and write the epoch with the best validation accuracy to `out`.

    After each epoch the weights, the optimizer and the random state go to ``OUT.training/``; the same call
    after a kill goes on from there with the same shuffles and the same random changes.

    Parameters
    ----------
    recipe : Recipe
    train, validation : tuple of ndarray
        Faces (N, H, W, 1) uint8 and class indices (N,) in the recipe's emotion order.
    out : Path
        The ``.keras`` file to write.
    seed : int
        Seeds weights, shuffles and augmentation.
    precision : str
        Keras dtype policy of the training pass, e.g. ``"mixed_bfloat16"``; the file is float32 always.
    report : callable
        Receives one line per epoch.

    Returns
    -------
    list of dict
        One row per epoch: ``epoch, seconds, loss, accuracy, val_loss, val_accuracy``.
    """
    folder = out.with_name(out.name + ".training")
    folder.mkdir(parents=True, exist_ok=True)
    model, net = _trainable(recipe, len(train[0]), seed, precision)
    history = _resume(model, folder)
    targets = [keras.utils.to_categorical(labels, len(recipe.emotions)) for labels in (train[1], validation[1])]
    while len(history) < recipe.epochs and not _stalled(history, recipe.patience):
        epoch, started = len(history), time.monotonic()
        _reseed(model, seed, epoch)
        order = np.random.default_rng([seed, epoch]).permutation(len(train[0]))
        fitted = model.fit(
            train[0][order], targets[0][order], batch_size=recipe.batch_size, shuffle=False, verbose=0
        ).history
        loss, accuracy = model.evaluate(validation[0], targets[1], batch_size=256, verbose=0)
        history.append(
            {"epoch": epoch, "seconds": round(time.monotonic() - started, 1)}
            | {name: float(values[-1]) for name, values in fitted.items()}
            | {"val_loss": float(loss), "val_accuracy": float(accuracy)}
        )
        _checkpoint(model, history, folder)
        report(json.dumps(history[-1]))
    model.load_weights(folder / "best.weights.h5")
    _export(recipe, net, out)
    return history


def _trainable(recipe: Recipe, faces: int, seed: int, precision: str) -> tuple[keras.Model, keras.Model]:
    keras.utils.set_random_seed(seed)
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    net = recipe.build(len(recipe.emotions))
    keras.config.set_dtype_policy(policy)
    steps = -(-faces // recipe.batch_size)
    rate: Any = keras.optimizers.schedules.CosineDecay(
        recipe.learning_rate / 20 if recipe.warmup else recipe.learning_rate,
        decay_steps=steps * (recipe.epochs - recipe.warmup),
        warmup_target=recipe.learning_rate if recipe.warmup else None,
        warmup_steps=steps * recipe.warmup,
    )
    first = [layer for layer in [recipe.augment and recipe.augment(seed)] if layer]
    model = keras.Sequential([keras.layers.Rescaling(1 / 255, dtype="float32"), *first, net])
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay),
        keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=["accuracy"],
    )
    model.build((None, *net.input_shape[1:]))
    model.optimizer.build(model.trainable_variables)
    return model, net


def _reseed(model: keras.Model, seed: int, epoch: int) -> None:
    """Start every random layer's stream anew, since weight files do not hold all of their states."""
    for number, layer in enumerate(model._flatten_layers(include_self=False)):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign(np.random.SeedSequence([seed, epoch, number]).generate_state(2))


def _resume(model: keras.Model, folder: Path) -> list[dict[str, float]]:
    state = folder / "history.json"
    if not state.exists():
        return []
    history: list[dict[str, float]] = json.loads(state.read_text())
    model.load_weights(folder / f"epoch-{len(history) - 1}.weights.h5")
    return history


def _checkpoint(model: keras.Model, history: list[dict[str, float]], folder: Path) -> None:
    epoch = len(history) - 1
    weights = folder / f"epoch-{epoch}.weights.h5"
    model.save_weights(weights)
    if max(history, key=lambda row: row["val_accuracy"]) is history[-1]:
        partial = folder / "partial.weights.h5"
        shutil.copyfile(weights, partial)
        os.replace(partial, folder / "best.weights.h5")
    partial = folder / "history.json.partial"
    partial.write_text(json.dumps(history, indent=1))
    os.replace(partial, folder / "history.json")
    (folder / f"epoch-{epoch - 1}.weights.h5").unlink(missing_ok=True)


def _stalled(history: list[dict[str, float]], patience: int) -> bool:
    scores = [row["val_accuracy"] for row in history]
    return bool(scores) and len(scores) - 1 - int(np.argmax(scores)) >= patience


def _export(recipe: Recipe, net: keras.Model, out: Path) -> None:
    plain = recipe.build(len(recipe.emotions))
    plain.set_weights(net.get_weights())
    partial = out.with_name("partial-" + out.name)
    plain.save(partial)
    os.replace(partial, out)
