"""A run that is killed, again and again, at a write: the same command goes on to the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import dying
from tests.faults.conftest import Whole
from tests.faults.runs import RUNS, left

# The writes at which one run after the other in the same place is killed, counted anew in each; chosen to be spread.
KILLS = {
    "study": [(3, "halfway"), (21, "after"), (40, "unnamed")],
    "training": [(1, "after"), (4, "unnamed"), (4, "halfway"), (6, "after")],
    "cleaning": [(1, "halfway"), (2, "before")],
    "report": [(2, "unnamed"), (30, "halfway")],
}


@pytest.mark.parametrize("name", RUNS)
def test_a_killed_run_goes_on_to_the_same_bytes(name: str, whole: Whole, tmp_path: Path) -> None:
    expected = whole(name)
    for write, moment in KILLS[name]:
        assert dying.die(RUNS[name], tmp_path, write=write, moment=moment), f"no write {write}"
        for file, digest in left(tmp_path).items():
            # A table or page that has its name is whole; weights and history belong to an epoch each.
            if name != "training" and not Path(file).name.startswith("."):
                assert digest == expected[file], file
    process = dying.start(RUNS[name], tmp_path)
    process.join()
    assert process.exitcode == 0
    kept = {file: digest for file, digest in left(tmp_path).items() if not _of_a_killed(Path(file))}
    assert kept == expected


def _of_a_killed(file: Path) -> bool:
    """A half-written file outside of a study, whose folder is not ours to sweep."""
    return ".partial" in file.name
