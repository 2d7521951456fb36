"""The report on one page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_xai.report import summary
from fer_xai.report.figures import Figures
from tests.report.fake_study import make_study


def test_the_same_study_gives_the_same_page(tmp_path: Path) -> None:
    figures = Figures.of(make_study(tmp_path, faces=40, methods=("occlusion", "gradcam")))
    written = []
    for _ in range(2):
        summary.write_summary(figures, "drawn-net", "faces", tmp_path)
        written.append([(tmp_path / name).read_bytes() for name in (summary.PDF, summary.PNG)])
    assert written[0] == written[1]
    assert written[0][0].startswith(b"%PDF")
    assert sum(map(len, written[0])) < 1_500_000


@pytest.mark.parametrize(
    "options",
    [{"labelled": False}, {"landmarks": False}, {"emotions": ("happy",)}, {"faces": 1}, {"never": ("sad",)}],
    ids=lambda options: next(iter(options)),
)
def test_thin_studies_get_a_page_with_its_words_inside(tmp_path: Path, options: dict) -> None:
    study = make_study(tmp_path, **({"faces": 20, "methods": ("occlusion",)} | options))
    page = summary._page(Figures.of(study), "drawn-net", "faces")
    page.draw_without_rendering()
    paper = page.bbox
    for text in page.texts:
        box = text.get_window_extent()
        assert box.x0 >= paper.x0
        assert box.x1 <= paper.x1
        assert box.y0 >= paper.y0


def test_an_s_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=40, methods=("occlusion",))
    table = study.tables["specificity"]
    gone = table["codebook"].iloc[0]
    study.tables["specificity"] = table[table["codebook"] != gone]
    forest = summary._page(Figures.of(study), "m", "d").axes[1]
    told = [text.get_text() for text in forest.texts]
    assert told.count("not known") == 1
    assert len(forest.get_yticklabels()) == len(told)


def test_names_from_outside_are_written_as_they_are(tmp_path: Path) -> None:
    odd = r"$\frac{x$ & <b>"
    study = make_study(tmp_path, faces=12, emotions=(odd, "happy"), methods=("occlusion",))
    summary.write_summary(Figures.of(study), odd, odd, tmp_path)
    assert np.asarray(Image.open(tmp_path / summary.PNG)).std() > 1


def test_the_verdict_on_the_methods_is_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked:
        sentence = "For this model, trust nobody."

    monkeypatch.setattr(summary.trust, "section", lambda figures: Asked)
    page = summary._page(Figures.of(make_study(tmp_path, faces=12, methods=("occlusion",))), "m", "d")
    assert Asked.sentence in [text.get_text() for text in page.texts]
