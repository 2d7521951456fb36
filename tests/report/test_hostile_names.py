"""Names that are HTML: a report about them is built of the very same elements as one about harmless names."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import pytest

from fer_xai.report import render, write_single_file
from tests.report.fake_study import FakeStudy, make_study
from tests.report.wrong_tables import add_groups

_HARMLESS = "harmless"
_HOSTILE = (
    "</script><script>alert(1)//<script>alert(1)</script>\"><img src=x onerror=alert(1)>' onmouseover='alert(1)"
    "{{ 7 * 7 }}{% for x in y %}--><svg/onload=alert(1)>",
    "javascript:alert(1)",
)


class Elements(HTMLParser):
    """Which elements a page has, with the names of their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: Counter[tuple[str, ...]] = Counter()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[(tag, *(name for name, _ in attrs))] += 1
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]


def named(path: Path, name: str) -> FakeStudy:
    """A study in which everything that has a name from outside has this one."""
    study = add_groups(make_study(path, faces=12, emotions=("happy", "sad"), methods=("occlusion",)))
    study.manifest["model"] |= {"name": name, "file": name, "cam_layer": name, "scaling": name}
    study.manifest["data"] |= {"source": name, "split": name, "skipped": [name]}
    study.manifest["methods"] = {"occlusion": {"fill": name}}
    study.faces.table["source"] = name
    for table in study.tables.values():
        if "face" in table:
            table["face"] = table["face"].str.replace("face-", f"{name}-", regex=False)
    study.faces.table["face"] = study.tables["predictions"]["face"]
    for table in ("groups", "group_regions"):
        if table in study.tables and "column" in study.tables[table]:
            study.tables[table]["column"] = name
    return study


def elements(path: Path, name: str) -> dict[str, Elements]:
    """Of each page of the report, the single file among them."""
    study = named(path, name)
    render(study)  # type: ignore[arg-type]
    # The tests of this folder do without the page to print, which takes seconds.
    for page in ("summary.pdf", "summary.png"):
        (study.path / page).touch()
    write_single_file(study.path)
    return {page.name: Elements(page.read_text(encoding="utf-8")) for page in sorted(study.path.rglob("*.html"))}


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Elements]:
    """The same report with names that are plain words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fer_xai.report.drawn._drawn", lambda folder, wanted, prefix="": dict.fromkeys(wanted))
        patch.setattr(import_module("fer_xai.report.render"), "write_summary", lambda *told: None)
        return elements(tmp_path_factory.mktemp("harmless"), _HARMLESS)


@pytest.mark.parametrize("name", _HOSTILE)
def test_names_never_become_elements(tmp_path, harmless, name):
    for page, found in elements(tmp_path, name).items():
        assert found.found == harmless[page].found, page
        assert not [link for link in found.links if link.strip().lower().startswith("javascript:")], page
