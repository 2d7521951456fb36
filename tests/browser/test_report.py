"""The report as a reader uses it, from a folder on the disk."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from fer_xai.report import drawn, pixels, render, write_single_file
from tests.browser.conftest import PHONE
from tests.report.fake_study import FakeStudy, make_study

METHODS = ("occlusion", "gradcam", "lime:slic")
EVIL = '<img src=x onerror=alert(1)>&"'
FACES = 40
EMOTIONS = ("angry", "happy", "sad", "neutral")
PAGES = ("index.html", "faces.html", "classes/happy.html", "report.html#page-faces")


def _placeholders(folder: Path, wanted: dict, prefix: str = "") -> dict[str, drawn.Picture | None]:
    """Charts take seconds to draw: coloured squares stand for them."""
    found: dict[str, drawn.Picture | None] = {}
    for name in wanted:
        for theme, colour in (("light", "#fff"), ("dark", "#000")):
            path = folder / "charts" / f"{prefix}{name}-{theme}.svg"
            path.parent.mkdir(exist_ok=True)
            square = (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path fill="{colour}" d="M0 0H9V9"/>'
            )
            path.write_text(f"{square}</svg>")
        where = f"charts/{prefix}{name}"
        found[name] = drawn.Picture(f"{where}-light.svg", f"{where}-dark.svg", 90, 90, "a chart")
    return found


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> FakeStudy:
    """A study of drawn faces with its report, in a folder whose name is awkward in an address."""
    made = make_study(tmp_path_factory.mktemp("a study #1 %"), faces=FACES, emotions=EMOTIONS, methods=METHODS)
    made.tables["predictions"].loc[3, "face"] = EVIL
    for name in ("regions", "landmarks"):
        column = made.tables[name]["face"]
        made.tables[name]["face"] = column.where(column != "face-00003", EVIL)
    made.faces.table["source"] = EVIL
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawn, "_drawn", _placeholders)
        render(made)
    write_single_file(made.path)
    return made


def opened(page: Page, study: FakeStudy, where: str = "faces.html") -> Page:
    name, _, fragment = where.partition("#")
    page.goto((study.path / name).as_uri() + (f"#{fragment}" if fragment else ""))
    if name in ("faces.html", "report.html"):
        page.wait_for_selector("html[data-faces=ready]", state="attached")
    return page


def field(page: Page, name: str) -> Locator:
    return page.locator(f"[data-part=filters] [name={name}]")


def shown(page: Page) -> list[str]:
    """The faces on the sheet, in its order."""
    return page.eval_on_selector_all(".sheet li:not([hidden]) img", "all => all.map(face => face.alt.slice(5))")


def answers(study: FakeStudy) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = study.tables["predictions"]
    sure = table[[f"p_{name}" for name in study.manifest["model"]["emotions"]]].max(axis=1)
    return table["face"].to_numpy(), table["correct"].to_numpy(bool), sure.to_numpy()


@pytest.mark.parametrize(
    ("where", "options"),
    list(zip(PAGES, ({}, {"viewport": PHONE, "color_scheme": "dark"}) * 2, strict=True)),
    ids=PAGES,
)
def test_no_serious_barrier(where: str, options: dict, study: FakeStudy, new_page: Callable[..., Page], axe) -> None:
    axe(opened(new_page(**options), study, where))


def test_an_opened_face_has_no_serious_barrier(page: Page, study: FakeStudy, axe) -> None:
    opened(page, study, f"faces.html#face={answers(study)[0][0]}")
    expect(page.locator("[data-part=scale]")).to_contain_text("full colour is ±")
    axe(page)


@pytest.mark.parametrize("where", PAGES)
def test_a_page_fits_a_phone(where: str, study: FakeStudy, new_page: Callable[..., Page]) -> None:
    page = opened(new_page(viewport=PHONE), study, where)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_filters_leave_the_faces_they_name(page: Page, study: FakeStudy) -> None:
    opened(page, study)
    faces, right, sure = answers(study)
    label = study.tables["predictions"]["label"].to_numpy()
    assert shown(page) == list(faces)
    field(page, "label").select_option("happy")
    assert shown(page) == list(faces[label == "happy"])
    field(page, "answer").select_option("wrong")
    field(page, "low").fill("50")
    wanted = faces[(label == "happy") & ~right & (np.round(100 * np.round(sure, 3)) >= 50)]
    assert shown(page) == list(wanted)
    expect(page.locator("[data-part=status]")).to_have_text(f"{len(wanted)} of {FACES} faces")
    page.get_by_role("button", name="Show all").click()
    assert shown(page) == list(faces)


def test_nothing_left_is_said(page: Page, study: FakeStudy) -> None:
    opened(page, study, "faces.html#low=100&high=0")
    assert shown(page) == []
    expect(page.locator("[data-part=none]")).to_be_visible()


def test_faces_are_put_in_order(page: Page, study: FakeStudy) -> None:
    opened(page, study)
    faces, _, sure = answers(study)
    field(page, "order").select_option("unsure")
    place = dict(zip(faces, np.round(sure, 3), strict=True))
    order = [place[name] for name in shown(page)]
    assert order == sorted(order)
    assert len(order) == FACES


@pytest.mark.parametrize("how", ["mouse", "Enter", "Space"])
def test_a_region_of_the_drawn_face_shows_where_it_mattered(how: str, page: Page, study: FakeStudy) -> None:
    opened(page, study)
    mouth = page.locator("aside [data-region=mouth]")
    if how == "mouse":
        mouth.click()
    else:
        mouth.focus()
        page.keyboard.press(how)
    rows = study.tables["regions"]
    rows = rows[(rows["method"] == "occlusion") & (rows["level"] == "coarse") & (rows["region"] == "mouth")]
    known = rows[rows["landmarks"] != "none"]
    counted = known[known["counted"].astype(bool)].set_index("face")
    found = shown(page)
    assert set(found) == set(counted.index)
    times = (counted["share"] / counted["area"])[found].to_numpy()
    assert (np.diff(times) <= 0.03).all()  # shares travel in thousandths
    assert mouth.get_attribute("aria-pressed") == "true"
    said = mouth.get_attribute("aria-label").replace("\N{NO-BREAK SPACE}", " ")
    chance = f"{100 * known['counted_chance'].mean():.0f} %"
    assert said == f"mouth: counted on {len(counted)} of {len(known)} faces; by chance {chance}"
    mouth.press("Enter")
    assert len(shown(page)) == FACES


def test_the_map_is_the_emotion_pages_overlay_and_fades_into_the_face(page: Page, study: FakeStudy) -> None:
    opened(page, study)
    field(page, "method").select_option("lime:slic")
    canvas = page.locator(".sheet li canvas[data-method='lime:slic']").nth(5)
    expect(canvas).to_be_attached()
    drawn_pixels = canvas.evaluate("c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]")
    mine = np.array(drawn_pixels).reshape(48, 48, 4)[..., :3]
    theirs = pixels.overlay(study.faces.pixels()[5], study.maps("lime:slic")[0][5])
    assert np.abs(mine - theirs.astype(int)).max() <= 2  # the map travels in 127 steps
    assert canvas.evaluate("c => getComputedStyle(c).opacity") == "1"
    slider = field(page, "blend")
    slider.fill("25")
    assert canvas.evaluate("c => getComputedStyle(c).opacity") == "0.25"


def test_a_methods_maps_are_read_when_asked_for(page: Page, study: FakeStudy, watch) -> None:
    opened(page, study)
    page.wait_for_selector(".sheet canvas")
    assert not [url for url in watch.requests if "map-gradcam" in url]
    field(page, "method").select_option("gradcam")
    page.wait_for_selector(".sheet canvas[data-method=gradcam]")
    assert len([url for url in watch.requests if "map-gradcam" in url]) == 1


def test_faces_are_walked_by_keyboard_alone(page: Page, study: FakeStudy) -> None:
    opened(page, study)
    faces, _, _ = answers(study)
    page.locator(".sheet li a").nth(1).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(page.locator("[data-part=place]")).to_have_text(f"2 of {FACES}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-part=about]")).to_contain_text(EVIL)  # the hostile name is text
    assert page.evaluate("document.querySelector('dialog img[src=x]')") is None
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-part=place]")).to_have_text(f"3 of {FACES}")
    assert page.evaluate("decodeURIComponent(location.hash)") == f"#face={faces[2]}"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    here = page.locator(".sheet li a").nth(2)
    expect(here).to_be_focused()
    expect(here.locator("img")).to_have_attribute("alt", f"Face {faces[2]}")
    assert page.evaluate("location.hash") == ""


def test_tab_reaches_every_control(page: Page, study: FakeStudy) -> None:
    opened(page, study)
    page.wait_for_selector(".sheet canvas")
    reached = set()
    for _ in range(45):
        page.keyboard.press("Tab")
        name = "document.activeElement.name || document.activeElement.dataset.region"
        reached.add(page.evaluate(f"{name} || document.activeElement.className"))
    assert reached >= {
        "label",
        "called",
        "answer",
        "low",
        "high",
        "method",
        "order",
        "blend",
        "mouth",
        "brow",
        "theme quiet",
    }


def test_an_address_opens_a_face_and_keeps_the_filters(page: Page, study: FakeStudy) -> None:
    faces, _, _ = answers(study)
    opened(page, study, f"faces.html#face={faces[7]}&method=gradcam&answer=right")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("[data-part=methods] [aria-pressed=true]")).to_have_text("Grad-CAM")
    expect(page.locator("[data-part=scale]")).to_contain_text("full colour is ±")
    assert field(page, "answer").input_value() == "right"
    page.locator("[data-part=methods] button", has_text="Occlusion").click()
    expect(page.locator("[data-part=where]")).to_have_text("Where it looks, by Occlusion")


def test_an_emotions_page_leads_to_the_face(page: Page, study: FakeStudy) -> None:
    opened(page, study, "classes/happy.html")
    card = page.locator(".face").first
    link = card.locator("h4 a")
    said = link.inner_text()
    link.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("[data-part=about]")).to_contain_text(said.removeprefix("face "))


def test_the_slider_of_a_gallery_fades_its_maps(page: Page, study: FakeStudy) -> None:
    opened(page, study, "classes/happy.html")
    stack = page.locator(".face .shots .stack").first
    assert stack.locator("img").count() == 2
    page.get_by_label("From the face to the map").fill("0")
    assert stack.locator("img").last.evaluate("map => getComputedStyle(map).opacity") == "0"


def test_a_table_is_copied_as_csv(new_page: Callable[..., Page], study: FakeStudy) -> None:
    page = opened(new_page(permissions=["clipboard-read", "clipboard-write"]), study, "index.html")
    page.get_by_role("button", name="Copy as CSV: By emotion").click()
    expect(page.get_by_role("status").last).to_have_text("By emotion: copied")
    lines = list(csv.reader(io.StringIO(page.evaluate("navigator.clipboard.readText()"))))
    assert lines[0][:2] == ["Emotion", "Faces"]
    sizes = study.tables["predictions"]["label"].value_counts()
    assert {line[0]: int(line[1]) for line in lines[1:]} == sizes.to_dict()
    page.get_by_role("button", name="Copy as CSV: Occlusion").first.click()
    heat = list(csv.reader(io.StringIO(page.evaluate("navigator.clipboard.readText()"))))
    values = [float(cell) for line in heat[1:] for cell in line[1:]]
    assert min(values) < 0 < max(values)


def test_the_readers_theme_wins_and_is_remembered(new_page: Callable[..., Page], study: FakeStudy) -> None:
    page = opened(new_page(color_scheme="dark"), study, "index.html")
    paper = "getComputedStyle(document.body).backgroundColor"
    chart = "document.querySelector('.chart img').currentSrc"
    dark = page.evaluate(paper)
    page.locator(".chart img").first.scroll_into_view_if_needed()  # charts are loaded when they come near
    page.wait_for_function(f"() => {chart}.endsWith('-dark.svg')")
    switch = page.locator(".theme")
    expect(switch).to_have_text("Theme: system")
    switch.click()
    expect(switch).to_have_text("Theme: light")
    light = page.evaluate(paper)
    assert light != dark
    page.wait_for_function(f"() => {chart}.endsWith('-light.svg')")
    opened(page, study, "faces.html")
    assert page.evaluate(paper) == light
    page.locator(".theme").click()
    assert page.evaluate(paper) == dark


def test_print_is_light_and_without_controls(new_page: Callable[..., Page], study: FakeStudy) -> None:
    page = opened(new_page(color_scheme="dark"), study, "faces.html")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("button:visible, select:visible, aside:visible").count()


@pytest.mark.parametrize("where", ["index.html", "faces.html", "report.html", "report.html#page-classes-happy"])
def test_without_scripts_everything_is_read(where: str, new_page: Callable[..., Page], study: FakeStudy) -> None:
    page = new_page(java_script_enabled=False)
    name, _, fragment = where.partition("#")
    page.goto((study.path / name).as_uri() + (f"#{fragment}" if fragment else ""))
    heading = {"faces.html": "Faces", "report.html#page-classes-happy": "happy"}.get(where, "Where drawn-net looks")
    assert page.locator("h1:visible").all_inner_texts() == [heading]
    assert not page.locator("button:visible, select:visible").count()


def test_a_report_in_one_file_is_the_whole_report(page: Page, study: FakeStudy, watch) -> None:
    opened(page, study, "report.html")
    assert page.locator("h1:visible").all_inner_texts() == ["Where drawn-net looks"]
    page.locator("header:visible").get_by_role("link", name="happy").click()
    assert page.locator("h1:visible").all_inner_texts() == ["happy"]
    assert "happy" in page.title()
    page.locator(".face:visible h4 a").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("[data-part=scale]")).to_contain_text("full colour is ±")
    page.keyboard.press("Escape")
    assert page.locator("h1:visible").all_inner_texts() == ["Faces"]
    field(page, "label").select_option("sad")
    assert page.locator("h1:visible").all_inner_texts() == ["Faces"]
    page.reload()
    page.wait_for_selector("html[data-faces=ready]", state="attached")
    assert page.locator("h1:visible").all_inner_texts() == ["Faces"]
    assert field(page, "label").input_value() == "sad"
    assert {url.partition("#")[0] for url in watch.requests if url.startswith("file:")} == {
        (study.path / "report.html").as_uri()
    }


def test_links_within_one_file_lead_somewhere(page: Page, study: FakeStudy) -> None:
    opened(page, study, "report.html")
    lost = page.evaluate(
        """() => [...document.querySelectorAll("a[href]")].map((link) => link.getAttribute("href"))
            .filter((href) => !href.startsWith("data:") && !document.getElementById(href.slice(1)))"""
    )
    assert lost == []
    doubled = page.evaluate(
        """() => { const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
            return ids.filter((id, place) => ids.indexOf(id) !== place); }"""
    )
    assert doubled == []


def test_faces_without_labels_have_no_filter_by_label(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_study(tmp_path, faces=9, emotions=("happy", "sad"), methods=("occlusion",), labelled=False)
    monkeypatch.setattr(drawn, "_drawn", lambda folder, wanted, prefix="": dict.fromkeys(wanted))
    render(made)
    opened(page, made)
    assert not field(page, "label").count()
    assert not field(page, "answer").count()
    said = made.tables["predictions"]
    field(page, "called").select_option("sad")
    assert shown(page) == list(said["face"][said["predicted"] == "sad"])
