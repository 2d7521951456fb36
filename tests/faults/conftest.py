"""What runs leave behind when nothing happens to them, found once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tests.faults import dying
from tests.faults.runs import RUNS, left

Whole = Callable[[str], dict[str, str]]


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Give what a run of `RUNS` leaves behind, by its name."""

    @cache
    def of(name: str) -> dict[str, str]:
        out = tmp_path_factory.mktemp(name)
        process = dying.start(RUNS[name], out)
        process.join()
        assert process.exitcode == 0
        return left(out)

    return of
