"""The pages: whole, self-contained, escaped, readable by machines that read to people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from fer_xai.atomic import write_bytes
from fer_xai.faces.landmarks import Landmarks
from fer_xai.few import FEWEST
from fer_xai.report import drawn, facts, render, scripts, templating
from fer_xai.report.figures import Figures
from tests.report.fake_study import SEVEN, SIX_METHODS, FakeStudy, make_study

VOID = {"meta", "link", "img", "br", "hr", "input", "source"}
INDEX_CHARTS = ("faces", "significance", "means", "specificity", "agreement", "hiding", "worths")


class Page(HTMLParser):
    """Every start tag with its attributes; fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        # HTML lets list items and paragraphs close themselves; our templates do not use that.
        assert self.open.pop() == tag

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.tags if name == tag)


def pages(study: FakeStudy) -> list[Path]:
    return [study.path / "index.html", study.path / "faces.html", *sorted((study.path / "classes").glob("*.html"))]


def test_one_index_one_page_per_emotion_their_charts_and_nothing_else(rendered: FakeStudy) -> None:
    files = {str(path.relative_to(rendered.path)) for path in rendered.path.rglob("*") if path.is_file()}
    names = [*INDEX_CHARTS, *(f"{emotion}-{name}" for emotion in SEVEN for name in ("face", "mean"))]
    assert files == (
        {"index.html", "faces.html", "faces/data.js", "summary.pdf", "summary.png"}
        | {f"faces/map-{method.replace(':', '-')}.js" for method in SIX_METHODS}
        | {f"assets/{name}.js" for name in ("theme", "report", "faces")}
        | {f"classes/{emotion}.html" for emotion in SEVEN}
        | {f"charts/{name}-{theme}.svg" for name in names for theme in ("light", "dark")}
    )


def test_pages_ask_nothing_of_any_network_and_run_only_their_own_scripts(rendered: FakeStudy) -> None:
    for path in pages(rendered):
        page = Page(path.read_text(encoding="utf-8"))
        policies = [tag["content"] for tag in page.all("meta") if tag.get("http-equiv") == "Content-Security-Policy"]
        assert policies == [scripts.POLICY]
        for script in page.all("script"):
            assert (path.parent / str(script["src"])).resolve().parent == rendered.path.resolve() / "assets"
        for tag, attributes in page.tags:
            assert not any(name.startswith("on") for name in attributes)
            for name in ("src", "href", "srcset"):
                target = attributes.get(name) or "#"
                if not target.startswith(("data:", "#")):
                    assert tag == "a" or target.endswith((".svg", ".js"))
                    assert (path.parent / target.partition("#")[0]).is_file(), target


def test_pages_can_be_heard_and_walked_by_keyboard(rendered: FakeStudy) -> None:
    for path in pages(rendered):
        text = path.read_text(encoding="utf-8")
        page = Page(text)
        assert len(list(page.all("main"))) == len(list(page.all("h1"))) == 1
        assert all(attributes.get("alt") for attributes in page.all("img") if "src" in attributes)
        assert text.count("<table") == text.count("<caption") + text.count('<table role="presentation"')
        assert all(attributes.get("scope") for attributes in page.all("th"))
        assert next(page.all("html"))["lang"] == "en"
        assert next(page.all("a")) == {"class": "skip", "href": "#main"}
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        for _, attributes in page.tags:
            assert attributes.get("aria-labelledby") in {None, *ids}
            if attributes.get("class") == "box":
                assert attributes["tabindex"] == "0"
                assert attributes["aria-label"]


def test_the_index_holds_every_chapter(index: str) -> None:
    for words in (
        *("How to read this", "What this cannot tell you", "Barrett", "Confusion matrix", "Balanced accuracy"),
        *(
            "Specificity S",
            "Agreement with the action units",
            "area",
            "blob",
            "row 17: 2303 pixels",
            "for want of action units or faces: neutral.",
        ),
        *("EMFACS", "FACS 1978", "Du 2014", "CK+", "Belharbi 2024", "25 finer regions"),
    ):
        assert words in index
    assert index.index("<caption>Occlusion") < index.index("<caption>LIME · SLIC")


