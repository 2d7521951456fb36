"""A browser that watches: a page may raise no error, and may ask nobody but its own folder or its own server."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, expect, sync_playwright

GRAVE = {"serious", "critical"}
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 740}

PATIENCE = 120_000  # milliseconds: a busy machine is slow, and what hangs ends all the same
expect.set_options(timeout=PATIENCE)


@dataclass
class Watch:
    """What the pages of one test did; ``expect`` names an error that the test itself provokes."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Let errors that match the pattern pass, such as the browser's word on a refused upload."""
        self.expected.append(pattern)

    def over(self, context: BrowserContext) -> None:
        """Listen to every page of a context."""
        context.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        origin = _origin(request.url)
        if request.is_navigation_request() and request.frame.parent_frame is None and _is_local(origin):
            self.own.add(origin)

    def complaints(self) -> list[str]:
        """Errors nobody expected, and requests that left the page's own folder or server."""
        errors = [error for error in self.errors if not any(re.search(known, error) for known in self.expected)]
        strangers = [url for url in self.requests if not self._is_own(url)]
        return [f"error: {error}" for error in errors] + [f"request: {url[:200]}" for url in strangers]

    def _is_own(self, url: str) -> bool:
        return urlsplit(url).scheme in {"file", "data", "blob", "about"} or _origin(url) in self.own


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_local(origin: str) -> bool:
    return urlsplit(origin).hostname in {"127.0.0.1", "localhost"}


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright, for this folder's tests only: while it runs, nothing else can use asyncio in this thread."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def launch(playwright: Playwright) -> Iterator[Callable[..., Browser]]:
    """Start the system's Chromium with further switches: ``launch("--use-fake-device-for-media-stream")``."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("needs chromium on the path")
    started: list[Browser] = []

    def start(*switches: str) -> Browser:
        started.append(
            playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *switches], timeout=PATIENCE)
        )
        return started[-1]

    yield start
    for browser in started:
        browser.close()


@pytest.fixture(scope="package")
def browser(launch: Callable[..., Browser]) -> Browser:
    """One Chromium without special switches."""
    return launch()


@pytest.fixture
def watch() -> Watch:
    """What the test's pages did so far."""
    return Watch()


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Open watched pages: ``new_page(viewport=PHONE, color_scheme="dark", permissions=["camera"])``.

    Another browser than the common one is given as ``browser=``; everything else goes to Playwright's
    ``new_context``. The test fails at its end on any unexpected error and on any request that left the page.
    """
    contexts: list[BrowserContext] = []

    def opened(browser: Browser = browser, **context: Any) -> Page:
        contexts.append(browser.new_context(**{"viewport": WIDE, "service_workers": "block", **context}))
        contexts[-1].set_default_timeout(PATIENCE)
        watch.over(contexts[-1])
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()
    complaints = watch.complaints()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One watched page, 1280 pixels wide, light."""
    return new_page()


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """``axe(page)`` fails on what axe-core calls a serious or critical barrier, and says where it is."""
    sync = pytest.importorskip("axe_playwright_python.sync_playwright")

    def check(page: Page) -> None:
        violations = sync.Axe().run(page).response["violations"]
        grave = [
            f"{found['id']} ({found['impact']}): {found['help']}: {node['target']} {node['html'][:200]}"
            for found in violations
            if found["impact"] in GRAVE
            for node in found["nodes"][:5]
        ]
        assert not grave, "\n".join(grave)

    return check
