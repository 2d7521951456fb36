"""The training loop: learns, resumes without a gap, keeps the best epoch, refuses what belongs to another run."""

from __future__ import annotations

import json
from typing import Any

import keras
import numpy as np
import pytest

from fer_xai.errors import InputError
from fer_xai.training.fit import fit, next_epoch
from fer_xai.training.losses import CrossEntropy
from fer_xai.training.recipe import Phase
from fer_xai.training.schedules import Cosine, Plateau
from tests.training.stubs import seen_at_once, tiny


def quiet(line: str) -> None:
    pass


class Killed(Exception):
    pass


def killed_after(epoch: int) -> Any:
    def report(line: str) -> None:
        if json.loads(line)["epoch"] == epoch:
            raise Killed

    return report


def test_a_killed_run_goes_on_to_the_same_bytes_of_history(tmp_path):
    split = seen_at_once()
    phases = (
        Phase(epochs=2, learning_rate=0.05, schedule=Plateau(patience=1)),
        Phase(epochs=3, learning_rate=0.02, schedule=Cosine(warmup=1)),
    )
    recipe = tiny(phases=phases)
    whole, halves = tmp_path / "whole.keras", tmp_path / "halves.keras"
    history = fit(recipe, split, split, whole, report=quiet)
    for epoch in (1, 3):
        with pytest.raises(Killed):
            fit(recipe, split, split, halves, report=killed_after(epoch))
        assert not halves.exists()
    fit(recipe, split, split, halves, report=quiet)
    assert (tmp_path / "whole.history.csv").read_bytes() == (tmp_path / "halves.history.csv").read_bytes()
    assert [row["epoch"] for row in history] == [0, 1, 2, 3, 4]
    assert history[-1]["loss"] < history[0]["loss"]


def test_a_kill_between_weights_and_history_repeats_the_epoch(tmp_path, monkeypatch):
    from fer_xai.training.checkpoints import Checkpoints

    split = seen_at_once()
    fit(tiny(), split, split, tmp_path / "whole.keras", report=quiet)
    written = Checkpoints._write_history

    def die(self: Checkpoints) -> None:
        if len(self.history) == 3:
            raise Killed
        written(self)

    monkeypatch.setattr(Checkpoints, "_write_history", die)
    with pytest.raises(Killed):
        fit(tiny(), split, split, tmp_path / "halves.keras", report=quiet)
    monkeypatch.undo()
    fit(tiny(), split, split, tmp_path / "halves.keras", report=quiet)
    assert (tmp_path / "whole.history.csv").read_bytes() == (tmp_path / "halves.history.csv").read_bytes()


def test_the_file_holds_the_best_epoch(tmp_path):
    split = seen_at_once()
    history = fit(tiny(), split, split, tmp_path / "m.keras", report=quiet)
    model = keras.saving.load_model(tmp_path / "m.keras")
    probabilities = model.predict(split[0] / 255.0, verbose=0)
    best = max(row["val_accuracy"] for row in history)
    assert (probabilities.argmax(axis=1) == split[1]).mean() == pytest.approx(best)


def test_a_finished_run_is_not_trained_again(tmp_path):
    split, out = seen_at_once(), tmp_path / "m.keras"
    first = fit(tiny(), split, split, out, report=quiet)
    stamp = out.stat().st_mtime_ns
    assert fit(tiny(), split, split, out, report=killed_after(0)) == first
    assert out.stat().st_mtime_ns == stamp
    assert not list((tmp_path / "m.keras.training").glob("*.h5"))


@pytest.mark.parametrize("changed", ["seed", "settings", "faces"])
def test_another_run_is_not_overwritten(tmp_path, changed):
    split, out = seen_at_once(), tmp_path / "m.keras"
    fit(tiny(), split, split, out, report=quiet)
    recipe = tiny(batch_size=8) if changed == "settings" else tiny()
    train = seen_at_once(seed=1) if changed == "faces" else split
    with pytest.raises(InputError, match="belongs to another training"):
        fit(recipe, train, split, out, seed=int(changed == "seed"), report=quiet)


def test_a_model_from_elsewhere_is_not_overwritten(tmp_path):
    (tmp_path / "m.keras").write_text("precious")
    split = seen_at_once()
    with pytest.raises(InputError, match="was not made by this training"):
        fit(tiny(), split, split, tmp_path / "m.keras", report=quiet)
    assert (tmp_path / "m.keras").read_text() == "precious"


def test_seeds_differ_and_repeat(tmp_path):
    split = seen_at_once()
    losses = [fit(tiny(), split, split, tmp_path / f"{n}.keras", seed=s, report=quiet) for n, s in enumerate((0, 0, 1))]
    assert losses[0] == losses[1] != losses[2]


def rows(values: list[float], phase: int = 0) -> list[dict[str, float]]:
    return [{"epoch": n, "phase": phase, "val_loss": v, "val_accuracy": 1 - v} for n, v in enumerate(values)]


def test_early_stopping_ends_the_phase_and_the_next_one_begins():
    recipe = tiny(phases=(Phase(epochs=9, patience=2), Phase(epochs=2, patience=None)), watch="val_loss")
    assert next_epoch(recipe, rows([0.5, 0.4, 0.45])) == (0, 3)
    assert next_epoch(recipe, rows([0.5, 0.4, 0.45, 0.4])) == (1, 0)
    assert next_epoch(recipe, [*rows([0.5, 0.4, 0.45, 0.4]), *rows([9.0], phase=1)]) == (1, 1)
    assert next_epoch(recipe, [*rows([0.5, 0.4, 0.45, 0.4]), *rows([9.0, 9.0], phase=1)]) is None


def test_balances_change_what_is_learned(tmp_path):
    faces, labels = seen_at_once(96)
    keep = (labels != 0) | (np.cumsum(labels == 0) <= 2)
    split = faces[keep], labels[keep]
    first = {
        balance: fit(tiny(balance=balance, augment=None), split, split, tmp_path / f"{balance}.keras", report=quiet)[0]
        for balance in ("none", "class weights", "oversampling")
    }
    assert len({row["val_loss"] for row in first.values()}) == 3


def test_the_loss_is_the_recipes(tmp_path):
    split = seen_at_once()
    smooth = fit(tiny(loss=CrossEntropy(smoothing=0.5)), split, split, tmp_path / "m.keras", report=quiet)
    # Half of each label goes to all seven emotions: no answer has a loss below the entropy of such a label.
    shares = np.array([0.5 + 0.5 / 7] + [0.5 / 7] * 6)
    assert min(row["val_loss"] for row in smooth) > -(shares * np.log(shares)).sum()
