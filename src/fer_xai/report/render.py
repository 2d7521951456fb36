"""A study's folder gets its pages: ``index.html`` and one page per emotion."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from fer_xai.charts.words import codebook_name, emotion_file, fill_words, is_causal, listing, method_name
from fer_xai.few import FEWEST
from fer_xai.figures.pictured import pictured
from fer_xai.report import (
    causes,
    cautions,
    drawn,
    emotion_sentences,
    emotions_told,
    facts,
    grids,
    groups,
    plain_words,
    sentences,
    trust,
    wrong,
)
from fer_xai.report.browse import Browser, map_file, sample
from fer_xai.report.cards import Cards
from fer_xai.report.figures import Figures
from fer_xai.report.gallery import Group, choose
from fer_xai.report.scripts import write_data, write_scripts
from fer_xai.report.single_file import NAME as SINGLE_FILE
from fer_xai.report.summary import write_summary
from fer_xai.report.templating import environment, template_folder, write_page
from fer_xai.report.units import expected
from fer_xai.study.study import Study


def render(study: Study, foreword: str = "") -> Path:
    """Write a study's report beside its tables.

    Parameters
    ----------
    study : Study
        A study with at least its predictions, landmarks, regions, counts, agreement, specificity and matrix tables,
        its maps and its faces. Empty tables are said to be empty; unlabelled faces are grouped by prediction.
    foreword : str
        A line that opens the index, such as what is still to come.

    Returns
    -------
    Path
        ``index.html``, in the study's folder. The emotions' pages are ``classes/<emotion>.html``, the faces to search
        ``faces.html`` with their data in ``faces/``, the charts' pictures ``charts/<name>-light.svg`` and
        ``-dark.svg``, the scripts ``assets/``; ``summary.pdf`` and ``.png`` say it on one page. Every page can be
        read without scripts; every file is written in one step.

    Raises
    ------
    InputError
        If the templates are missing from the installation.
    """
    jinja = environment()
    figures = Figures.of(study)
    chosen = {emotion: choose(figures, emotion) for emotion in figures.emotions}
    picked = [row for found in chosen.values() for group in found for row in group.rows]
    cards = Cards(study, figures, picked)
    browser = Browser(study, figures, sample(figures, picked))
    methods = figures.methods
    for method in methods:
        if cards.rows:
            cards.add(method, *study.maps(method, cards.rows))
        maps = pictured(method, *study.maps(method, browser.rows))
        write_data(study.path, map_file(method), browser.maps(method, maps))
    common: dict[str, Any] = {
        "figures": figures,
        "manifest": figures.manifest,
        "emotions": figures.emotions,
        "causal": {method for method in figures.methods if is_causal(method)},
        "titles": _titles(figures),
        "explained": sentences.explained(figures),
        "coarse": [method_name(method) for method in trust.coarse(figures)],
    }
    means = drawn.means_of(study, figures)
    page = jinja.get_template("emotion.html.j2")
    for emotion in figures.emotions:
        shown = [(group, [cards[row] for row in group.rows]) for group in chosen[emotion]]
        charts = drawn.emotion_charts(study, figures, means, emotion)
        told = common | _emotion(figures, emotion, shown) | {"charts": charts, "root": "../"}
        write_page(page, study.path / "classes" / emotion_file(emotion), told)
    write_scripts(study.path, template_folder(), "theme.js", "report.js", "faces.js")
    write_data(study.path, "data", browser.data())
    told = common | {"tiles": browser.tiles(), "total": len(figures.predictions), "methods": methods}
    write_page(jinja.get_template("faces.html.j2"), study.path / "faces.html", told)
    write_summary(figures, common["titles"]["model"], common["titles"]["data"], study.path)
    (study.path / SINGLE_FILE).unlink(missing_ok=True)  # bound from older pages
    # The index is written last: while it is missing or old, so are the pages it links to.
    index = study.path / "index.html"
    told = common | {"foreword": foreword} | _index(figures) | {"charts": drawn.index_charts(study, figures, means)}
    told |= {"wrong": wrong.section(study, figures), "groups": groups.section(figures)}
    write_page(jinja.get_template("index.html.j2"), index, told)
    return index


def _titles(figures: Figures) -> dict[str, str]:
    model, data = figures.manifest["model"]["name"], figures.manifest["data"]
    split = f", {data['split']}" if data.get("split") else ""
    return {"model": str(model), "data": f"{Path(str(data.get('source', ''))).name or 'faces'}{split}"}


def _index(figures: Figures) -> dict[str, Any]:
    methods, collapsed = figures.methods, bool(cautions.one_answer(figures))
    return {
        "collapsed": collapsed,
        "headline": sentences.headline(figures),
        "model_facts": facts.model_facts(figures),
        "data_facts": facts.data_facts(figures),
        "method_facts": facts.method_facts(figures),
        "confusion": grids.confusion_grid(figures) if figures.accuracy.n else None,
        "heat": {level: [grids.region_heat(figures, m, level) for m in methods] for level in ("coarse", "fine")},
        "few": _few(figures),
        "costs": [(fill_words(f), causes.cost_grids(figures, f)) for f in causes.fills(figures)],
        "values": causes.value_grids(figures),
        "kept": causes.kept(figures),
        "told": [] if collapsed else emotions_told.told(figures),
        "agreement_tables": {book: grids.agreement_rows(figures, book) for book in figures.codebooks},
        "specificity": [] if collapsed else grids.specificity_rows(figures),
        "masks": {
            book: [grid for m in methods if (grid := grids.mask_grid(figures, m, book))] for book in figures.codebooks
        },
        "left_out": _left_out(figures),
        "commonest": _commonest(figures),
        "hardly_any": cautions.hardly_any(figures),
        "trust": trust.section(figures),
        "methods_told": plain_words.methods_told(methods),
        "words_told": plain_words.words_told(),
        "lead_s": sentences.lead_specificity(figures),
        "sizes": {emotion: int((figures.group == emotion).sum()) for emotion in figures.emotions},
    }


def _commonest(figures: Figures) -> float:
    """How often always giving the commonest label would be right."""
    counts = Counter(figures.label[figures.labelled])
    return max(counts.values(), default=0) / max(1, counts.total())


def _few(figures: Figures) -> list[str]:
    """Emotions with too few faces for the tables of where it looks; none where there are no tables at all."""
    told = figures.told(figures.counts_of(figures.lead or ""))
    return [emotion for emotion in figures.emotions if emotion not in told] if told else []


def _left_out(figures: Figures) -> dict[str, list[str]]:
    """Emotions left out of S → the codebooks that leave just those out."""
    found: dict[str, list[str]] = {}
    for book, rows in figures.tables["specificity"].groupby("codebook", sort=False):
        entry = rows["left_out"].iloc[0]
        names = re.split(r"[,\s]+", entry) if isinstance(entry, str) else []
        out = listing([name for name in names if name in figures.emotions])
        if out:
            found.setdefault(out, []).append(codebook_name(str(book)))
    return found


def _emotion(figures: Figures, emotion: str, shown: list[tuple[Group, list[Any]]]) -> dict[str, Any]:
    place, order = figures.emotions.index(emotion), figures.emotions
    return {
        "emotion": emotion,
        "before": order[place - 1] if place else None,
        "after": order[place + 1] if place + 1 < len(order) else None,
        "headline": emotion_sentences.of_emotion(figures, emotion),
        "called": grids.called_instead(figures, emotion),
        "drawn": [m for x in figures.methods if (m := grids.face_map(figures, x, emotion, method_name(x)))],
        "chart": grids.frequency_chart(figures, emotion),
        "tables": [
            (method, *(grids.region_table(figures, method, level, emotion) for level in ("coarse", "fine")))
            for method in figures.methods
        ],
        "agreement_by_book": {
            book: [(method, grids.agreement_of(figures, method, book, emotion)) for method in figures.methods]
            for book in figures.codebooks
        },
        "explained_faces": _explained_faces(figures, emotion),
        "expected": {book: expected(book, emotion) for book in figures.codebooks},
        "groups": shown,
        "group_size": int((figures.group == emotion).sum()),
        "few": int((figures.group == emotion).sum()) < FEWEST,
    }


def _explained_faces(figures: Figures, emotion: str) -> int:
    """Faces with landmarks whose maps explain an emotion."""
    rows = figures.tables["agreement_means"]
    sizes = rows.loc[rows["emotion"] == emotion, "n"].dropna()
    return int(sizes.max()) if len(sizes) else 0
