"""What a training run leaves behind at each epoch, so that it can be killed at any moment and go on.

Beside ``M.keras`` stand ``M.history.csv``, one row per epoch and nothing that depends on the clock, and, while the run
lasts, the folder ``M.keras.training`` with the weights, the optimizer and what the run was started with. A row of the
history is written last: what has no row did not happen.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

from fer_xai.atomic import partial_file, sweep, write_bytes
from fer_xai.errors import InputError
from fer_xai.training.schedules import better

Row = dict[str, float]
_WHOLE = ("epoch", "phase")


class Checkpoints:
    """The files of one training run.

    Parameters
    ----------
    out : Path
        The ``.keras`` file that the run will write.
    settings : mapping
        What the run is started with; a run that was started with anything else is not continued.
    watch : str
        What picks the best epoch.

    Raises
    ------
    InputError
        If `out` or its history belong to another run.
    """

    def __init__(self, out: Path, settings: Mapping[str, Any], watch: str) -> None:
        self.out, self.watch = out, watch
        self.folder = out.with_name(out.name + ".training")
        self.history_file = out.with_name(out.stem + ".history.csv")
        self._settings = json.loads(json.dumps(settings))
        self.history = self._read_history()
        self._refuse_another_run()
        self.seconds = seconds_of(out)[: len(self.history)]

    def begin(self) -> None:
        """Write what the run is started with; before, nothing is written."""
        if not self.history:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_text(self.folder / "run.json", json.dumps(self._settings, indent=1, sort_keys=True))

    @property
    def exported(self) -> bool:
        """Whether the run is over and its model written."""
        return (self.folder / "done").exists() and self.out.exists()

    def load(self, model: keras.Model) -> None:
        """Bring a compiled model and its optimizer to where the last epoch left them."""
        self._load(model, self._weights(len(self.history) - 1))

    def save(self, model: keras.Model, net: keras.Model, row: Row, seconds: float) -> None:
        """Keep an epoch: its weights, the net if it is the best so far, and last its row."""
        epoch = len(self.history)
        _save_weights(model, self._weights(epoch))
        if not self.history or better(self.watch, row[self.watch], self.best[self.watch]):
            _save_weights(net, self.folder / "best.weights.h5")
        self.seconds.append(seconds)
        write_text(self.folder / "seconds.json", json.dumps(self.seconds))
        self.history.append(row)
        self._write_history()
        self._weights(epoch - 1).unlink(missing_ok=True)

    @property
    def best(self) -> Row:
        """The epoch that the model comes from."""
        return best_epoch(self.history, self.watch)

    def load_best(self, net: keras.Model) -> None:
        """Give a net of the recipe the weights of the best epoch."""
        self._load(net, self.folder / "best.weights.h5")

    def finish(self) -> None:
        """Mark the run as over, and let go of what only its continuation needs."""
        write_text(self.folder / "done", "")
        for weights in self.folder.glob("*.weights.h5"):
            weights.unlink(missing_ok=True)
        sweep(self.folder)
        for name in (self.out.name, self.history_file.name):  # its neighbours may be in the making
            sweep(self.out.parent, name, below=False)

    def _load(self, model: keras.Model, weights: Path) -> None:
        try:
            model.load_weights(weights)
        # What h5py and Keras raise on a spoiled file is not told by either.
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise self._damaged(weights) from error

    def _damaged(self, file: Path) -> InputError:
        return InputError(
            f"{file} is missing or damaged: put it back from a copy, or delete {self.folder} and {self.history_file} "
            "to train anew"
        )

    def _weights(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch}.weights.h5"

    def _refuse_another_run(self) -> None:
        if not self.out.exists() and not self.history:
            return
        begun = self.folder / "run.json"
        if not begun.exists():
            there = self.out if self.out.exists() else self.history_file
            raise InputError(f"{there} exists and was not made by this training: choose another --out")
        try:
            earlier = dict(json.loads(begun.read_text()))
        except (ValueError, TypeError) as error:
            raise self._damaged(begun) from error
        changed = [name for name in self._settings if earlier.get(name) != self._settings[name]]
        if changed:
            told = "; ".join(f"{name} was {earlier.get(name)}, now {self._settings[name]}" for name in changed)
            raise InputError(f"{self.out} belongs to another training ({told}): choose another --out")

    def _read_history(self) -> list[Row]:
        if not self.history_file.exists():
            return []
        try:
            lines = self.history_file.read_text().splitlines(keepends=True)
            rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(lines)]
            rows = [row | {name: int(row[name]) for name in _WHOLE} for row in rows]
            if not lines or not lines[-1].endswith("\n"):
                raise ValueError("the last line is cut")
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(self.history_file) from error
        return rows

    def _write_history(self) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(self.history[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: repr(value) for name, value in row.items()} for row in self.history)
        write_text(self.history_file, text.getvalue())


def write_text(path: Path, text: str) -> None:
    """Write UTF-8, whole or not at all."""
    write_bytes(path, text.encode())


def _save_weights(model: keras.Model, path: Path) -> None:
    """Write weights, of a compiled model those of its optimizer too, whole or not at all."""
    optimizer = getattr(model, "optimizer", None)
    variables = [*model.variables, *(optimizer.variables if optimizer else ())]
    with partial_file(path, ".weights.h5") as partial:
        # HDF5 that runs out of room while it writes takes the process down: the system is asked for the room before.
        if hasattr(os, "posix_fallocate"):
            with partial.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, sum(_room(variable) for variable in variables))
        model.save_weights(partial)


def _room(variable: Any) -> int:
    """Bytes of a variable in an HDF5 file, at most: its numbers, and what is said about them."""
    return math.prod(variable.shape) * 8 + 4096


def best_epoch(history: Sequence[Row], watch: str) -> Row:
    """The first of the best epochs of a history."""
    best = history[0]
    for row in history[1:]:
        best = row if better(watch, row[watch], best[watch]) else best
    return best


def seconds_of(out: Path) -> list[float]:
    """How long each epoch of the model `out` took."""
    file = out.with_name(out.name + ".training") / "seconds.json"
    return json.loads(file.read_text()) if file.exists() else []
