"""Train a recipe: phase after phase, one epoch at a time, so that a killed run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fer_xai.atomic import partial_file
from fer_xai.lock import only_writer
from fer_xai.training.backbone_weights import fill_backbone
from fer_xai.training.balance import class_weights, oversample
from fer_xai.training.checkpoints import Checkpoints, Row
from fer_xai.training.recipe import Phase, Recipe
from fer_xai.training.schedules import better
from fer_xai.training.unfreezing import share_unfrozen, unfreeze

Split = tuple[np.ndarray, np.ndarray]
Track = Callable[[str, int, int], None]


def fit(
    recipe: Recipe,
    train: Split,
    validation: Split,
    out: Path,
    seed: int = 0,
    precision: str = "float32",
    backbone_weights: str = "none",
    report: Callable[[str], None] = print,
    track: Track | None = None,
) -> list[Row]:
    """Train `recipe` and write the best epoch to `out`.

    After each epoch the weights and the optimizer are kept; the same call after a kill goes on from there with the
    same shuffles and the same random changes, and the history becomes the same to the last digit.

    Parameters
    ----------
    recipe : Recipe
        Not one with members: those are trained one by one.
    train, validation : tuple of ndarray
        Faces (N, 48, 48, 1) uint8 and class indices (N,) in the recipe's emotion order.
    out : Path
        The ``.keras`` file to write.
    seed : int
        Seeds weights, shuffles and augmentation.
    precision : str
        Keras dtype policy of the training pass, e.g. ``"mixed_bfloat16"``; the file is float32 always.
    backbone_weights : str
        See `fer_xai.training.backbone_weights.fill_backbone`.
    report : callable
        Receives one line of JSON per epoch.
    track : callable, optional
        ``track(what, done, total)`` after each batch and epoch.

    Returns
    -------
    list of dict
        One row per epoch: ``epoch, phase, unfrozen, learning_rate, accuracy, loss, val_loss, val_accuracy``; also in
        ``OUT.history.csv``.

    Raises
    ------
    InputError
        If `out` belongs to another run or is being written by one, what a run left is damaged, or there are no weights
        for the backbone.
    """
    settings = _settings(recipe, train, validation, seed, precision, backbone_weights)
    with only_writer(out.with_name(f".{out.name}.lock"), out):
        checkpoints = Checkpoints(out, settings, recipe.watch)
        if not checkpoints.exported:
            net = _net(recipe, seed, precision)
            if recipe.backbone is not None and not checkpoints.history:
                fill_backbone(net, recipe.backbone, backbone_weights)
            checkpoints.begin()
            _Run(recipe, net, train, validation, seed, checkpoints, report, track).go()
            checkpoints.load_best(net)
            _export(recipe, net, out)
        checkpoints.finish()
    return checkpoints.history


class _Run:
    """The loop over epochs."""

    def __init__(
        self,
        recipe: Recipe,
        net: keras.Model,
        train: Split,
        validation: Split,
        seed: int,
        checkpoints: Checkpoints,
        report: Callable[[str], None],
        track: Track | None,
    ) -> None:
        self.recipe, self.net, self.seed, self.checkpoints = recipe, net, seed, checkpoints
        self.report, self.track = report, track
        classes = len(recipe.emotions)
        self.faces, self.labels = train
        self.targets = keras.utils.to_categorical(train[1], classes)
        self.validation = (validation[0], keras.utils.to_categorical(validation[1], classes))
        self.weights = class_weights(train[1], classes) if recipe.balance == "class weights" else None
        self.steps = -(-len(self._order(0)) // recipe.batch_size)
        augment = [recipe.augment(seed)] if recipe.augment else []
        self.model = keras.Sequential([keras.layers.Rescaling(1 / 255, dtype="float32"), *augment, net])
        self.model.build((None, *net.input_shape[1:]))
        watcher = keras.callbacks.LambdaCallback(on_train_batch_end=self._batch_done)
        self._callbacks = [] if track is None else [watcher]
        self._compiled: tuple[int, float] | None = None

    def go(self) -> None:
        """All epochs that are left."""
        history = self.checkpoints.history
        if history:
            last = history[-1]
            place = sum(row["phase"] == last["phase"] for row in history) - 1
            self._compile(int(last["phase"]), place)
            self.checkpoints.load(self.model)
        while (following := next_epoch(self.recipe, history)) is not None:
            phase, place = following
            started = time.monotonic()
            rate = self._compile(phase, place)
            row = {"epoch": len(history), "phase": phase, "unfrozen": self._unfrozen(phase, place)}
            row |= {"learning_rate": rate} | self._epoch(len(history))
            self.checkpoints.save(self.model, self.net, row, round(time.monotonic() - started, 1))
            self.report(json.dumps(row))
            self._tell("epochs", len(history), sum(phase.epochs for phase in self.recipe.phases))

    def _unfrozen(self, phase: int, place: int) -> float:
        return round(share_unfrozen(self.recipe.phases[phase], place), 4)

    def _compile(self, number: int, place: int) -> float:
        """Make ready for epoch `place` of a phase, with a fresh optimizer where other layers begin to learn."""
        phase = self.recipe.phases[number]
        rows = [row for row in self.checkpoints.history if row["phase"] == number][:place]
        rate = phase.schedule.rate(phase.learning_rate, rows, phase.epochs, self.steps)
        layers = (number, self._unfrozen(number, place))
        if self._compiled != layers:
            unfreeze(self.net, self.recipe, phase, place)
            loss = self.recipe.loss.build(self.recipe.emotions)
            self.model.compile(self.recipe.optimizer(rate), loss, metrics=["accuracy"], jit_compile=False)
            self.model.optimizer.build(self.model.trainable_variables)
            self._compiled = layers
        if isinstance(rate, float):
            self.model.optimizer.learning_rate = rate
            return rate
        return float(rate(place * self.steps))

    def _order(self, epoch: int) -> np.ndarray:
        rng = np.random.default_rng([self.seed, epoch])
        places = oversample(self.labels, rng) if self.recipe.balance == "oversampling" else np.arange(len(self.labels))
        return rng.permutation(places)

    def _epoch(self, epoch: int) -> Row:
        reseed(self.model, self.seed, epoch)
        order = self._order(epoch)
        fitted = self.model.fit(
            self.faces[order],
            self.targets[order],
            batch_size=self.recipe.batch_size,
            shuffle=False,
            verbose=0,
            class_weight=self.weights,
            callbacks=self._callbacks,
        ).history
        loss, accuracy = self.model.evaluate(*self.validation, batch_size=256, verbose=0)
        measured = {name: float(fitted[name][-1]) for name in ("accuracy", "loss")}
        return {**measured, "val_loss": float(loss), "val_accuracy": float(accuracy)}

    def _batch_done(self, batch: int, logs: Any) -> None:
        self._tell("batches of this epoch", batch + 1, self.steps)

    def _tell(self, what: str, done: int, total: int) -> None:
        if self.track is not None:
            self.track(what, done, total)


def next_epoch(recipe: Recipe, history: list[Row]) -> tuple[int, int] | None:
    """The phase, and the place within it, of the epoch that follows `history`; `None` where training is over."""
    number = int(history[-1]["phase"]) if history else 0
    rows = [row for row in history if row["phase"] == number]
    if _is_over(recipe.phases[number], rows, recipe.watch):
        number, rows = number + 1, []
    return (number, len(rows)) if number < len(recipe.phases) else None


def _is_over(phase: Phase, rows: list[Row], watch: str) -> bool:
    if len(rows) >= phase.epochs:
        return True
    if phase.patience is None or not rows:
        return False
    best = 0
    for place, row in enumerate(rows):
        best = place if better(watch, row[watch], rows[best][watch]) else best
    return len(rows) - 1 - best >= phase.patience


def reseed(model: keras.Model, seed: int, epoch: int) -> None:
    """Start every random layer's stream anew, since weight files do not hold all of their states."""
    for number, layer in enumerate(model._flatten_layers(include_self=False)):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign(np.random.SeedSequence([seed, epoch, number]).generate_state(2))


