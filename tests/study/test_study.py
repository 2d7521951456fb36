"""A study: its tables, and that a stopped run goes on to the same bytes."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_xai.classifier import Classifier
from fer_xai.errors import InputError
from fer_xai.faces import Faces
from fer_xai.facs import load_codebook
from fer_xai.study import Study, run_study
from fer_xai.study.run import _explainers
from fer_xai.study.spatial import sample

METHODS = ("lime:quickshift", "gradcam", "occlusion", "shap:regions")
OPTIONS = {"lime:quickshift": {"samples": 50}}
# DESIGN's contract: these columns at least.
COLUMNS = {
    "predictions": "face label predicted p_angry p_neutral",
    "regions": "face label predicted target method level region landmarks area share negative_share log2_enrichment "
    "log2_enrichment_face coverage counted counted_chance",
    "agreement": "face method codebook emotion area mass_accuracy rank_accuracy pointing iou iou_chance "
    "log2_enrichment",
    "counts": "emotion method level region n counted frequency low high chance",
    "specificity": "method codebook value low high p n emotions left_out",
    "matrix": "method codebook emotion mask log2_enrichment",
    "ablation": "emotion region fill n recall recall_hidden recall_control cost cost_low cost_high p_cost",
    "occluders": "face level region occluded glasses hair",
    "region_values": "face label predicted target method region value standard_error",
    "shapley": "emotion method region n value low high",
    "separability": "method value low high chance p n emotions left_out",
    "separability_blind": "method value low high chance p n",
    "specificity_blind": "method codebook value low high p n",
    "own_regions": "method emotion region value p_holm stands_out",
    "own_correlations": "method codebook correlation correlation_low correlation_high p",
    "significance": "method split emotion region n log2_enrichment low high p p_holm significant difference p_others "
    "p_others_holm stands_out pixels resolved",
    "against": "method emotion region n share area log2_enrichment low high p_holm significant stands_out",
    "baselines": "method codebook map measure n value low high chance beyond beyond_low beyond_high",
    "spatial_null": "method emotion region n log2_enrichment_face null null_low null_high p p_corrected significant",
    "specificity_splits": "method codebook split value low high p n emotions left_out",
    "separability_splits": "method split value low high chance p n emotions left_out",
    "sampling": "face method passes settled",
}


@pytest.fixture(scope="module")
def faces() -> Faces:
    """Forty bundled faces (two chunks) with made-up labels, one of them no face at all."""
    from skimage.data import lfw_subset
    from skimage.transform import resize

    images = np.clip(resize(lfw_subset()[:40], (40, 48, 48), order=3), 0, 1)
    pixels = np.rint(images * 255).astype(np.uint8)
    pixels[7] = 128
    labels = [("happy", "sad", "angry", "neutral")[n % 4] for n in range(40)]
    return Faces.from_array(pixels, labels=labels)


def run(faces: Faces, out: Path, **more: Any) -> Study:
    from tests.conftest import STUBS

    classifier = Classifier(STUBS["softmax_in_dense"]())
    settings: dict[str, Any] = {"methods": METHODS, "seed": 5, "trust": 0} | more
    usual = {name: options for name, options in OPTIONS.items() if name in settings["methods"]}
    return run_study(classifier, faces, out, **{"options": usual} | settings)


@pytest.fixture(scope="module")
def study(faces: Faces, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run(faces, tmp_path_factory.mktemp("study"))


def test_tables_have_the_promised_columns(study):
    for name, columns in COLUMNS.items():
        assert set(columns.split()) <= set(study.table(name).columns), name


def test_region_values_sum_to_the_answer_less_the_hidden_face(study, faces):
    from fer_xai.engine import engine_for
    from fer_xai.faces.fills import fill_faces
    from tests.conftest import STUBS

    values = study.table("region_values")
    assert "face-7" not in set(values["face"])  # no face, so no regions
    engine = engine_for(Classifier(STUBS["softmax_in_dense"]()))
    whole, hidden = (engine.predict(some)[1] for some in (faces.images(), fill_faces(faces.images(), "mean")))
    best = whole.argmax(axis=1)
    expected = dict(zip(faces.ids, (whole - hidden)[np.arange(40), best], strict=True))
    sums = values.groupby("face")["value"].sum()
    assert np.allclose(sums, [expected[face] for face in sums.index], atol=1e-6)
    means = study.table("shapley").set_index(["emotion", "region"])["value"]
    assert means["all"]["mouth"] == pytest.approx(values.loc[values["region"] == "mouth", "value"].mean())
    assert means["sad"]["nose"] == pytest.approx(values.query("region == 'nose' and label == 'sad'")["value"].mean())


def test_each_face_says_how_settled_its_sampled_maps_are(study):
    rows = study.table("sampling").set_index("method")
    assert set(rows.index) == {"lime:quickshift", "shap:regions"}, "the others draw nothing"
    assert rows.groupby("method").size().tolist() == [40, 40]
    # Few segments are shown in all their combinations, the others in as many as were asked for.
    assert (rows.loc["lime:quickshift", "passes"] <= 50).all()
    exact = rows.loc["shap:regions"].dropna(subset="settled")
    assert len(exact) >= 39
    assert exact["settled"].to_numpy() == pytest.approx(1)


def test_in_a_study_lime_goes_on_until_it_has_settled_unless_told_otherwise():
    lime, rise = _explainers(["lime:slic", "rise"], {})
    assert (lime.samples, rise.samples) == ("auto", 1000)
    assert _explainers(["lime:slic"], {"lime:slic": {"samples": 70}})[0].samples == 70


def test_options_of_a_method_that_does_not_run_are_refused(faces, tmp_path):
    with pytest.raises(InputError, match="options for lime, which does not run; the methods are lime:slic"):
        run(faces[:1], tmp_path / "s", methods=("lime:slic",), options={"lime": {"samples": 70}})
    assert not (tmp_path / "s").exists()


def test_ablation_counts_the_faces_with_landmarks_of_each_label(study):
    table = study.table("ablation")
    labels = study.table("predictions").set_index("face")["label"]
    found = study.table("landmarks").query("landmarks != 'none'")["face"]
    expected = labels[found].value_counts().to_dict() | {"all": len(found)}
    assert table.query("region == 'mouth' and fill == 'grey'").set_index("emotion")["n"].to_dict() == expected
    assert set(table["fill"]) == {"grey", "blur", "inpaint"}


def test_blind_maps_are_measured_like_methods_and_stand_apart(study):
    assert set(study.table("specificity_blind")["method"]) == {"blob", "sobel"}
    assert set(study.table("separability_blind")["method"]) == {"blob", "sobel"}
    assert set(study.table("specificity")["method"]) == set(METHODS)
    assert not {"blob", "sobel"} & set(study.table("regions")["method"])


def test_regions_are_tested_for_each_method_and_know_its_cell(study):
    table = study.table("significance")
    assert set(table["method"]) == set(METHODS)
    sizes = table.dropna(subset="resolved").groupby("method")["pixels"]
    assert set(sizes.groups) >= {"gradcam", "lime:quickshift", "shap:regions"}
    for method, cell in cells_of(study).items():
        rows = table[table["method"] == method]
        assert (rows["resolved"] == (rows["pixels"] >= cell)).all()
    assert not table.loc[table["method"] == "gradcam", "resolved"].all(), "its cells are larger than some regions"


def cells_of(study: Study) -> dict[str, float]:
    from fer_xai.study.cells import read_cells

    return read_cells(study.path, METHODS, (0, 32))


def test_measured_maps_stand_beside_those_that_know_nothing(study):
    table = study.table("baselines").set_index(["method", "codebook", "map", "measure"])
    assert set(table.index.get_level_values("map")) == {"measured", "flat", "blob", "sobel", "others"}
    one = table.loc[("occlusion", "facs2002", "measured", "mass_accuracy")]
    assert 0 < one["n"] <= 40
    assert one["low"] < one["value"] < one["high"]
    flat = [table.loc[("occlusion", "facs2002", "flat", measure)] for measure in ("mass_accuracy", "log2_enrichment")]
    assert flat[0]["value"] == pytest.approx(one["chance"])
    assert flat[1]["value"] == pytest.approx(0, abs=1e-9)
    blob = table.loc[("occlusion", "facs2002", "blob", "mass_accuracy")]
    assert blob["beyond"] == pytest.approx(one["value"] - blob["value"])


def test_the_spatial_null_is_of_a_sample_drawn_by_content(study):
    table = study.table("spatial_null")
    assert set(table["method"]) == set(METHODS)
    found = study.table("landmarks").query("landmarks == 'mesh'")["face"]
    labels = study.table("predictions").set_index("face")["label"][found].value_counts()
    occlusion = table[table["method"] == "occlusion"].drop_duplicates("emotion").set_index("emotion")["n"]
    assert (occlusion <= labels[occlusion.index]).all()
    pixels, emotions = study.faces.pixels(), np.array(study.faces.labels, object)
    turned = np.random.default_rng(0).permutation(40)
    kept = sample(pixels, list(emotions), 5, most=4)
    again = sample(pixels[turned], list(emotions[turned]), 5, most=4)
    assert len(kept) == 16
    assert set(turned[again]) == set(kept)
    assert set(sample(pixels, list(emotions), 6, most=4)) != set(kept)


def test_the_mean_map_of_others_is_that_of_the_library(study, faces):
    from fer_xai.facs import part_profiles

    maps = study.maps("occlusion")[0]
    profiles = part_profiles(faces, maps, faces.labels)
    book = load_codebook("du2014")
    masks = profiles["others"].merged(book.merge, book.emotions)
    own = [
        masks.mass[i, book.emotions.index(label)]
        for i, label in enumerate(faces.labels)
        if label in book.emotions and masks.used[i] and profiles["measured"].used[i]
    ]
    table = study.table("baselines").set_index(["method", "codebook", "map", "measure"])
    row = table.loc[("occlusion", "du2014", "others", "mass_accuracy")]
    assert row["n"] == len(own)
    assert row["value"] == pytest.approx(np.mean(own), rel=1e-4)


def test_one_row_per_face_method_and_region(study):
    regions = study.table("regions")
    assert len(regions) == 40 * len(METHODS) * (8 + 25)
    assert not regions.duplicated(["face", "method", "level", "region"]).any()
    found = regions[regions["landmarks"] != "none"]
    sums = found.groupby(["face", "method", "level"])["area"].sum()
    assert np.allclose(sums, 1, atol=1e-5)
    shares = found.groupby(["face", "method", "level"])["share"].sum(min_count=1).dropna()
    assert np.allclose(shares, 1, atol=1e-4)


def test_faces_without_landmarks_are_counted_apart(study):
    landmarks = study.table("landmarks").set_index("face")["landmarks"]
    assert landmarks["face-7"] == "none"
    assert study.table("regions").query("face == 'face-7'")["share"].isna().all()
    summary = json.loads((study.path / "summary.json").read_text())
    assert summary["landmarks_found"] == (landmarks != "none").sum() < 40
    assert study.table("counts").query("level == 'coarse' and region == 'mouth'")["n"].max() < 11


def test_maps_and_faces_come_back_in_the_order_of_the_predictions(study, faces):
    maps, segments = study.maps("lime:quickshift")
    assert maps.shape == (40, 48, 48)
    assert segments is not None
    assert np.array_equal(study.faces.pixels(), faces.pixels())
    assert study.faces.labels == faces.labels
    assert study.maps("gradcam")[1] is None


def test_summary_agrees_with_the_tables(study):
    predictions = study.table("predictions")
    summary = json.loads((study.path / "summary.json").read_text())
    right = (predictions["label"] == predictions["predicted"]).sum()
    assert summary["accuracy"]["value"] == pytest.approx(right / 40)
    assert sum(map(sum, summary["confusion"]["counts"])) == 40
    assert {(row["method"], row["codebook"]) for row in summary["specificity"]} >= {("gradcam", "du2014")}


def digests(out: Path) -> dict[str, str]:
    files = [*out.glob("*.parquet"), *out.glob("maps/**/*.npz"), out / "summary.json"]
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


class Stop(Exception):
    pass


def test_a_stopped_run_goes_on_to_the_same_bytes(study, faces, tmp_path):
    def stop(what: str, done: int, total: int) -> None:
        if done > 40:
            raise Stop

    with pytest.raises(Stop):
        run(faces, tmp_path / "s", track=stop)
    assert not list((tmp_path / "s").glob("*.parquet"))
    resumed = run(faces, tmp_path / "s")
    assert digests(resumed.path) == digests(study.path)
    before = {path: path.stat().st_mtime_ns for path in resumed.path.glob("maps/**/*.npz")}
    run(faces, tmp_path / "s")
    assert before == {path: path.stat().st_mtime_ns for path in before}


def _run_until_killed(out: str, images: np.ndarray, labels: list[str]) -> None:
    run(Faces.from_array(images, labels=labels), Path(out))


def test_a_killed_run_goes_on_to_the_same_bytes(study, faces, tmp_path):
    context = multiprocessing.get_context("spawn")
    arguments = (str(tmp_path / "s"), faces.pixels(), list(faces.labels))
    process = context.Process(target=_run_until_killed, args=arguments)
    process.start()
    deadline = time.monotonic() + 120
    while not list((tmp_path / "s").glob("parts/regions/*/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    resumed = run(faces, tmp_path / "s")
    assert digests(resumed.path) == digests(study.path)


def test_another_study_in_the_same_folder_is_refused(study, faces):
    with pytest.raises(InputError, match="differs in its data"):
        run(faces[:10], study.path)
    with pytest.raises(InputError, match="differs in its target"):
        run(faces, study.path, target="label")


def test_a_study_grows_by_further_methods_as_if_all_had_been_asked_for_at_once(study, faces, tmp_path):
    said: list[str] = []

    def track(what: str, done: int, total: int) -> None:
        said.append(what.partition(", now ")[2])

    some = run(faces[:12], tmp_path / "s", methods=("occlusion", "gradcam"), trust=12)
    assert "trust" in some.tables
    grown = run(faces[:12], tmp_path / "s", trust=12)
    at_once = run(faces[:12], tmp_path / "o", trust=12, track=track)
    assert digests(grown.path) == digests(at_once.path)
    assert set(grown.table("trust")["method"]) >= set(METHODS)
    assert set(METHODS) < set(said)


def test_a_study_does_not_shrink_and_its_methods_keep_their_options(faces, tmp_path):
    run(faces[:3], tmp_path / "s", methods=("occlusion", "gradcam"))
    before = digests(tmp_path / "s")
    more = ("occlusion", "gradcam", "saliency")
    for asked, said in (
        ({"methods": ("occlusion",)}, r"\(it has gradcam too: with --methods occlusion,gradcam it goes on\)"),
        (
            {"methods": more, "options": {"occlusion": {"patch": 7}}},
            r"\(occlusion.patch none there and 7 here\)",
        ),
    ):
        with pytest.raises(InputError, match=said):
            run(faces[:3], tmp_path / "s", **asked)
    assert digests(tmp_path / "s") == before


def test_what_tells_the_faces_of_two_studies_apart_is_said(faces, tmp_path):
    run(faces[:3], tmp_path / "s", methods=("occlusion",))
    for other, said in (
        (faces[:4], r"\(number of faces 3 there and 4 here\)"),
        (faces[3:6], r"\(as many faces, but others\)"),
    ):
        with pytest.raises(InputError, match=said):
            run(other, tmp_path / "s", methods=("occlusion",))


def test_a_layer_that_no_method_has_is_refused_before_anything_is_written(faces, tmp_path):
    for method in ("gradcam", "layercam", "scorecam"):
        with pytest.raises(InputError, match="unknown layer with a map of the face 'nowhere'; known are"):
            run(faces[:3], tmp_path / "s", methods=("occlusion", method), options={method: {"layer": "nowhere"}})
    assert not (tmp_path / "s").exists()


def test_what_is_ready_before_trust_is_asked_has_all_tables_but_its_own(study, faces, tmp_path):
    seen: list[list[str]] = []
    run(faces[:12], tmp_path / "s", methods=("occlusion",), trust=12, ready=lambda study: seen.append(study.tables))
    assert "regions" in seen[0]
    assert not {"trust", "method_agreement"} & set(seen[0])
    assert {"trust", "method_agreement"} <= set(Study(tmp_path / "s").tables)


def test_folders_that_are_no_study_say_so(tmp_path):
    with pytest.raises(InputError, match="holds no study"):
        Study(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file"):
        run(Faces.from_array(np.zeros((1, 48, 48), np.uint8)), tmp_path / "file")


def test_a_label_the_classifier_does_not_know_is_counted_as_wrong(faces, tmp_path):
    strange = Faces.from_array(faces.pixels()[:4], labels=["contempt", "happy", "sad", None])
    study = run(strange, tmp_path / "s")
    summary = json.loads((study.path / "summary.json").read_text())
    assert summary["accuracy"]["n"] == 3
    assert summary["confusion"]["labels"][-1] == "contempt"


def test_report_and_summary_say_the_same(study):
    from fer_xai.report import render
    from fer_xai.report.figures import Figures

    figures = Figures.of(study)
    summary = json.loads((study.path / "summary.json").read_text())
    rate = figures.accuracy
    assert (rate.value, rate.low, rate.high) == pytest.approx(
        tuple(summary["accuracy"][k] for k in ("value", "low", "high"))
    )
    index = render(study)
    text = index.read_text()
    assert re.search(rf"\b{round(100 * rate.value)}\s%", text)
    assert {path.stem for path in (study.path / "classes").glob("*.html")} >= {"happy", "sad", "angry", "neutral"}
