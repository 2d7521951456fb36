"""The study's tables of what goes wrong and of groups, with a black box whose errors are planted."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from fer_xai.charts.mean_face import mean_points
from fer_xai.classifier import Classifier
from fer_xai.faces import Faces
from fer_xai.faces.landmarks import Landmarks
from fer_xai.facs import FaceMasks
from fer_xai.facs.atlas import region_names
from fer_xai.study import chunks, contrasts, groups, wrong
from fer_xai.study.files import write_table

EMOTIONS = ("fear", "surprise", "happy")
REGIONS = region_names("coarse")
LABELS = ("fear", "fear", "fear", "fear", "fear", "fear", "happy", "contempt", "fear", None)


@pytest.fixture(scope="module")
def faces() -> Faces:
    """Noise of one face's shape; the last but one has no landmarks."""
    noise = np.random.default_rng(0).integers(0, 256, (len(LABELS), 48, 48, 1), np.uint8)
    return Faces.from_array(noise, labels=LABELS)


@pytest.fixture(scope="module")
def masks(faces: Faces) -> FaceMasks:
    points = np.tile(mean_points() * 12 + (24, 18), (len(faces), 1, 1))
    points[8] = np.nan
    source = tuple("none" if n == 8 else "given" for n in range(len(faces)))
    return FaceMasks.paint(faces, Landmarks(points, np.ones(len(faces), np.float32), source))


@pytest.fixture(scope="module")
def classifier(masks: FaceMasks) -> Classifier:
    """Says surprise rather than fear by the spread of the mouth's pixels; nothing else counts."""
    mouth = masks.level("coarse")[0].argmax(axis=0) == REGIONS.index("mouth")

    def function(images: np.ndarray) -> np.ndarray:
        surprise = 0.1 + 2.0 * images[:, mouth, 0].std(axis=1)
        return np.stack([0.9 - surprise, surprise, np.full(len(images), 0.1)], axis=1)

    return Classifier.from_function(function, EMOTIONS)


def predict(out: Path, faces: Faces, classifier: Classifier) -> pd.DataFrame:
    """Write the predictions of one chunk, as a study does."""
    p = classifier.function(faces.images())
    table = pd.DataFrame({"face": faces.ids, "label": pd.Series(faces.labels, dtype="string")})
    table["predicted"] = np.array(EMOTIONS, dtype=object)[p.argmax(axis=1)]
    right = [None if a is None else a == b for a, b in zip(faces.labels, table["predicted"], strict=True)]
    table["correct"] = pd.array(right, dtype="boolean")
    table[[f"p_{name}" for name in EMOTIONS]] = p
    write_table(chunks.table(out, "predictions", 0), table)
    return table


@pytest.fixture(scope="module")
def pulled(faces, masks, classifier, tmp_path_factory) -> tuple[pd.DataFrame, pd.DataFrame]:
    out = tmp_path_factory.mktemp("study")
    predictions = predict(out, faces, classifier)
    contrasts.write_contrasts(out, 0, classifier, faces, masks, seed=0)
    return predictions, pd.read_parquet(chunks.table(out, "contrasts", 0))


def test_the_planted_region_alone_pulls_and_all_pulls_add_up(pulled, faces, classifier):
    predictions, rows = pulled
    assert set(predictions["predicted"]) == {"surprise"}
    others = rows[rows["region"] != "mouth"]
    assert np.allclose(others["value"], 0, atol=1e-6)
    p = classifier.function(faces.images())
    # A mouth of one grey has no spread: p(surprise) is .1 then, and p(fear) .8.
    expected = (p[:, 1] - p[:, 0]) - (0.1 - 0.8)
    sums = rows[rows["label"] == "fear"].groupby("face")["value"].sum()
    assert np.allclose(sums, expected[[list(faces.ids).index(face) for face in sums.index]], atol=1e-5)


def test_only_wrong_faces_with_landmarks_and_a_known_label_are_asked(pulled):
    _, rows = pulled
    assert list(dict.fromkeys(rows["face"])) == [f"face-{n}" for n in range(7)]
    area = rows.groupby("face")["area"].sum()
    assert area.to_numpy() == pytest.approx(1.0, abs=1e-3)


