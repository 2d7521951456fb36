"""Clocks jump, files carry dates that cannot be: nothing that is kept depends on them."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from tests.faults import runs


@pytest.fixture
def jumping(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of day leaps by up to fifty years at each look, back and forth; it never was before 1980."""
    rng = random.Random(0)
    monkeypatch.setattr(time, "time", lambda: rng.uniform(4e8, 2e9))


def age(out: Path) -> None:
    """Give every file a date between 1970 and 2100, in no order."""
    rng = random.Random(1)
    for path in out.rglob("*"):
        when = rng.uniform(0, 4.1e9)
        os.utime(path, (when, when))


class Stopped(Exception):
    pass


def test_a_study_under_a_jumping_clock_has_the_same_bytes(tmp_path, jumping, monkeypatch):
    def stop(what: str, done: int, total: int) -> None:
        if done == 4 and what.startswith("explaining"):
            age(tmp_path)
            raise Stopped

    faces = runs.faces()[:4]
    with pytest.raises(Stopped):
        runs.study(tmp_path / "out", of=faces, track=stop)
    age(tmp_path)
    runs.study(tmp_path / "out", of=faces)
    age(tmp_path)
    runs.study(tmp_path / "out", of=faces)
    monkeypatch.undo()
    runs.study(tmp_path / "whole", of=faces)
    assert runs.left(tmp_path / "out") == runs.left(tmp_path / "whole")


def test_a_training_under_a_jumping_clock_has_the_same_history(tmp_path, jumping, monkeypatch):
    for name in ("jumping", "steady"):
        (tmp_path / name).mkdir()
        runs.train(tmp_path / name)
        monkeypatch.undo()
    assert runs.left(tmp_path / "jumping") == runs.left(tmp_path / "steady")
