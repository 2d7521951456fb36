"""What the report says follows from the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from fer_xai.report import emotion_sentences, sentences
from fer_xai.report.figures import Figures
from tests.report.fake_study import FakeStudy, make_study


def test_accuracy_is_counted_not_copied(rendered: FakeStudy) -> None:
    figures = Figures.of(rendered)
    table = rendered.table("predictions")
    right = int((table["label"] == table["predicted"]).sum())
    assert (figures.accuracy.count, figures.accuracy.n) == (right, len(table))
    assert f"{100 * right / len(table):.0f}\N{NO-BREAK SPACE}%" in sentences.headline(figures)[2], "after the sketch"
    recalls = table[table["label"] == table["predicted"]].groupby("label").size() / table.groupby("label").size()
    assert figures.balanced is not None
    assert figures.balanced.value == pytest.approx(recalls.fillna(0).mean())


def test_unlabelled_faces_say_so_and_claim_no_accuracy(tmp_path: Path) -> None:
    text = " ".join(sentences.headline(Figures.of(make_study(tmp_path, faces=20, labelled=False))))
    assert "None of these faces has a label" in text
    assert "labelled emotion for" not in text


def test_the_sign_of_s_is_told_as_the_interval_tells_it(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=30)
    scores = study.tables["specificity"]
    scores["value"], scores["low"], scores["high"] = 0.0, -0.1, 0.1
    chosen = (scores["method"] == "occlusion") & (scores["codebook"] == "du2014")
    scores.loc[chosen, ["value", "low", "high"]] = [0.16, 0.09, 0.24]
    told = next(s for s in sentences.headline(Figures.of(study)) if "specificity" in s)
    assert "+0.16 (Du 2014)" in told
    assert "clearly more for Du 2014, not clear for the other" in told
    scores.loc[chosen, ["value", "low", "high"]] = [0.0, -0.1, 0.1]
    told = next(s for s in sentences.headline(Figures.of(study)) if "specificity" in s)
    assert told.endswith("no interval excludes 0.")


def test_an_emotion_without_action_units_has_a_profile_and_no_agreement(rendered: FakeStudy) -> None:
    told = " ".join(emotion_sentences.of_emotion(Figures.of(rendered), "neutral"))
    assert "no agreement" in told
    assert "rests most densely on" in told


def test_an_emotion_never_answered_is_told(tmp_path: Path) -> None:
    figures = Figures.of(make_study(tmp_path, faces=40, never=("disgust",)))
    assert "It never answers disgust for a labelled face." in emotion_sentences.of_emotion(figures, "disgust")


def test_no_emotion_is_best_where_all_are_found_alike(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=60)
    study.tables["predictions"]["predicted"] = study.tables["predictions"]["label"]
    text = " ".join(sentences.headline(Figures.of(study)))
    assert "It finds every emotion equally often (100" in text
    assert " least (" not in text


def test_a_model_with_one_answer_for_all_is_warned_of_first(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=120)
    assert not any("whatever they show" in said for said in sentences.headline(Figures.of(study)))
    study.tables["predictions"]["predicted"] = "neutral"
    said = sentences.headline(Figures.of(study))
    assert said[1].startswith("Warning: it answers neutral for 100")
    assert any("whatever they show" in said for said in emotion_sentences.of_emotion(Figures.of(study), "happy"))
    assert sentences.lead_specificity(Figures.of(study)) is None
    assert "cannot be asked of a model with one answer" in " ".join(said)
    study.tables["predictions"]["label"] = "neutral"
    assert not any("whatever they show" in said for said in sentences.headline(Figures.of(study)))


def test_few_faces_are_a_sketch(tmp_path: Path) -> None:
    sketch, report = (make_study(tmp_path / str(n), faces=n) for n in (60, 100))
    assert "this is a sketch" in sentences.headline(Figures.of(sketch))[1]
    assert not any("sketch" in said for said in sentences.headline(Figures.of(report)))
