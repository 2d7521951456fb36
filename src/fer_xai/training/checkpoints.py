"""What a training run leaves behind at each epoch, so that it can be killed at any moment and go on.

Beside ``M.keras`` stand ``M.history.csv``, one row per epoch and nothing that depends on the clock, and, while the run
lasts, the folder ``M.keras.training`` with the weights, the optimizer and what the run was started with. A row of the
history is written last: what has no row did not happen.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

from fer_xai.atomic import write_bytes
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
        model.load_weights(self._weights(len(self.history) - 1))

    def save(self, model: keras.Model, net: keras.Model, row: Row, seconds: float) -> None:
        """Keep an epoch: its weights, the net if it is the best so far, and last its row."""
        epoch = len(self.history)
        model.save_weights(self._weights(epoch))
        if not self.history or better(self.watch, row[self.watch], self.best[self.watch]):
            partial = self.folder / "partial.weights.h5"
            net.save_weights(partial)
            os.replace(partial, self.folder / "best.weights.h5")
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
        net.load_weights(self.folder / "best.weights.h5")

    def finish(self) -> None:
        """Mark the run as over, and let go of what only its continuation needs."""
        write_text(self.folder / "done", "")
        for weights in self.folder.glob("*.weights.h5"):
            weights.unlink()

    def _weights(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch}.weights.h5"

    def _refuse_another_run(self) -> None:
        if not self.out.exists() and not self.history:
            return
        begun = self.folder / "run.json"
        if not begun.exists():
            there = self.out if self.out.exists() else self.history_file
            raise InputError(f"{there} exists and was not made by this training: choose another --out")
        earlier = json.loads(begun.read_text())
        changed = [name for name in self._settings if earlier.get(name) != self._settings[name]]
        if changed:
            told = "; ".join(f"{name} was {earlier.get(name)}, now {self._settings[name]}" for name in changed)
            raise InputError(f"{self.out} belongs to another training ({told}): choose another --out")

    def _read_history(self) -> list[Row]:
        if not self.history_file.exists():
            return []
        with self.history_file.open(newline="") as file:
            rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
        return [row | {name: int(row[name]) for name in _WHOLE} for row in rows]

    def _write_history(self) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(self.history[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: repr(value) for name, value in row.items()} for row in self.history)
        write_text(self.history_file, text.getvalue())


def write_text(path: Path, text: str) -> None:
    """Write UTF-8, whole or not at all."""
    write_bytes(path, text.encode())


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
