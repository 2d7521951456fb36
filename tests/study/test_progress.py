"""A study in Python tells those who watch how far it is, and is silent in a script's log."""

from __future__ import annotations

import io
import sys

import pytest

from fer_xai.study.progress import WIDTH, on_one_line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    for done in range(3):
        on_one_line("explaining", done, 2)
    return stream.getvalue()


def test_a_terminal_sees_one_line_that_stays_when_all_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = told(monkeypatch, Terminal()).split("\r")
    assert [line.strip() for line in lines] == ["", *(f"explaining: {done} of 2" for done in range(3))]
    assert {len(line.rstrip("\n")) for line in lines[1:]} == {WIDTH}, "a shorter line leaves nothing of a longer one"
    assert lines[-1].endswith("\n")


def test_a_file_gets_nothing_but_a_notebook_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, io.StringIO()) == ""
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    assert "explaining: 2 of 2" in told(monkeypatch, io.StringIO())