def test_the_emotion_page_charts_slic_beside_felzenszwalb(happy: str) -> None:
    chart = happy[happy.index("Facial regions counted") : happy.index("Region by region")]
    assert chart.count("LIME · SLIC: ") == chart.count("LIME · Felzenszwalb: ") == 8 + 25
    assert chart.count('class="chance"') == 2 * (8 + 25)
    assert "Quickshift" not in chart


def test_every_page_shows_its_charts_in_the_readers_theme_and_says_them(rendered: FakeStudy, happy: str) -> None:
    index = Page((rendered.path / "index.html").read_text(encoding="utf-8"))
    charts = [attributes for attributes in index.all("img") if not str(attributes["src"]).startswith("data:")]
    assert {chart["src"] for chart in charts} == {f"charts/{name}-light.svg" for name in INDEX_CHARTS}
    assert {source["srcset"] for source in index.all("source")} == {f"charts/{name}-dark.svg" for name in INDEX_CHARTS}
    assert {source["media"] for source in index.all("source")} == {"screen and (prefers-color-scheme:dark)"}
    told = {str(chart["src"]): str(chart["alt"]) for chart in charts}
    assert "chance 0" in told["charts/specificity-light.svg"]
    assert "happy at the mouth (+30 points)" in told["charts/hiding-light.svg"]
    assert "../charts/happy-face-light.svg" in happy
    assert "../charts/happy-mean-dark.svg" in happy


def test_lime_shows_its_most_important_segments_first(happy: str) -> None:
    card = happy[happy.index('<li class="face"') :]
    card = card[: card.index("</li>")]
    captions = re.findall(r"<figcaption>([^<]+?) ?(?:<|$)", card)
    assert captions[-15:-10] == ["top 1", "top 3", "top 5", "top 10", "all 100"]
    assert [name for name in ("Occlusion", "Grad-CAM", "Saliency") if name not in captions] == []


def test_names_from_outside_are_escaped(tmp_path: Path) -> None:
    evil = '<script>alert("1")</script>'
    study = make_study(tmp_path, faces=12, emotions=(evil, "happy"), methods=("occlusion",))
    study.manifest["model"]["name"] = study.manifest["data"]["source"] = evil
    study.manifest["data"]["skipped"] = [evil]
    study.faces.table["source"] = evil
    render(study)
    for path in [*pages(study), *(study.path / "faces").glob("*.js")]:
        assert "<script>" not in path.read_text(encoding="utf-8")
    assert len(pages(study)) == 4


@pytest.mark.parametrize(
    "options",
    [
        {"labelled": False},
        {"labelled": 0.5},
        {"never": ("disgust",)},
        {"emotions": ("happy",)},
        {"emotions": (*SEVEN, "contempt")},
        {"methods": ("gradcam",)},
        {"landmarks": False},
        {"faces": 1},
    ],
    ids=lambda options: next(iter(options)),
)
def test_thin_studies_get_whole_pages(tmp_path: Path, options: dict) -> None:
    study = make_study(tmp_path, **({"faces": 16, "methods": ("lime:slic", "occlusion")} | options))
    render(study)
    for path in pages(study):
        text = path.read_text(encoding="utf-8")
        Page(text)
        visible = re.sub(r"<style>.*?</style>|data:[^\"]*|<[^>]*>", " ", text, flags=re.DOTALL)
        assert not re.search(r"\bnan\b|\bNone\b(?! of these)|\binf\b", visible)


@pytest.mark.parametrize(
    "options",
    [{"labelled": False}, {"emotions": ("happy",)}, {"landmarks": False}, {"faces": 1}],
    ids=lambda options: next(iter(options)),
)
@pytest.mark.usefixtures("undrawn")
def test_thin_studies_have_the_charts_their_tables_allow(tmp_path: Path, options: dict) -> None:
    study = make_study(tmp_path, **({"faces": 16, "methods": ("lime:slic", "occlusion")} | options))
    figures = Figures.of(study)
    means = drawn.means_of(study, figures)
    found = drawn.index_charts(study, figures, means)
    allowed = options.get("landmarks", True)
    wanted = {"faces", "means", "hiding"} if options.get("faces", 16) >= FEWEST else set()
    assert {name for name, picture in found.items() if picture} >= (wanted if allowed else set())
    assert allowed or not any(found.values())
    told = drawn.emotion_charts(study, figures, means, figures.emotions[0])
    for picture in (*found.values(), *told.values()):
        assert picture is None or ((tmp_path / picture.light).is_file() and not re.search("nan|inf ", picture.alt))


