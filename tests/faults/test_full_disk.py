"""No room, or no permission: one line that names the place, nothing half-written, and afterwards it goes on."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fer_xai.cli import errors
from tests.faults import dying, runs

resource = pytest.importorskip("resource", reason="the system knows no limits")


def limited(work: Callable[..., Any], out: Path, most: int, told: Path) -> None:
    """Run where no file may grow beyond `most` bytes, and write down how it ended."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    try:
        work(out)
        said = "done"
    except OSError as error:
        said = f"{error.errno} {error.filename}"
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    told.write_text(said)


def ended(work: Callable[..., Any], out: Path, most: int, told: Path) -> str:
    process = dying.start(limited, work, out, most, told)
    process.join()
    assert process.exitcode == 0
    return told.read_text()


LIMITS = {"study": [20_000], "training": [300, 12_000], "report": [9_000]}


@pytest.mark.parametrize("name", LIMITS)
def test_without_room_a_run_ends_whole_and_goes_on_with_room(name, whole, tmp_path):
    told, out = tmp_path / "told", tmp_path / "out"
    out.mkdir()
    for most in LIMITS[name]:
        number, _, file = ended(runs.RUNS[name], out, most, told).partition(" ")
        assert (int(number), Path(file).is_relative_to(out)) == (errno.EFBIG, True)
        assert not Path(file).exists()
        assert not list(out.rglob(".*")), "neither lock nor half-written file"
    assert ended(runs.RUNS[name], out, -1, told) == "done"
    assert runs.left(out) == whole(name)


@pytest.mark.parametrize("number", errors.SYSTEM)
def test_what_the_system_refuses_is_told_in_one_line(number, capsys, monkeypatch):
    def train() -> None:
        raise OSError(number, os.strerror(number), "there/x.parquet")

    with pytest.raises(errors.typer.Exit) as left:
        errors.one_line(train)()
    assert left.value.exit_code == errors.REFUSED
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"fer-xai: {errors.SYSTEM[number]}: there/x.parquet (")
    assert line.endswith("; the same command goes on from there")


def test_another_error_of_the_system_stays_a_fault():
    def clean() -> None:
        raise OSError(errno.ECHILD, "no child")

    with pytest.raises(ChildProcessError):
        errors.one_line(clean)()
