"""Two runs in one place: the second is told so, and a killed one does not stand in the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fer_xai.errors import InputError
from fer_xai.lock import only_writer
from tests.faults import runs
from tests.training.stubs import seen_at_once, tiny


def test_the_second_study_in_a_folder_is_refused_and_the_first_goes_on(tmp_path):
    refused = []

    def second(what: str, done: int, total: int) -> None:
        if not refused:
            before = runs.left(tmp_path)
            with pytest.raises(InputError, match=f"is being written by another run .process {os.getpid()}.") as told:
                runs.study(tmp_path)
            refused.append(str(told.value))
            assert runs.left(tmp_path) == before

    runs.study(tmp_path, of=runs.faces()[:8], methods=("gradcam",), track=second)
    assert refused
    assert (tmp_path / "summary.json").exists()
    assert not list(tmp_path.rglob(".*"))


def test_the_second_training_of_a_model_is_refused(tmp_path):
    from fer_xai.training.fit import fit

    split, out, refused = seen_at_once(), tmp_path / "m.keras", []

    def second(line: str) -> None:
        with pytest.raises(InputError, match="is being written by another run"):
            fit(tiny(), split, split, out, report=lambda line: None)
        refused.append(line)

    fit(tiny(), split, split, out, report=second)
    assert len(refused) == 4


def test_a_lock_that_a_killed_run_left_does_not_block(tmp_path):
    lock = tmp_path / ".lock"
    code = (
        "import os, signal, sys; from pathlib import Path; from fer_xai.lock import only_writer\n"
        "with only_writer(Path(sys.argv[1]), Path('x')): os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(lock)])
    assert killed.returncode == -9
    assert lock.exists()
    with only_writer(lock, tmp_path):
        assert lock.read_text() == str(os.getpid())
    assert not lock.exists()


def test_another_process_is_kept_out_and_let_in_afterwards(tmp_path):
    code = (
        "import sys; from pathlib import Path; from fer_xai.lock import only_writer\n"
        "with only_writer(Path(sys.argv[1]), Path('there')): print('in')"
    )

    def other() -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-c", code, str(tmp_path / "below" / ".lock")]
        return subprocess.run(program, capture_output=True, text=True)

    with only_writer(tmp_path / "below" / ".lock", tmp_path):
        kept_out = other()
    assert "InputError: there is being written by another run" in kept_out.stderr
    assert other().stdout == "in\n"


def test_the_lock_is_let_go_after_an_error(tmp_path):
    with pytest.raises(RuntimeError), only_writer(tmp_path / ".lock", tmp_path):
        raise RuntimeError
    with only_writer(tmp_path / ".lock", Path("x")):
        pass
