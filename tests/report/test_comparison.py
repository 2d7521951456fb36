"""The page of a comparison: what it says is in its tables, and it holds whatever a comparison may lack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fer_xai.comparison.comparison import FIGURES
from fer_xai.comparison.matched import Matched
from fer_xai.comparison.run import joint_tables, measure
from fer_xai.report.comparison import render_comparison
from tests.comparison.planted import EMOTIONS, PlantedStudy, answering, on_region

LABELS: list[str | None] = [EMOTIONS[i % 7] for i in range(42)]


@dataclass
class FakeComparison:
    """As much of a comparison as its page reads; tables lie on disk, studies in memory."""

    path: Path
    studies: dict[str, Any]

    @property
    def models(self) -> list[str]:
        return list(self.studies)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return list(combinations(self.models, 2))

    @property
    def manifest(self) -> dict[str, Any]:
        return {"studies": {model: model for model in self.models}, "seed": 0, "left_out": 3}

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.path / f"{name}.parquet")

    @property
    def figures(self) -> dict[str, pd.DataFrame]:
        assert {path.stem for path in self.path.glob("*.parquet")} <= {*FIGURES, "predictions"}
        return {name: self.table(name) for name in FIGURES if (self.path / f"{name}.parquet").is_file()}


def study(labels: list[str | None], region: str, wrong: float, seed: int, path: Path) -> PlantedStudy:
    maps = {"occlusion": on_region(region, len(labels), seed), "gradcam": on_region(region, len(labels), seed + 9, 0.2)}
    made = PlantedStudy(labels, answering(labels, wrong, seed), maps)
    made.path = path  # type: ignore[attr-defined]
    return made


def compared(folder: Path, labels: list[str | None], *regions: str) -> FakeComparison:
    studies = {
        f"net <{i}>": study(labels, region, 0.1 + 0.3 * i, i, folder / str(i)) for i, region in enumerate(regions)
    }
    matched = Matched.of(studies)  # type: ignore[arg-type]
    for name, table in (joint_tables(matched) | measure(matched)).items():
        table.to_parquet(folder / f"{name}.parquet")
    return FakeComparison(folder, studies)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> FakeComparison:
    return compared(tmp_path_factory.mktemp("compared"), LABELS, "mouth", "background")


@pytest.fixture(scope="module")
def page(comparison) -> str:
    return render_comparison(comparison).read_text()


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S))


class Tags(HTMLParser):
    """Checks that what opens also closes."""

    VOID = frozenset(("meta", "link", "img", "br", "rect", "line", "circle", "path", "source"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.ids += [str(value) for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        assert tag in self.VOID or self.open.pop() == tag


def test_the_sentence_comes_first_and_names_are_escaped(page):
    assert page.index("Prefer net &lt;0&gt; to net &lt;1&gt;") < page.index("How to read this")
    assert "net <0>" not in page


def test_the_page_is_whole_and_needs_nothing_but_its_own_scripts(page, comparison):
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert len(tags.ids) == len(set(tags.ids))
    sources = re.findall(r"<script(?: defer)? src=\"([^\"]+)\"></script>", page)
    assert len(sources) == page.count("<script")
    assert all((comparison.path / source).is_file() for source in sources)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)


def test_numbers_are_those_of_the_tables(page, comparison):
    rows = comparison.table("region_differences")
    rows = rows[(rows["method"] == "occlusion") & (rows["level"] == "coarse") & (rows["emotion"] == "all")]
    mouth = rows.set_index("region").loc["mouth"]
    said = text_of(page).replace("\N{NO-BREAK SPACE}", " ")
    numbers = (mouth["share"], mouth["other_share"], mouth["area"])
    shares = " ".join(f"{100 * value:.0f} %" for value in numbers)
    assert f"mouth {shares} +{100 * mouth['difference']:.0f}" in said
    accuracy = comparison.table("accuracy_differences").iloc[0]
    assert f"alone is right on {accuracy['only_model']}" in said


def test_beyond_chance_is_marked_and_only_that(page, comparison):
    rows = comparison.table("region_differences")
    shown = rows[(rows["emotion"] == "all")]["significant"].sum()
    focus = comparison.table("focus_differences")["significant"].sum()
    s = comparison.table("specificity_differences").dropna(subset=["difference"])["significant"].sum()
    assert page.count('class="sure"') == shown + focus + s


def test_faces_are_shown_by_rule_with_both_maps(page, comparison):
    table = comparison.table("face_differences")
    for kind in ("net <0>", "net <1>"):
        count = int((table["kind"] == kind).sum())
        assert f"{min(6, count)} of {count}" in page
    assert "Both right, maps apart" in page
    assert page.count('class="trio"') * 3 == page.count('<img src="data:image/webp')


def test_those_left_out_are_told(page):
    assert "3 faces whose label is missing or not known to every model were left out" in text_of(page)


def test_unlabelled_faces_have_no_accuracy(tmp_path):
    unlabelled: list[str | None] = [None] * 20
    page = text_of(render_comparison(compared(tmp_path, unlabelled, "mouth", "brow")).read_text())
    assert "Without labels nothing says which is right more often" in page
    assert "no face is labelled" in page
    assert "How often they are right" not in page


def test_three_models_are_compared_by_two(tmp_path):
    page = render_comparison(compared(tmp_path, LABELS[:21], "mouth", "mouth", "brow")).read_text()
    for a, b in combinations(range(3), 2):
        assert f"Where they look of net &lt;{a}&gt; and net &lt;{b}&gt;" in page
    tags = Tags()
    tags.feed(page)
    assert len(tags.ids) == len(set(tags.ids))


def test_without_landmarks_the_page_still_tells_who_is_right(tmp_path, monkeypatch):
    from fer_xai.faces.landmarks import Landmarks

    lost = Landmarks(np.full((14, 468, 2), np.nan, np.float32), np.zeros(14, np.float32), ("none",) * 14)
    monkeypatch.setattr(PlantedStudy, "landmarks", property(lambda self: lost))
    page = text_of(render_comparison(compared(tmp_path, LABELS[:14], "mouth", "brow")).read_text())
    assert "nothing is known of their reasons" in page
    assert "nothing to compare by region" in page
