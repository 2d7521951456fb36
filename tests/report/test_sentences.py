"""What the report says follows from the figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
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


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("happy-sad", "Every map here explains happy rather than sad."),
        ("fear", "Every map here explains fear"),
        ("label", "Every map here explains the face's label."),
    ],
)
def test_what_the_maps_explain_is_told_where_it_is_not_the_answer(tmp_path: Path, target: str, said: str) -> None:
    study = make_study(tmp_path, faces=20)
    assert "Every map here explains" not in " ".join(sentences.headline(Figures.of(study)))
    study.manifest["target"] = target
    assert sentences.headline(Figures.of(study))[1].startswith(said)


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
    assert "codebook by codebook it is clear of them for Du 2014, not clear for the other" in told
    blind = study.tables["specificity_blind"]
    blind.loc[blind["codebook"] == "du2014", "value"] = 0.1
    told = next(s for s in sentences.headline(Figures.of(study)) if "specificity" in s)
    assert "maps that know nothing of emotions have " in told
    assert "to +0.10; no interval is clear of these" in told
    scores.loc[chosen, ["value", "low", "high"]] = [0.0, -0.1, 0.1]
    told = next(s for s in sentences.headline(Figures.of(study)) if "specificity" in s)
    assert told.endswith("no interval is clear of these.")


def test_an_emotion_without_action_units_has_no_agreement(rendered: FakeStudy) -> None:
    told = " ".join(emotion_sentences.of_emotion(Figures.of(rendered), "neutral"))
    assert "There are no action units to compare neutral with here." in told
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
    assert "cannot be asked of a model that has one answer for nearly all faces" in " ".join(said)
    study.tables["predictions"]["label"] = "neutral"
    assert not any("whatever they show" in said for said in sentences.headline(Figures.of(study)))


def test_few_faces_are_a_sketch(tmp_path: Path) -> None:
    sketch, report = (make_study(tmp_path / str(n), faces=n) for n in (60, 100))
    assert "this is a sketch" in sentences.headline(Figures.of(sketch))[1]
    assert not any("sketch" in said for said in sentences.headline(Figures.of(report)))


def weights(study: FakeStudy, method: str, regions: dict[str, tuple[float, float]]) -> None:
    """Let a method's maps hold so many times a region's area, with so much of it from face to face; others hold 1."""
    rows = study.tables["regions"]
    own = (rows["method"] == method) & (rows["level"] == "coarse")
    rows.loc[own, "share"] = rows.loc[own, "area"]
    for region, (times, spread) in regions.items():
        part = own & (rows["region"] == region)
        swing = np.where(np.arange(part.sum()) % 2, 1 + spread, 1 - spread)
        rows.loc[part, "share"] = rows.loc[part, "area"] * times * swing


def test_where_it_looks_is_said_only_where_the_interval_is_above_the_area(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=60, methods=("occlusion",))
    weights(study, "occlusion", {"mouth": (3.0, 0.1), "nose": (1.2, 0.9), "forehead": (0.5, 0.1)})
    told = sentences.looks(Figures.of(study), "its answer")
    assert told is not None
    assert (
        "its answer rests most densely on the mouth (3.0 times its area, 95 % interval 2.9–3.1), of the face's" in told
    )
    assert "nose" not in told, "its interval holds 1"
    assert "least so on the forehead (0.50 times" in told
    weights(study, "occlusion", {"nose": (1.1, 0.9), "eye": (0.95, 0.9)})
    told = sentences.looks(Figures.of(study), "its answer")
    assert told is not None
    assert "no part of the face clearly weighs more than its area in its answer: most the nose (1.1 times" in told
    assert "least" not in told


def test_a_mean_that_is_higher_and_not_sure_does_not_hide_a_sure_one(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=60, methods=("occlusion",))
    weights(study, "occlusion", {"mouth": (1.4, 1.35), "nose": (1.2, 0.02)})
    told = str(sentences.looks(Figures.of(study), "its answer"))
    assert "its answer rests clearly more densely than a flat map on the nose (1.2 times its area" in told
    assert told.endswith(").")
    assert "Higher on the mean, and not clear: the mouth (1.4 times" in told


def test_methods_differ_only_where_their_intervals_do(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=60, methods=("occlusion", "gradcam", "saliency"))
    for method in ("occlusion", "gradcam", "saliency"):
        weights(study, method, {"mouth": (3.0, 0.1), "eye": (2.0, 0.1)})
    assert sentences._methods_agree(Figures.of(study)) == ["All 3 methods put the mouth first."]
    weights(study, "gradcam", {"mouth": (3.0, 0.5), "eye": (3.1, 0.5)})
    (told,) = sentences._methods_agree(Figures.of(study))
    assert told == "All 3 methods put the mouth first, or one too close to it to tell."
    weights(study, "gradcam", {"mouth": (2.0, 0.1), "eye": (3.1, 0.1)})
    (told,) = sentences._methods_agree(Figures.of(study))
    assert told == "Methods differ: 1 of the 2 others also found the mouth first; it is the eye by Grad-CAM."
    weights(study, "saliency", {"mouth": (3.0, 0.5), "eye": (3.1, 0.5)})
    (told,) = sentences._methods_agree(Figures.of(study))
    assert "1 of the 2 others also found the mouth first, or one too close to it to tell; it is the eye by" in told


def test_all_emotions_found_least_are_named(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=140)
    table = study.tables["predictions"]
    table["predicted"] = np.where(table["label"].isin(["sad", "fear"]), "angry", table["label"])
    said = next(said for said in sentences.headline(Figures.of(study)) if " best (" in said)
    counts = table["label"].value_counts()
    assert said.endswith(f" and fear (0 of {counts['fear']}) and sad (0 of {counts['sad']}) worst.")


def test_what_an_emotion_is_mostly_called_names_ties_and_no_single_face(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=40)
    table = study.tables["predictions"]
    table["label"] = ["fear"] * 12 + ["happy"] * 28
    table["predicted"] = ["fear"] * 6 + ["sad"] * 3 + ["neutral"] * 3 + ["happy"] * 27 + ["angry"]
    figures = Figures.of(study)
    assert sentences.mostly(figures, "fear") in (
        "; it calls 3 each neutral and sad",
        "; it calls 3 each sad and neutral",
    )
    assert sentences.mostly(figures, "happy") == "", "one face"


def test_where_the_label_is_explained_nothing_is_said_to_speak_for_the_answer(tmp_path: Path) -> None:
    study = make_study(tmp_path, faces=60)
    study.manifest["target"] = "label"
    figures = Figures.of(study)
    told = [*sentences.headline(figures), *emotion_sentences.of_emotion(figures, "happy")]
    assert any("of what speaks for the label lies outside the face" in sentence for sentence in told)
    assert any("what speaks for the label on" in sentence for sentence in told)
    assert not [sentence for sentence in told if "its answer" in sentence]
