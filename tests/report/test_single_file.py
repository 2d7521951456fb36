"""One file to mail: everything within, nothing asked for, nothing run but its own scripts."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from fer_xai.errors import InputError
from fer_xai.report import render, write_single_file
from fer_xai.report.templating import template_folder
from tests.report.fake_study import FakeStudy, make_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> FakeStudy:
    """A small study with a report."""
    made = make_study(tmp_path_factory.mktemp("bound"), faces=16, emotions=("happy", "sad/low"), methods=("occlusion",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fer_xai.report.drawn._drawn", lambda folder, wanted, prefix="": dict.fromkeys(wanted))
        render(made)
    return made


@pytest.fixture(scope="module")
def text(study: FakeStudy) -> str:
    """The file."""
    return write_single_file(study.path).read_text(encoding="utf-8")


class Addresses(HTMLParser):
    """Everything an element points to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]


def test_it_points_to_nothing_outside_itself(text: str) -> None:
    found = Addresses(text).found
    assert found
    assert all(address.startswith(("#", "data:")) for address in found)


def test_it_says_what_the_pages_say(study: FakeStudy, text: str) -> None:
    for path in (study.path / "index.html", *(study.path / "classes").glob("*.html")):
        sentences = re.findall(r"<li>([^<]{40,})</li>", path.read_text(encoding="utf-8"))
        assert sentences
        assert all(sentence in text for sentence in sentences)


def test_only_its_own_scripts_may_run(text: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    allowed = set(re.findall(r"'sha256-([^']+)'", policy[1]))
    code = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    assert {base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in code} == allowed
    assert len(code) == 4
    assert "unsafe-inline" not in policy[1].partition("script-src")[2].partition(";")[0]


def test_scripts_can_stand_within_a_page() -> None:
    for path in template_folder().glob("*.js"):
        assert "</script" not in path.read_text(encoding="utf-8")


def test_all_pages_share_the_style_of_the_faces_page(study: FakeStudy) -> None:
    """So the one file needs no other."""

    def style(path: Path) -> str:
        text = path.read_text(encoding="utf-8").partition("<style>")[2].partition("</style>")[0]
        return "".join(text.split())

    more = "".join((template_folder() / "faces.css").read_text(encoding="utf-8").split())
    common = style(study.path / "faces.html").replace(more, "")
    assert style(study.path / "index.html") == common
    assert {style(path) for path in (study.path / "classes").glob("*.html")} == {common}


def test_the_same_report_is_bound_into_the_same_bytes(study: FakeStudy, text: str) -> None:
    assert write_single_file(study.path).read_text(encoding="utf-8") == text


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no whole report"):
        write_single_file(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_report_rendered_anew_leaves_no_older_file(tmp_path: Path) -> None:
    made = make_study(tmp_path, faces=6, emotions=("happy", "sad"), methods=("occlusion",))
    (tmp_path / "report.html").write_text("old")
    render(made)
    assert not (tmp_path / "report.html").exists()