def test_a_chunk_is_written_once(faces, masks, classifier, tmp_path):
    predict(tmp_path, faces, classifier)
    path = chunks.table(tmp_path, "contrasts", 0)
    contrasts.write_contrasts(tmp_path, 0, classifier, faces, masks, seed=0)
    first = path.read_bytes()
    contrasts.write_contrasts(tmp_path, 0, None, faces, masks, seed=0)  # nobody is asked again
    assert path.read_bytes() == first


def test_a_chunk_without_wrong_faces_has_no_rows(faces, masks, classifier, tmp_path):
    right = faces[7:]  # a label it does not know, no landmarks, no label
    predict(tmp_path, right, classifier)
    contrasts.write_contrasts(tmp_path, 0, classifier, right, masks_of(masks, slice(7, None)), seed=0)
    assert pd.read_parquet(chunks.table(tmp_path, "contrasts", 0)).empty


def masks_of(masks: FaceMasks, which: slice) -> FaceMasks:
    return FaceMasks(masks.parts[which], masks.ids[which], masks.landmarks[which])


def test_confusions_know_how_often_and_are_corrected_together(pulled):
    predictions, rows = pulled
    table = wrong.confusion_table(predictions, rows, EMOTIONS)
    assert set(zip(table["label"], table["predicted"], strict=True)) == {("fear", "surprise")}  # happy is one face
    mouth = table.set_index("region").loc["mouth"]
    assert (mouth["n"], mouth["of"], mouth["faces"]) == (7, 7, 6)  # one of the seven has no landmarks
    assert mouth["p"] < mouth["p_holm"] == pytest.approx(8 * mouth["p"])
    assert (table.drop(index=table.index[table["region"] == "mouth"])["p_holm"] == 1).all()


def test_few_errors_are_all_of_one_kind(pulled):
    kinds, errors = wrong.kind_tables(pulled[1], seed=0)
    assert set(errors["kind"]) == {-1}
    assert len(errors) == 7
    assert not kinds["found"].any()
    mean = kinds.set_index("region")["value"]
    assert mean["mouth"] == pytest.approx(1.0, abs=1e-5)  # each face's pulls are divided by the sum of their sizes


def test_no_errors_at_all_give_empty_tables():
    none = pd.DataFrame(columns=["face", "label", "predicted", "region", "area", "value"])
    kinds, errors = wrong.kind_tables(none, seed=0)
    assert errors.empty
    assert kinds.empty


@pytest.fixture
def study(tmp_path) -> SimpleNamespace:
    """400 faces whose hair costs accuracy, and whose women are looked at more by the mouth."""
    rng = np.random.default_rng(1)
    names, labels = [f"face-{n}" for n in range(400)], rng.choice(["fear", "happy"], 400)
    hair, gender = rng.random(400) < 0.3, rng.choice(["f", "m"], 400)
    right = rng.random(400) < np.where(hair, 0.4, 0.9)
    predicted = np.where(right, labels, np.where(labels == "fear", "happy", "fear"))
    p = np.where(predicted == "fear", 0.8, 0.2) + rng.uniform(-0.15, 0.15, 400)
    predictions = pd.DataFrame({"face": names, "label": pd.Series(labels, dtype="string"), "predicted": predicted})
    predictions = predictions.assign(correct=pd.array(right, dtype="boolean"), p_fear=p, p_happy=1 - p)
    share = rng.dirichlet(np.full(len(REGIONS), 20.0), 400)
    share[:, REGIONS.index("mouth")] += 0.05 * (gender == "f")
    known = {"face": np.repeat(names, len(REGIONS)), "level": "coarse", "region": np.tile(REGIONS, 400)}
    regions = pd.DataFrame({**known, "method": "occlusion", "share": share.ravel(), "area": 0.125})
    occluders = pd.DataFrame({**known, "occluded": 0.0, "hair": np.repeat(hair, len(REGIONS)), "glasses": False})
    write_table(chunks.table(tmp_path, "regions/occlusion", 0), regions)
    tables = {"predictions": predictions, "occluders": occluders}
    manifest = {"seed": 0, "model": {"emotions": ["fear", "happy"]}}
    faces = SimpleNamespace(table=pd.DataFrame({"face": names, "label": labels, "source": names, "gender": gender}))
    return SimpleNamespace(
        path=tmp_path, manifest=manifest, methods=["occlusion"], table=tables.__getitem__, faces=faces
    )