@pytest.mark.usefixtures("undrawn")
def test_a_chart_whose_table_an_older_study_lacks_is_left_out(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=12, methods=("occlusion",), emotions=("happy", "sad"))
    for name in ("significance", "shapley", "specificity_blind"):
        del study.tables[name]
    study.landmarks = Landmarks(study.landmarks.points, study.landmarks.scores, ("none",) * 12)
    page = Page(render(study).read_text(encoding="utf-8"))
    shown = {image["src"] for image in page.all("img")}
    assert shown == {f"charts/{name}-light.svg" for name in ("faces", "specificity", "agreement", "hiding")}


def test_without_landmarks_accuracy_stays_and_regions_are_said_to_be_missing(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=12, landmarks=False, methods=("occlusion",))
    text = render(study).read_text(encoding="utf-8")
    assert "No face has landmarks" in text
    assert "Confusion matrix" in text


def test_each_methods_maps_are_opened_for_cards_and_faces_and_the_leads_again_for_its_mean(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=12, methods=("gradcam", "occlusion"))
    render(study)
    assert sorted(study.opened) == ["gradcam", "gradcam", "occlusion", "occlusion", "occlusion"]


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=12, methods=("occlusion",))
    render(study)
    first = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    render(study)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == first


def test_a_page_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "index.html"
    write_bytes(page, b"old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_bytes(page, b"new")
    assert page.read_text() == "old"
    assert list(tmp_path.iterdir()) == [page]


def test_templates_are_looked_for_in_the_wheel_and_in_the_source_tree() -> None:
    installed, source = templating.template_folders()
    assert installed.parts[-3:] == ("fer_xai", "report", "templates")
    assert source.parts[-2:] == ("reports", "templates")


def test_faces_flagged_as_hidden_are_counted_once(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=12, methods=("occlusion",))
    assert "Partly hidden" not in dict(facts.data_facts(Figures.of(study)))
    face = study.tables["predictions"]["face"].repeat(2).reset_index(drop=True)
    glasses = face.isin(face.unique()[:3])
    study.tables["occluders"] = pd.DataFrame({"face": face, "glasses": glasses, "hair": face.eq(face[0])})
    assert dict(facts.data_facts(Figures.of(study)))["Partly hidden"] == "at least 3 by glasses, 1 by hair"


def test_a_region_without_any_share_is_left_uncoloured(tmp_path):
    """Its log2 enrichment is not a number, for every face of an emotion."""
    study = make_study(tmp_path, faces=12, methods=("occlusion",), emotions=("happy", "sad"))
    counts = study.tables["counts"]
    nothing = counts["region"].eq("cheek") & counts["emotion"].eq("happy")
    counts.loc[nothing, "log2_enrichment"] = float("nan")
    render(study)
    drawn_faces = (tmp_path / "classes" / "happy.html").read_text().split("drawn face: ")[1:]
    happy = [face for face in drawn_faces if "cheek" not in face.split('"')[0]]
    assert happy
    assert all('class="h x" d="M0 34H100' in face for face in happy)


def test_the_table_of_methods_says_how_settled_they_are_and_what_was_chosen(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=12, methods=("lime:slic", "occlusion"))
    assert [row.settled for row in facts.method_facts(Figures.of(study))] == [None, None]
    study.manifest["methods"]["occlusion"] = {"patch": None, "stride": 5}
    study.tables["sampling"] = pd.DataFrame(
        {"face": list("abc"), "method": "lime:slic", "passes": [512, 512, 1024], "settled": [0.95, 0.99, 0.91]}
    )
    occlusion, lime = facts.method_facts(Figures.of(study))
    assert occlusion.settings == [("patch", "8"), ("stride", "5")]
    assert lime.settled == "512 to 1,024 passes a face, 683 on average; 0.95, lowest 0.91"
    study.tables["sampling"]["settled"] = 1.0
    assert "every combination" in facts.method_facts(Figures.of(study))[1].settled
