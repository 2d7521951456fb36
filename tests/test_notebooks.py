"""What the library's objects say of themselves: in a shell, in a notebook, to Tab and to a type checker."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fer_xai
from fer_xai import Classifier, Faces, Study, load_faces
from fer_xai.errors import InputError
from fer_xai.faces.strip import MOST

HOSTILE = "<img src=x onerror=alert(1)>'\"&"


@pytest.fixture
def study(tmp_path) -> Study:
    """A study of three faces with three tables, one of them called as an attribute of the class."""
    tables = {
        "predictions": pd.DataFrame({"face": ["a", "b", "c"], "label": ["happy", None, "sad"]}),
        "regions": pd.DataFrame({"region": ["mouth"], "share": [0.25]}),
        "landmarks": pd.DataFrame({"face": ["a"]}),
    }
    for name, table in tables.items():
        table.to_parquet(tmp_path / f"{name}.parquet")
    manifest = {
        "model": {"name": HOSTILE},
        "data": {"source": "faces.csv", "split": None, "faces": 3},
        "methods": {"occlusion": {}, "lime:slic": {}},
    }
    (tmp_path / "study.json").write_text(json.dumps(manifest))
    return Study(tmp_path)


class TestStudy:
    def test_tables_are_attributes_and_items(self, study):
        assert study.regions.equals(study["regions"])
        assert study.regions.loc[0, "share"] == 0.25
        assert "regions" in study
        assert "fear" not in study
        assert list(study) == ["landmarks", "predictions", "regions"]
        assert dict(study)["predictions"].shape == (3, 2)

    def test_what_the_class_has_wins_over_a_table_of_its_name(self, study):
        assert list(study["landmarks"].columns) == ["face"]
        assert "landmarks" in type(study).__dict__

    def test_tab_knows_the_tables(self, study):
        assert {"regions", "predictions", "table", "maps"} <= set(dir(study))
        assert study._ipython_key_completions_() == list(study)

    def test_what_there_is_not_is_said_with_what_there_is(self, study):
        with pytest.raises(AttributeError, match="no 'agreement'; its tables: landmarks, predictions, regions"):
            _ = study.agreement
        with pytest.raises(InputError, match="no table 'agreement'"):
            study["agreement"]

    def test_copies_and_odd_questions_do_not_recurse(self, study):
        assert copy.copy(study).regions.equals(study.regions)
        assert not hasattr(Study.__new__(Study), "_repr_latex_")

    def test_shows_itself_escaped(self, study):
        html = study._repr_html_()
        assert "<img" not in html
        assert "&lt;img" in html
        assert all(word in html for word in ("3", "occlusion, lime:slic", "predictions, regions", "faces.csv"))
        assert "3 faces, occlusion lime:slic" in repr(study)


class TestClassifier:
    def test_shows_itself_escaped(self, stub_model):
        black_box = Classifier.from_function(lambda faces: np.ones((len(faces), 2)) / 2, ["happy", "sad"], HOSTILE)
        html = black_box._repr_html_()
        assert "<img" not in html
        assert "happy, sad" in html
        shown = Classifier(stub_model)._repr_html_()
        assert f"{stub_model.count_params():,}" in shown
        assert "48×48×1, grey" in shown


class TestFaces:
    def test_show_the_first_ones_and_tell_how_many_more(self):
        faces = load_faces("sample")
        html = faces._repr_html_()
        assert "101 of 48×48×1" in html
        assert f"and {101 - MOST} more" in html
        assert f"and {101 - MOST} more" not in faces[:MOST]._repr_html_()

    def test_names_are_escaped_and_the_pixels_are_the_faces_own(self):
        from PIL import Image

        pixels = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), np.uint8)
        html = Faces.from_array(pixels, labels=["happy", None], ids=[HOSTILE, "b"])._repr_html_()
        assert html.count("<img") == 1
        assert "onerror" in html
        assert "(happy), b" in html
        encoded = re.search(r"base64,([^']+)'", html)
        assert encoded is not None
        shown = np.asarray(Image.open(BytesIO(b64decode(encoded[1]))))
        np.testing.assert_array_equal(shown, np.concatenate(list(pixels), axis=1))

    def test_none_at_all(self):
        assert "<img" not in load_faces("sample")[:0]._repr_html_()


def test_every_public_name_is_there_and_told_to_tab():
    assert set(fer_xai.__all__) <= set(dir(fer_xai))
    for name in fer_xai.__all__:
        assert getattr(fer_xai, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'explane'"):
        _ = fer_xai.explane


USE = """
import numpy as np
from fer_xai import Classifier, Explanation, Faces, Study, explain, list_codebooks, list_explainers
from fer_xai import load_classifier, load_faces

def use(path: str) -> bool:
    classifier: Classifier = load_classifier(path)
    faces: Faces = load_faces("sample")[:4]
    explanation: Explanation = explain(classifier, faces, method="occlusion", target=("fear", "surprise"))
    explanation.plot("bars", level="fine").savefig("bars.png")
    kept: Explanation = Explanation.load(explanation.save("kept.npz"))
    names: list[str] = [*list_explainers(), *list_codebooks()]
    maps, segments = Study("report").maps("occlusion")
    return len(kept) + len(names) == maps.shape[0] and segments is None

use(3)
"""


def test_types_help_a_strict_user(tmp_path):
    """The wrong call is found, and nothing else."""
    (tmp_path / "use.py").write_text(USE)
    cache = Path(__file__).resolve().parents[1] / ".mypy_cache" / "user"
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cache), "use.py"]
    told = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path).stdout
    (line,) = (line for line in told.splitlines() if "error:" in line)
    assert '"int"; expected "str"' in line
