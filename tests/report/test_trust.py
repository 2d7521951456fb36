"""The section "Which method to believe": its sentence, its table and the gallery follow from the trust tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fer_xai.report import render
from fer_xai.report.figures import Figures
from fer_xai.report.sentences import headline
from fer_xai.report.trust import section
from fer_xai.report.trust_measures import measures
from tests.evaluation.trust.made_up import made_up
from tests.report.fake_study import FakeStudy, make_study
from tests.report.test_render import Page

METHODS = ("lime:slic", "gradcam", "saliency", "occlusion")
FIGURES: dict[str, dict[str, Any]] = {
    "lime:slic": {"score": 0.34},
    "gradcam": {"score": 0.20, "grain": 1.6},
    "saliency": {"score": 0.10},
    "occlusion": {"score": 0.32},
}


def agreement() -> pd.DataFrame:
    names = [*METHODS, "sobel", "blob", "random"]
    pairs = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
    known = {"n": 48, "rank_correlation": 0.41, "chance_correlation": -0.03, "top_overlap": 0.2, "chance_overlap": 0.1}
    known |= {"low": 0.36, "high": 0.46}
    return pd.DataFrame([{"method": a, "other": b, **known} for a, b in pairs])


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> FakeStudy:
    made = make_study(tmp_path_factory.mktemp("trust"), faces=40, methods=METHODS)
    made.tables |= {"trust": made_up(FIGURES), "method_agreement": agreement()}
    return made


@pytest.fixture(scope="module")
def html(study: FakeStudy) -> str:
    from fer_xai.report import drawn

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawn, "_drawn", lambda folder, wanted, prefix="": dict.fromkeys(wanted))
        render(study)
    text = Path(study.path / "index.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}%", " %")
    start = text.index('<section aria-labelledby="trust">')
    return text[start : text.index("</section>", start) + len("</section>")]


def test_the_sentence_stands_first_and_says_whom_to_trust(html):
    said = (
        "For this model, trust LIME · SLIC and Occlusion; Grad-CAM is to be trusted too, but less faithful; Saliency "
    )
    assert said + "is not better than an edge detector." in html
    assert html.index("For this model") < html.index("<table")
    assert "Measured on all 48 faces" in html  # the made-up table's number, not the study's
    assert "on 12 of these" in html


def test_the_table_has_intervals_and_chance_levels_and_the_blind_maps_at_its_end(html):
    rows = [row.partition("</tr>")[0] for row in html.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr")[1:]]
    names = [row.partition('<th scope="row">')[2].partition("<")[0].strip() for row in rows]
    assert names == [
        *("LIME · SLIC", "Occlusion", "Grad-CAM", "Saliency"),
        *("A blob in the middle", "An edge detector", "Noise"),
    ]
    assert "✓ yes" in rows[0]
    assert "+0.34 (+0.30 to +0.38)" in rows[0]
    assert "laid elsewhere: 0.00" in rows[0]
    assert "✗ no" in rows[3]
    assert "an edge detector: +0.10" in rows[3]
    assert "~ partly" in rows[2]
    assert ">trust<" in rows[0]
    assert ">trust<" not in rows[3]
    # What is held against others is not judged itself, but sanity is.
    assert [row.count("✗ no") for row in rows[4:]] == [1, 1, 0]


def test_flagged_methods_are_told_in_plain_words_with_their_figures(html):
    saliency = (
        "Saliency is not better than an edge detector: +0.10 (95 % interval +0.06 to +0.14; an edge detector: +0.10;"
    )
    assert saliency in html
    assert re.search(
        re.escape(saliency) + r" 0.00 between them, p = [\d.]+, corrected over the methods; 48 faces\)", html
    )
    assert "Grad-CAM is coarse: the smallest thing it can show is 1.6 regions wide." in html
    assert "LIME · SLIC is" not in html


def test_no_agreement_between_methods_without_its_chance_level(html):
    matrix = html[html.index("Do the methods agree?") :]
    assert matrix.count("<b>+0.41</b><small>+0.36 to +0.46</small><small>−0.03</small>") == 6 * 5
    assert "Every measure in numbers" in matrix


def test_the_section_nests_and_every_table_has_a_caption(html):
    page = Page(html)
    assert html.count("<table") == html.count("<caption")
    assert all(attributes.get("scope") for attributes in page.all("th"))


def test_every_measure_stands_beside_its_chance_level():
    found = {measure.title: measure for measure in measures(made_up(FIGURES), [*METHODS, "sobel"])}
    stable = found["Stability"]
    assert stable.columns == ["mirroring", "a shift of 2 px", "noise"]
    assert dict(stable.rows)["Occlusion"][1] == ("0.80", "0.76 to 0.84", "chance 0.00")
    assert [name for name, _ in stable.rows][-1] == "An edge detector"


def test_the_report_rests_on_the_most_faithful_trusted_method(html, study, tmp_path):
    figures = Figures.of(study)
    assert figures.methods == ["lime:slic", "occlusion", "gradcam", "saliency"]
    assert figures.lead == "lime:slic"
    worse = make_study(tmp_path, faces=10, methods=METHODS)
    assert Figures.of(worse).lead == "occlusion"  # while it is not known, causal ones first
    worse.tables["trust"] = made_up(FIGURES | {"lime:slic": {"score": 0.5, "sanity": 0.9}})
    assert Figures.of(worse).lead == "occlusion"
    emotion = (study.path / "classes" / "happy.html").read_text(encoding="utf-8")
    assert emotion.index("LIME · SLIC overlay") < emotion.index("Occlusion overlay")


def test_a_study_without_trust_tables_has_no_section(tmp_path):
    made = make_study(tmp_path, faces=10, methods=METHODS)
    assert section(Figures.of(made)) is None
    assert "Which method to believe" not in render(made).read_text(encoding="utf-8")


def test_the_opening_warns_where_no_method_is_to_be_believed(study: FakeStudy) -> None:
    assert not any("Take that with care" in said for said in headline(Figures.of(study)))
    study.tables["trust"] = made_up({method: {"score": 0.1} for method in METHODS})
    said = next(said for said in headline(Figures.of(study)) if said.startswith("Take that with care"))
    assert said.endswith(" is not better than an edge detector.")
