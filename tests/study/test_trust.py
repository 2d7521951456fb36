"""The study's trust tables: whose faces, what is in them, and that a stopped run goes on to the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fer_xai.classifier import Classifier
from fer_xai.evaluation.trust import SUMMARY
from fer_xai.explainers import make_explainer
from fer_xai.faces import Faces
from fer_xai.study import Study, run_study, trust
from fer_xai.study.trust import Sample, sample_sizes
from tests.stubs import STUBS

METHODS = ("gradcam", "saliency")
LABELS = ("happy", "sad", "angry", "neutral")
TABLES = ("trust", "trust_faces", "method_agreement")


@pytest.fixture(scope="module")
def faces() -> Faces:
    """Twelve bundled faces with made-up labels."""
    from skimage.data import lfw_subset
    from skimage.transform import resize

    images = np.clip(resize(lfw_subset()[:12], (12, 48, 48), order=3), 0, 1)
    return Faces.from_array(np.rint(images * 255).astype(np.uint8), labels=[LABELS[n % 4] for n in range(12)])


def run(faces: Faces, out: Path, **more: Any) -> Study:
    return run_study(Classifier(STUBS["softmax_in_dense"]()), faces, out, methods=METHODS, seed=5, **more)


@pytest.fixture(scope="module")
def study(faces: Faces, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run(faces, tmp_path_factory.mktemp("study"))


def bytes_of(study: Study) -> dict[str, bytes]:
    return {name: (study.path / f"{name}.parquet").read_bytes() for name in TABLES}


@pytest.mark.parametrize(
    ("total", "asked", "sizes"),
    [
        (3589, None, (48, 12)),
        (350, None, (43, 7)),
        (101, None, (12, 3)),
        (12, None, (12, 3)),
        (11, None, (0, 0)),
        (11, 11, (11, 3)),
        (3, 3, (3, 3)),
        (3, 0, (0, 0)),
        (60, 60, (60, 15)),
        (60, 100, (60, 15)),
        (3589, 100, (100, 25)),
        (3589, 4, (4, 3)),
        (1, 1, (1, 1)),
    ],
)
def test_the_sample_grows_with_the_study_and_is_what_was_asked_for(total, asked, sizes):
    assert sample_sizes(total, asked) == sizes


def test_the_tables_have_the_promised_columns_and_all_measures(study):
    table = study.table("trust")
    assert list(table.columns) == list(SUMMARY)
    assert set(table["method"]) == {*METHODS, "random", "blob", "sobel"}
    assert {"faithfulness", "faithfulness_beside", "deletion", "insertion", "faithfulness_correlation"} < set(
        table["metric"]
    )
    assert {"region_agreement", "stability", "sanity", "grain", "sparseness"} < set(table["metric"])
    pairs = study.table("method_agreement")
    assert len(pairs) == 10
    assert {"rank_correlation", "chance_correlation", "top_overlap", "chance_overlap"} < set(pairs.columns)


def test_every_row_is_of_a_face_of_the_study_and_few_are_explained_again(study, faces):
    rows = study.table("trust_faces")
    named = rows.drop_duplicates("row").set_index("row")["face"]
    assert set(named) <= set(faces.ids)
    assert named.nunique() == 12
    again = rows[rows["metric"].isin(["stability", "sanity"])]
    assert again["face"].nunique() == 3
    assert (named[again["row"]].to_numpy() == again["face"].to_numpy()).all()


def test_blind_maps_know_nothing_of_the_weights_so_sanity_tells_them(study):
    rows = study.table("trust").query("metric == 'sanity'").set_index(["method", "variant"])["value"]
    assert rows["sobel"].to_numpy() == pytest.approx(1)
    assert rows["blob"].to_numpy() == pytest.approx(1)
    assert (rows["gradcam"] < 0.99).all()


def test_a_sample_is_stratified_and_a_smaller_one_is_part_of_it(study):
    sample = Sample.draw(study, 8, 4, "predicted")
    labels = np.array(study.faces.labels, object)
    assert sorted(labels[sample.places]) == sorted(2 * LABELS)
    assert sorted(labels[sample.places][sample.again]) == sorted(LABELS)
    stored = study.maps("gradcam")[0]
    assert np.array_equal(sample.maps["gradcam"], stored[sample.places])
    assert np.array_equal(sample.faces.pixels(), study.faces.pixels()[sample.places])
    predicted = study.table("predictions")["predicted"].to_numpy()
    assert sample.targets == tuple(predicted[sample.places])


def test_what_was_measured_is_not_measured_again_and_a_stopped_run_goes_on_to_the_same_bytes(study, monkeypatch):
    before = bytes_of(study)
    parts = sorted(study.path.glob("parts/trust-*/*/*.parquet"))
    assert len(parts) == 9
    stamps = {path: path.stat().st_mtime_ns for path in parts}
    lost = next(path for path in parts if path.parent.name == "sanity")
    lost.unlink()
    for name in TABLES:
        (study.path / f"{name}.parquet").unlink()
    monkeypatch.setattr(trust, "deletion_insertion", refuse)
    explainers = [make_explainer(name) for name in METHODS]
    sizes = sample_sizes(len(study.faces))
    trust.write_trust(study, Classifier(STUBS["softmax_in_dense"]()), explainers, "predicted", sizes)
    assert bytes_of(study) == before
    kept = [path for path in parts if path != lost]
    assert [path.stat().st_mtime_ns for path in kept] == [stamps[path] for path in kept]


def refuse(*asked: Any, **options: Any) -> None:
    raise AssertionError("measured again")


def test_none_is_none(faces, tmp_path):
    assert not {"trust", "trust_faces"} & set(run(faces[:2], tmp_path / "s", trust=0).tables)


def test_a_black_box_is_measured_but_its_weights_cannot_be_exchanged(faces, tmp_path):
    from fer_xai.evaluation.trust.verdict import judge

    def brightness(images: np.ndarray) -> np.ndarray:
        happy = images[:, 10:20, 10:20].mean(axis=(1, 2, 3))
        return np.stack([happy, 1 - happy], axis=1)

    box = Classifier.from_function(brightness, ("happy", "sad"))
    study = run_study(box, faces[:4], tmp_path / "s", methods=("occlusion",), trust=4)
    table = study.table("trust")
    assert "stability" in set(table["metric"])
    assert "sanity" not in set(table["metric"])
    assert judge(table, ["occlusion"])[0].sanity.words == "its weights cannot be exchanged"


def test_drawn_faces_tell_how_much_of_a_map_lies_on_the_truth(tmp_path):
    from fer_xai import load_faces
    from fer_xai.faces.formats import drawn

    faces = load_faces("drawn", split="test").sample(6, seed=3)
    out = run_study(
        Classifier(STUBS["softmax_in_dense"]()),
        *(faces, tmp_path, ("saliency",)),
        data={"source": "drawn", "split": "test"},
        trust=6,
    )
    rows = out.table("trust_faces").query("metric == 'truth_mass' and method == 'saliency'").set_index("face")
    drawing = drawn.drawing("drawn")
    at = [drawing.faces.ids.index(face) for face in rows.index]
    truth, maps = drawing[np.array(at)].truth, np.maximum(out.maps("saliency")[0], 0)
    maps = maps[[list(out.table("predictions")["face"]).index(face) for face in rows.index]]
    told = truth.any(axis=(1, 2))
    expected = (maps * truth).sum(axis=(1, 2)) / maps.sum(axis=(1, 2))
    assert told.any()
    np.testing.assert_allclose(rows["value"].to_numpy()[told], expected[told], rtol=1e-5)
    assert "truth_mass" not in set(pd.read_parquet(out.path / "trust.parquet").query("n == 0")["metric"])
