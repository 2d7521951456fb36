"""Whole comparisons: planted nets on drawn faces that tell their label twice, by the face and by a mark."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fer_xai.classifier import Classifier
from fer_xai.comparison import Comparison, compare_studies, run_comparison
from fer_xai.comparison.comparison import FIGURES
from fer_xai.comparison.run import comparable, folder_names, shared_methods
from fer_xai.comparison.sentences import told
from fer_xai.comparison.verdict import judge
from fer_xai.errors import InputError
from fer_xai.faces import Faces
from tests.comparison.planted import EMOTIONS, corners, marked_faces, middle, remembering

METHODS = ("occlusion",)


@pytest.fixture(scope="module")
def faces() -> Faces:
    return marked_faces(14)


@pytest.fixture(scope="module")
def models(faces) -> dict[str, Classifier]:
    return {"honest": remembering(faces, middle(), "honest"), "cheating": remembering(faces, corners(), "cheating")}


@pytest.fixture(scope="module")
def compared(faces, models, tmp_path_factory) -> Comparison:
    return run_comparison(models, faces, tmp_path_factory.mktemp("compared"), METHODS)


def test_the_honest_net_is_preferred_though_both_are_as_often_right(compared):
    found = judge(compared.figures, "honest", "cheating", "facs2002")
    assert compared.table("accuracy")["accuracy"].nunique() == 1
    assert found.more_accurate is None
    assert found.better_reasons == "honest"
    assert found.sentence.startswith("Prefer honest to cheating: these faces do not tell which is right more often")
    assert "lies outside the face" in found.sentence
    assert found.sentence.count(". ") == 0


def test_what_is_told_names_both_models(compared):
    said = " ".join(told(compared.figures, "honest", "cheating", "facs2002"))
    assert "cheating weighs the background" in said
    assert "Both are right on 14 faces" in said


def test_every_study_table_has_its_models(compared):
    for name in ("predictions", "regions", "agreement", "counts", "specificity"):
        table = compared.table(name)
        assert list(dict.fromkeys(table["model"])) == compared.models, name
        own = compared.studies["cheating"].table(name)
        joined = table[table["model"] == "cheating"].drop(columns="model").reset_index(drop=True)
        assert len(joined) == len(own)
        np.testing.assert_array_equal(joined["face" if "face" in own else "n"], own["face" if "face" in own else "n"])


def test_no_table_of_differences_hides_a_studys_own(compared):
    assert not set(FIGURES) & set(compared.studies["honest"].tables)
    own = set(FIGURES) - {"contrasts", "contrast_regions"}  # both are right on every face
    assert set(compared.figures) == own | {"specificity_blind"}


def test_the_same_call_again_gives_the_same_bytes(compared, faces, models):
    before = digests(compared.path)
    (contrasts,) = (compared.path / "parts" / "contrasts").rglob("*.parquet")
    contrasts.unlink()
    (compared.path / "comparison.json").unlink()
    run_comparison(models, faces, compared.path, METHODS)
    assert digests(compared.path) == before


def test_labels_that_a_model_does_not_know_are_left_out(faces):
    six = Classifier.from_function(lambda images: np.ones((len(images), 2)) / 2, ("happy", "sad"), "two")
    seven = Classifier.from_function(lambda images: np.ones((len(images), 7)) / 7, EMOTIONS, "seven")
    kept, left = comparable(faces, {"two": six, "seven": seven})
    assert set(kept.labels) == {"happy", "sad"}
    assert left == len(faces) - len(kept)
    with pytest.raises(InputError, match="no face can be compared"):
        comparable(faces[[label == "fear" for label in faces.labels]], {"two": six, "seven": seven})


def test_a_black_box_takes_no_grad_cam(models):
    assert shared_methods(models) == ("occlusion", "shap:regions")


def test_one_model_is_refused(faces, models, tmp_path):
    with pytest.raises(InputError, match="two or more"):
        run_comparison({"honest": models["honest"]}, faces, tmp_path)


def test_studies_of_other_faces_are_refused(compared, tmp_path):
    honest = compared.studies["honest"]
    other = SimpleNamespace(manifest={**honest.manifest, "data": {"content": "else"}})
    with pytest.raises(InputError, match="other faces"):
        compare_studies({"honest": honest, "other": other}, tmp_path)


def test_a_folder_without_a_comparison_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no comparison"):
        Comparison(tmp_path)


def test_folders_are_safe_and_each_models_own():
    assert folder_names(["a b", "a/b", "Charts", "..", "é", "A_B"]) == [
        "a_b",
        "a_b-2",
        "Charts-2",
        "model",
        "é",
        "A_B-3",
    ]


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
