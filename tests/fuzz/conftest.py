"""Tells at the end how many cases were tried, where ``FER_XAI_FUZZ_COUNTS`` names a file also there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fuzz.outcome import COUNTS, write_counts


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each class of input."""
    if not COUNTS:
        return
    terminalreporter.section("fuzzed")
    for kind in sorted({kind for kind, _ in COUNTS}):
        clean, refused = COUNTS[kind, "clean"], COUNTS[kind, "refused"]
        terminalreporter.write_line(f"{kind:<28} {clean + refused:>6} cases: {clean} clean, {refused} refused")
    terminalreporter.write_line(f"{'all':<28} {sum(COUNTS.values()):>6} cases")
    if named := os.environ.get("FER_XAI_FUZZ_COUNTS"):
        write_counts(Path(named))
