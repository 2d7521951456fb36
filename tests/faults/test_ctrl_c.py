"""Ctrl-C while a study runs: gone in under five seconds, one line, a whole folder, and the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fer_xai.study.damage import discard_damaged

SECONDS = 5
# Where the tests run in the background of a shell, children are born deaf to Ctrl-C.
HEARING = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from fer_xai.cli import main; main()"
)
COMMAND = ["report", "--methods", "occlusion,gradcam", "--limit", "12", "--trust", "0", "--out"]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
@pytest.mark.parametrize("awaited", ["maps/occlusion/*.npz", "predictions.parquet"])
def test_ctrl_c_ends_a_study_at_once_and_whole(awaited: str, tmp_path: Path) -> None:
    """Amid its methods, and while it adds up."""
    command = [sys.executable, "-c", HEARING, *COMMAND, str(tmp_path / "s")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 300
    while not list((tmp_path / "s").glob(awaited)) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.poll() is None, "it was over before"
    os.kill(process.pid, signal.SIGINT)
    begun = time.monotonic()
    out, errors = process.communicate(timeout=60)
    assert time.monotonic() - begun < SECONDS, "that TensorFlow takes itself apart need not be waited for"
    assert process.returncode == 130
    assert out == b""
    assert errors.splitlines()[-1] == b"fer-xai: stopped; the same command goes on from there"
    assert b"Traceback" not in errors
    assert not list((tmp_path / "s").rglob(".*")), "neither lock nor half-written file"
    assert discard_damaged(tmp_path / "s") == []
