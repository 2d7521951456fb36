"""Each promise names the test that holds it, and that test exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOLD = (ROOT / "docs" / "promises.rst").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"``(?:pytest )?(tests/[\w/]+(?:\.py)?(?:::\w+)*)``", TOLD)))


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_is_named_is_there(named):
    place, *names = named.split("::")
    assert (ROOT / place).exists()
    for name in names:
        assert re.search(rf"^ *(def|class) {name}\b", (ROOT / place).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_promise_names_one():
    assert len(NAMED) >= 10
    for row in re.split(r"^   \* - ", TOLD.partition("What is not promised")[0], flags=re.MULTILINE)[1:]:
        if not row.startswith(("Promise\n", "Input or fault\n")):
            assert re.search(r"``(pytest )?tests/|``make fuzz``|benchmarks/", row), row
