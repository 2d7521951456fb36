"""A folder that cannot be written: every command says so in one line, and leaves no trace."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fer_xai.classifier.bundled import model_path
from fer_xai.cli.app import app
from fer_xai.errors import InputError
from tests.faults import runs

MODEL = str(model_path("baseline-cnn"))
COMMANDS = {
    "report": ["report", "--limit", "2", "--methods", "gradcam", "--out", "{}/new"],
    "compare": ["compare", "compact", "baseline-cnn", "--limit", "2", "--out", "{}/new"],
    "network": ["network", MODEL, "--out", "{}/new"],
    "train": ["train", "drawn", "--data", "drawn", "--limit", "60", "--epochs", "1", "--out", "{}/m.keras"],
    "clean": ["clean", "--checks", "constant", "--out", "{}/t.csv"],
    "clean --sheet": ["clean", "--checks", "constant", "--out", "{}/../t.csv", "--sheet", "{}/t.png"],
    "explain": ["explain", "{}/../face.png", "--method", "gradcam", "--out", "{}/why.png"],
    "ensemble": ["ensemble", MODEL, MODEL, "--out", "{}/m.keras"],
    "evaluate": ["evaluate", "--data", "drawn", "--limit", "7", "--out", "{}/new"],
}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that nobody may write; for root, who may do all, one of a file system that is read-only."""
    folder = tmp_path_factory.mktemp("there") / "locked"
    folder.mkdir()
    if os.geteuid():
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    mount = ["mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("root may write anywhere here, and may not mount what is read-only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_that_it_cannot_write_there(name, locked):
    from PIL import Image

    face = np.random.default_rng(0).integers(0, 255, (48, 48), np.uint8)
    Image.fromarray(face).save(locked.parent / "face.png")
    result = CliRunner().invoke(app, [part.format(locked) for part in COMMANDS[name]])
    assert result.exit_code == 2, result.output
    lines = [line for line in result.stderr.splitlines() if "of" not in line]
    assert str(locked) in result.stderr.splitlines()[-1]
    assert len(lines) <= 1
    assert not list(locked.iterdir())


def test_a_study_in_a_read_only_folder_is_refused(locked):
    with pytest.raises(InputError, match="cannot be written"):
        runs.study(locked / "new", of=runs.faces()[:2])
