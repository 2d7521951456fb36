"""Numbers that are none, nets that are dead or too sure, faces of one colour, emotions never answered: told."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_xai import explain, list_explainers
from fer_xai.classifier import Classifier
from fer_xai.errors import InputError
from fer_xai.evaluation import measure_accuracy
from fer_xai.evaluation.predicting import predict
from fer_xai.faces import Faces
from fer_xai.faces.drawn import draw
from fer_xai.faces.landmarks import OWN
from fer_xai.report import drawn, render
from fer_xai.study import Study, run_study
from tests.explainers.test_battery import options_of
from tests.golden import degenerate

GRADIENTS = ("saliency", "smoothgrad", "integrated_gradients", "gradcam", "shap:gradient")
ANSWERING = (degenerate.dead, degenerate.saturated, degenerate.never_disgust)


@pytest.fixture(scope="module")
def some() -> Faces:
    """Seven drawn faces, one of each emotion, and three of one colour."""
    faces = draw(7).faces
    pixels = np.concatenate([faces.pixels(), degenerate.one_colour()])
    return Faces.from_array(pixels, labels=[*faces.labels, "happy", "sad", "fear"])


def landmarks_of(study: Study) -> int:
    return int(study.table("landmarks")["landmarks"].isin(OWN).sum())


@pytest.mark.parametrize("model", ANSWERING, ids=lambda model: model.__name__)
def test_every_method_gives_finite_maps_on_every_face(model: Callable[[], Any], some: Faces) -> None:
    classifier = Classifier(model())
    for method in list_explainers():
        explanation = explain(classifier, some[5:], method=method, **options_of(method))
        assert np.isfinite(explanation.attributions).all(), method
        assert "undefined" not in explanation.details, method
        if model is degenerate.dead:
            assert not explanation.attributions.any(), method


def test_what_speaks_of_probabilities_is_silent_where_the_softmax_is_saturated(some: Faces) -> None:
    """The logit still moves: a method of logits sees what one of probabilities cannot."""
    classifier = Classifier(degenerate.saturated())
    assert predict(classifier, some[:7]).max(axis=1) == pytest.approx(1, abs=0)
    assert explain(classifier, some[:7], method="saliency").attributions.any(axis=(1, 2)).all()
    assert not explain(classifier, some[:7], method="saliency", of="probability").attributions.any()


@pytest.mark.parametrize("model", [degenerate.overflowing, degenerate.normed], ids=lambda model: model.__name__)
def test_answers_that_are_no_numbers_are_refused_before_anything_is_written(
    model: Callable[[], Any], some: Faces, tmp_path: Path
) -> None:
    classifier = Classifier(model())
    first, count = ("face-0", 10) if model is degenerate.overflowing else ("face-7", 3)
    told = rf"answers NaN or infinity on {count} of 10 faces, e.g. {first}: .*fer-xai clean"
    for ask in (
        lambda: explain(classifier, some, method="occlusion"),
        lambda: predict(classifier, some),
        lambda: run_study(classifier, some, tmp_path / "s", methods=("gradcam",)),
    ):
        with pytest.raises(InputError, match=told) as refused:
            ask()
        assert "\n" not in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_function_that_answers_no_numbers_is_refused(some: Faces) -> None:
    broken = Classifier.from_function(lambda faces: np.full((len(faces), 2), np.inf), "happy,sad")
    with pytest.raises(InputError, match="function answers NaN or infinity on 10 of 10 faces"):
        explain(broken, some, method="occlusion")


@pytest.mark.parametrize("method", GRADIENTS)
def test_a_gradient_that_is_no_number_leaves_that_face_an_empty_map_and_is_told(method: str, some: Faces) -> None:
    explanation = explain(Classifier(degenerate.rooted()), some, method=method, **options_of(method))
    assert np.isfinite(explanation.attributions).all()
    undefined = explanation.details.get("undefined", np.zeros(10, bool))
    assert not explanation.attributions[undefined].any()
    if method == "integrated_gradients":  # its paths begin at a face of one colour
        assert undefined.all()
        return
    assert explanation.attributions[:7].any(axis=(1, 2)).all()
    assert not undefined[:7].any()
    if method == "saliency":
        assert undefined[7:].all()


def test_the_command_tells_of_empty_maps(tmp_path: Path) -> None:
    from PIL import Image
    from typer.testing import CliRunner

    from fer_xai.cli.app import app

    for name, pixels in (("noise", draw(1).faces.pixels()[0, ..., 0]), ("grey", np.full((48, 48), 128, np.uint8))):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    pictures = [str(tmp_path / f"{name}.png") for name in ("noise", "grey")]
    for model, said in (
        (degenerate.dead, "noise.png: the map is empty, by saliency nothing in the face moves the answer"),
        (degenerate.rooted, "grey.png: saliency is not a number there, so its map is left empty"),
    ):
        model().save(tmp_path / "m.keras")
        command = ["explain", *pictures, "-m", str(tmp_path / "m.keras"), "--method", "saliency", "--trust-model"]
        result = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "why.png")])
        assert result.exit_code == 0, result.output
        assert said in " ".join(result.stderr.split())


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -0.1, 1.1])
def test_faces_that_are_no_light_are_refused(bad: float) -> None:
    faces = np.full((2, 48, 48), 0.5)
    faces[1, 3, 3] = bad
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError, match=r"float faces must lie in \[0, 1\]; received"):
            explain(degenerate.dead(), faces)


@pytest.mark.parametrize("model", ANSWERING, ids=lambda model: model.__name__)
def test_a_report_says_it(model: Callable[[], Any], some: Faces, tmp_path: Path, monkeypatch: Any) -> None:
    """Study and report on each; an emotion that is never answered stands in the tables with zero."""
    monkeypatch.setattr(drawn, "_drawn", lambda folder, wanted, prefix="": dict.fromkeys(wanted))
    methods = ("saliency", "occlusion")
    study = run_study(Classifier(model()), some, tmp_path / "s", methods=methods, options=_FEW, trust=0)
    told = render(study).read_text(encoding="utf-8")
    empty = "on which nothing speaks for the answer"
    if model is degenerate.saturated:
        assert empty in told
    if model is degenerate.dead:
        assert f"Saliency {landmarks_of(study)}" in told[told.index(empty) :][:300]
    predicted = study.predictions["predicted"]
    assert np.isfinite(study.predictions[[c for c in study.predictions if c.startswith("p_")]].to_numpy()).all()
    if model is degenerate.never_disgust:
        assert "disgust" not in set(predicted)
    accuracy = measure_accuracy(some.labels, list(predicted))
    assert accuracy is not None
    assert accuracy.value == (predicted == study.predictions["label"]).mean()


_FEW = {"occlusion": {"patch": 16, "stride": 16}}