def _net(recipe: Recipe, seed: int, precision: str) -> keras.Model:
    keras.utils.set_random_seed(seed)
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        return recipe.build(len(recipe.emotions))
    finally:
        keras.config.set_dtype_policy(policy)


def _settings(
    recipe: Recipe, train: Split, validation: Split, seed: int, precision: str, backbone_weights: str
) -> dict[str, Any]:
    """What makes a run the run it is; two runs with the same settings have the same history."""
    faces = hashlib.sha256()
    for array in (*train, *validation):
        faces.update(np.ascontiguousarray(array).tobytes())
    return {
        "recipe": recipe.name,
        "seed": seed,
        "phases": [repr(phase) for phase in recipe.phases],
        "watch": recipe.watch,
        "batch_size": recipe.batch_size,
        "loss": repr(recipe.loss),
        "balance": recipe.balance,
        "emotions": list(recipe.emotions),
        "faces": f"{len(train[0])} + {len(validation[0])}, {faces.hexdigest()[:16]}",
        "precision": precision,
        "backbone_weights": backbone_weights if recipe.backbone is not None else None,
    }


def _export(recipe: Recipe, net: keras.Model, out: Path) -> None:
    plain = recipe.build(len(recipe.emotions))
    plain.set_weights(net.get_weights())
    with partial_file(out, ".keras") as partial:
        plain.save(partial)