def test_a_cover_that_costs_accuracy_is_found(study):
    table = wrong.covered_table(study.table("predictions"), study.table("occluders")).set_index("group")
    assert table.loc["hair", "difference_high"] < -0.3
    assert table.loc["hair", "p_holm"] < 1e-6
    assert table.loc["glasses", "n"] == 0
    assert np.isnan(table.loc["glasses", "p_holm"])


def test_eyes_behind_glasses_are_not_counted_twice(study):
    occluders = study.table("occluders")
    first = occluders["face"] == "face-0"
    occluders.loc[first, ["occluded", "glasses"]] = (0.5, True)
    occluders.loc[(occluders["face"] == "face-1") & (occluders["region"] == "eye"), "occluded"] = 0.5
    table = wrong.covered_table(study.table("predictions"), occluders).set_index("group")
    assert table["n"][["glasses", "eye", "mouth"]].to_dict() == {"glasses": 1, "eye": 1, "mouth": 1}


def test_groups_know_accuracy_and_regions_and_correct_each_family(study):
    groups.write_groups(study, [0], study.faces)
    table = pd.read_parquet(study.path / "groups.parquet")
    assert set(table["column"]) == {"gender"}  # face, label and source are no groups
    mouth = table[(table["group"] == "f") & (table["figure"] == "mouth")].iloc[0]
    assert mouth["method"] == "occlusion"
    assert mouth["difference"] == pytest.approx(0.05, abs=0.02)
    assert mouth["p_holm"] < 1e-6
    accuracy = table[table["figure"] == "accuracy"]
    assert accuracy["method"].tolist() == ["", ""]
    assert accuracy["p_holm"].tolist() == accuracy["p"].tolist()  # f against m and m against f are one test
    assert mouth["p_holm"] == pytest.approx(8 * mouth["p"])


def test_three_groups_are_three_tests(study):
    third = np.where(np.arange(400) % 7 == 0, "x", study.faces.table["gender"])
    study.faces.table = study.faces.table.assign(gender=third, side=np.arange(400) % 2)
    groups.write_groups(study, [0], study.faces)
    table = pd.read_parquet(study.path / "groups.parquet").query("figure == 'accuracy'")
    smallest = table["p"].min()  # of four: three of gender, one of side
    assert table["p_holm"].min() == pytest.approx(min(1.0, 4 * smallest))
    side = table[table["column"] == "side"]
    assert side["p_holm"].iloc[0] == side["p_holm"].iloc[1]


def test_faces_without_further_columns_give_an_empty_table_with_its_columns(study):
    study.faces.table = study.faces.table.drop(columns="gender")
    groups.write_groups(study, [0], study.faces)
    table = pd.read_parquet(study.path / "groups.parquet")
    assert table.empty
    assert {"column", "group", "method", "figure", "p_holm"} <= set(table)


def test_votes_make_two_witnesses(study):
    alone = wrong.doubt_table(study, study.faces)
    assert set(alone["evidence"]) == {"model"}
    votes = np.where(study.table("predictions")["label"].to_numpy(object) == "fear", 9, 1)
    study.faces.table = study.faces.table.assign(votes_fear=votes, votes_happy=10 - votes)
    assert wrong.doubt_table(study, study.faces).empty  # everyone voted for the label
    swapped = study.faces.table["face"] == alone["face"].iloc[0]
    fear, happy = (study.faces.table[name].copy() for name in ("votes_fear", "votes_happy"))
    study.faces.table = study.faces.table.assign(
        votes_fear=fear.mask(swapped, happy), votes_happy=happy.mask(swapped, fear)
    )
    both = wrong.doubt_table(study, study.faces)
    assert both["face"].tolist() == [alone["face"].iloc[0]]
    assert both["evidence"].tolist() == ["votes"]
    assert both["chance"].iloc[0] == pytest.approx(1 / 400)
    assert both["alone"].iloc[0] == len(alone)
