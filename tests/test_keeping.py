"""Explanations kept in a file: everything comes back, the same bytes each time, and nothing hostile is opened."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_xai import Explanation, explain, load_faces
from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.faces.landmarks import find_landmarks


@pytest.fixture(scope="module")
def faces() -> Faces:
    sample = load_faces("sample")[:2]
    return Faces.from_array(sample.pixels(), labels=["happy", None], ids=["a", "<b>"])


@pytest.fixture(scope="module")
def explanation(stub_model, faces) -> Explanation:
    """With segments, names of regions, arrays and numbers among its details, and landmarks."""
    return explain(stub_model, faces, method="shap:regions", samples=40, landmarks=find_landmarks(faces))


def same(one: Any, other: Any) -> None:
    """Assert equal values and, but for numpy's numbers, equal types, all the way down."""
    assert type(one) is type(other) or isinstance(one, np.generic)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            same(one[key], other[key])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            same(left, right)
    else:
        assert one == other or (one != one and other != other)


def rewritten(path: Path, **changed: np.ndarray) -> Path:
    """The file again, some arrays in it exchanged."""
    with np.load(path) as file:
        arrays = dict(file) | changed
    np.savez(path, **arrays)
    return path


def test_everything_comes_back(explanation, tmp_path):
    again = Explanation.load(explanation.save(tmp_path / "kept.npz"))
    for name in (field.name for field in fields(Explanation) if field.name not in ("faces", "landmarks")):
        same(getattr(explanation, name), getattr(again, name))
    assert again.faces.ids == ("a", "<b>")
    assert again.faces.labels == ("happy", None)
    np.testing.assert_array_equal(again.faces.pixels(), explanation.faces.pixels())
    np.testing.assert_array_equal(again.landmarks.points, explanation.landmarks.points)
    assert again.landmarks.source == explanation.landmarks.source
    assert again.regions().equals(explanation.regions())


def test_faces_between_bytes_come_back_exactly(stub_model, tmp_path):
    images = np.random.default_rng(0).random((1, 48, 48, 1), np.float32)
    explanation = explain(stub_model, images, method="saliency")
    again = Explanation.load(explanation.save(tmp_path / "kept.npz"))
    np.testing.assert_array_equal(again.faces.images(), images)


def test_the_same_explanation_gives_the_same_bytes_and_leaves_no_other_file(explanation, tmp_path):
    first = explanation.save(tmp_path / "kept.npz").read_bytes()
    assert explanation.save(tmp_path / "kept.npz").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["kept.npz"]


def test_odd_numbers_and_nested_details_survive(explanation, tmp_path):
    details = {
        "nan": float("nan"),
        "endless": float("-inf"),
        "nothing": None,
        "list": [1, (2.5, "three"), {"deep": np.arange(3)}],
        "tuple": {"dict": "a key that the format uses itself"},
    }
    again = Explanation.load(replace(explanation, details=details).save(tmp_path / "kept.npz"))
    same(details, again.details)


class TestRefusals:
    def test_names_and_places(self, explanation, tmp_path):
        with pytest.raises(InputError, match=r"ends in \.npz"):
            explanation.save(tmp_path / "kept.pkl")
        with pytest.raises(InputError, match="give a folder that exists"):
            explanation.save(tmp_path / "nowhere" / "kept.npz")
        with pytest.raises(InputError, match="no explanation at"):
            Explanation.load(tmp_path / "none.npz")

    @pytest.mark.parametrize("value", [object(), {1: "a number for a key"}, np.array([{}], object), {"a set"}])
    def test_what_json_and_arrays_cannot_hold_is_refused_and_nothing_is_written(self, explanation, tmp_path, value):
        with pytest.raises(InputError, match=r"details\.odd is a .* cannot be kept"):
            replace(explanation, details={"odd": value}).save(tmp_path / "kept.npz")
        assert not list(tmp_path.iterdir())

    def test_python_objects_are_never_opened(self, explanation, tmp_path):
        class Hostile:
            def __reduce__(self) -> Any:
                return (Path.touch, (tmp_path / "touched",))

        path = rewritten(explanation.save(tmp_path / "kept.npz"), attributions=np.array([Hostile()], object))
        with pytest.raises(InputError, match="is no explanation"):
            Explanation.load(path)
        assert not (tmp_path / "touched").exists()

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04no", b"\x93NUMPY", b"{}"])
    def test_other_files(self, tmp_path, content):
        (tmp_path / "kept.npz").write_bytes(content)
        with pytest.raises(InputError, match="is no explanation"):
            Explanation.load(tmp_path / "kept.npz")

    def test_a_single_array_and_a_zip_without_arrays(self, tmp_path):
        with (tmp_path / "kept.npz").open("wb") as file:
            np.save(file, np.zeros(3))
        with pytest.raises(InputError, match="is no explanation"):
            Explanation.load(tmp_path / "kept.npz")
        with zipfile.ZipFile(tmp_path / "kept.npz", "w") as archive:
            archive.writestr("about", "{}")
        with pytest.raises(InputError, match="is no explanation"):
            Explanation.load(tmp_path / "kept.npz")

    def test_a_newer_format_is_told_as_such(self, explanation, tmp_path):
        path = explanation.save(tmp_path / "kept.npz")
        with np.load(path) as file:
            about = json.loads(file["about"].tobytes())
        newer = json.dumps(about | {"version": 99, "fer_xai": "9.0"}).encode()
        with pytest.raises(InputError, match=r"fer-xai 9\.0, which is newer"):
            Explanation.load(rewritten(path, about=np.frombuffer(newer, np.uint8)))

    def test_parts_that_do_not_fit_together(self, explanation, tmp_path):
        path = rewritten(explanation.save(tmp_path / "kept.npz"), attributions=np.zeros((3, 48, 48), np.float32))
        with pytest.raises(InputError, match=r"damaged explanation .*not equally many"):
            Explanation.load(path)

    def test_a_table_that_is_none(self, explanation, tmp_path):
        path = rewritten(explanation.save(tmp_path / "kept.npz"), table=np.frombuffer(b"no parquet", np.uint8))
        with pytest.raises(InputError, match="damaged explanation"):
            Explanation.load(path)


def test_the_file_opens_without_fer_xai(explanation, tmp_path):
    """It is a plain archive of arrays and JSON."""
    import pandas as pd

    with np.load(explanation.save(tmp_path / "kept.npz"), allow_pickle=False) as file:
        assert json.loads(file["about"].tobytes())["method"] == "shap:regions"
        table = pd.read_parquet(io.BytesIO(file["table"].tobytes()))
        assert file["attributions"].shape == (2, 48, 48)
    assert table["face"].tolist() == ["a", "<b>"]
