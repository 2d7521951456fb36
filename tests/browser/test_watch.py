"""The watching browser itself: it must not pass what it is there to catch."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watch


def _open(page: Page, folder: Path, body: str) -> None:
    file = folder / "page.html"
    file.write_text(f"<!doctype html><html lang=en><title>a page</title><main><h1>A page</h1>{body}</main></html>")
    page.goto(file.as_uri())


def test_a_page_that_keeps_to_itself_passes(page: Page, watch: Watch, tmp_path: Path) -> None:
    _open(page, tmp_path, '<img alt="" src="data:,"><script>console.log("a word")</script>')
    assert watch.complaints() == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<script>console.error('alas')</script>", "alas"),
        ("<script>undefined_name()</script>", "undefined_name"),
        ('<script src="missing.js"></script>', "ERR_FILE_NOT_FOUND"),
        ('<img alt="" src="http://127.0.0.1:9/face.png">', "request: http://127.0.0.1:9/face.png"),
    ],
)
def test_errors_and_strangers_are_caught(page: Page, watch: Watch, tmp_path: Path, body: str, said: str) -> None:
    _open(page, tmp_path, body)
    page.wait_for_timeout(200)
    assert said in "\n".join(watch.complaints())
    watch.errors.clear()
    watch.requests.clear()


def test_what_a_test_provokes_may_be_expected(page: Page, watch: Watch, tmp_path: Path) -> None:
    watch.expect("alas")
    _open(page, tmp_path, "<script>console.error('alas')</script>")
    assert watch.errors == ["alas"]


def test_barriers_are_caught(page: Page, axe, tmp_path: Path) -> None:
    _open(page, tmp_path, '<img src="data:,">')
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
