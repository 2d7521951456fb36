"""Regions, focus, S, maps and faces of planted maps: what differs is found, what does not is not."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.comparison.faces import BOTH, face_table, map_agreement
from fer_xai.comparison.focus import CENTRAL, faces_focus, focus_differences, focus_table
from fer_xai.comparison.matched import Matched
from fer_xai.comparison.orders import orders_table, twins_table
from fer_xai.comparison.parts import Profiles, effective_area
from fer_xai.comparison.regions import region_differences
from fer_xai.comparison.run import measure
from fer_xai.comparison.specificity import specificity_differences
from fer_xai.facs import FaceMasks, region_names
from tests.comparison.planted import EMOTIONS, PlantedStudy, answering, mean_landmarks, on_region

LABELS = [EMOTIONS[i % 7] for i in range(70)]
OWN = {"happy": "mouth", "surprise": "mouth", "angry": "brow", "fear": "eye", "sad": "brow", "disgust": "nose"}


def study(maps: np.ndarray, wrong: float = 0.1, seed: int = 0, **more: object) -> PlantedStudy:
    return PlantedStudy(LABELS, answering(LABELS, wrong, seed), {"occlusion": maps}, **more)


@pytest.fixture(scope="module")
def apart() -> Matched:
    mouths, outside = on_region("mouth", 70, 0), on_region("background", 70, 1, 0.9)
    return Matched.of({"mouth": study(mouths), "frame": study(outside, seed=5)})


@pytest.fixture(scope="module")
def profiles(apart) -> Profiles:
    return Profiles.measure(apart)


def test_effective_area_of_even_maps_is_their_area():
    maps = np.zeros((4, 48, 48), np.float32)
    maps[0] = 3
    maps[1, :12] = 1
    maps[2, 5, 5], maps[2, :, 20] = 2, -7
    assert effective_area(maps) == pytest.approx([1, 1 / 4, 1 / 48**2, np.nan], nan_ok=True)


def test_focus_is_what_the_masks_hold(apart, profiles):
    values, chance = faces_focus(profiles, "mouth", "occlusion")
    masks = FaceMasks.paint(np.zeros((1, 48, 48), np.float32), mean_landmarks(1)).level("coarse")[0]
    names, maps = region_names("coarse"), apart.studies["mouth"].maps("occlusion")[0]
    for face in (0, 33):
        total = maps[face].sum()
        held = {name: (maps[face] * mask).sum() / total for name, mask in zip(names, masks, strict=True)}
        assert values[face, 0] == pytest.approx(held["background"], abs=1e-5)
        assert values[face, 1] == pytest.approx(sum(held[name] for name in CENTRAL), abs=1e-5)
    assert chance[0, 0] == pytest.approx(masks[names.index("background")].mean(), abs=1e-5)


def test_the_model_that_looks_outside_is_found(apart, profiles):
    table = focus_table(apart, profiles).set_index(["model", "measure"])
    assert table.loc[("frame", "outside"), "beyond"] == 1
    assert table.loc[("mouth", "outside"), "beyond"] == -1
    row = focus_differences(apart, profiles).set_index("measure").loc["outside"]
    assert row["significant"]
    assert row["high"] < -0.3


def test_regions_differ_where_they_were_planted(apart, profiles):
    table = region_differences(apart, profiles)
    every = table[(table["level"] == "coarse") & (table["emotion"] == "all")].set_index("region")
    assert every["share"].sum() == pytest.approx(1, abs=1e-4)
    assert every.loc["mouth", "significant"]
    assert every.loc["mouth", "low"] > 0.3
    assert every.loc["background", "high"] < -0.3
    by_emotion = table[(table["level"] == "coarse") & (table["emotion"] == "sad")].set_index("region")
    assert by_emotion.loc["mouth", "n"] == 10
    assert by_emotion.loc["mouth", "low"] > 0.3


def test_equal_models_do_not_differ_anywhere():
    same = study(on_region("mouth", 70, 0))
    found = measure(Matched.of({"a": same, "b": same}))
    for name, table in found.items():
        if "significant" in table:
            assert not table["significant"].any(), name
    assert found["twins"].iloc[0]["same_net"]
    assert found["twins"].iloc[0]["renamed"] == ""
    assert (found["face_differences"]["apart"] < found["face_differences"]["apart_chance"]).all()
    assert found["map_agreement"]["rank_correlation"].iloc[0] == pytest.approx(1)


def test_maps_that_know_nothing_are_rarely_told_apart():
    rng = np.random.default_rng(4)
    noise = [rng.random((70, 48, 48)).astype(np.float32) for _ in range(2)]
    matched = Matched.of({"a": study(noise[0]), "b": study(noise[1], seed=1)})
    profiles = Profiles.measure(matched)
    assert not focus_differences(matched, profiles)["significant"].any()
    assert not region_differences(matched, profiles)["significant"].any()
    row = map_agreement(matched).iloc[0]
    assert row["low"] < row["chance_correlation"] < row["high"]


def test_the_model_on_the_emotions_own_units_has_the_higher_s():
    own = np.concatenate([on_region(OWN.get(label, "cheek"), 1, i) for i, label in enumerate(LABELS)])
    matched = Matched.of({"blind": study(on_region("mouth", 70, 1)), "own": study(own)})
    table = specificity_differences(matched, Profiles.measure(matched)).set_index("codebook")
    row = table.loc["facs2002"]
    assert row["other_value"] > row["value"]
    assert row["significant"]
    assert row["high"] < 0


@pytest.mark.parametrize("few", [1, 4])
def test_an_emotion_with_few_faces_neither_takes_s_away_nor_decides_it(few):
    labels = ["happy"] * 8 + ["sad"] * 8 + ["fear"] * few
    maps = on_region("mouth", 16 + few, 0)
    studies = {
        name: PlantedStudy(labels, answering(labels, 0, i), {"occlusion": maps}) for i, name in enumerate(("a", "b"))
    }
    matched = Matched.of(studies)
    row = specificity_differences(matched, Profiles.measure(matched)).iloc[0]
    assert row["n"] == 16
    assert np.isfinite(row[["value", "low", "p"]].astype(float)).all()


def test_faces_are_sorted_by_who_is_right(apart, profiles):
    table = face_table(apart, profiles)
    for row in table.itertuples():
        right = [row.predicted == row.label, row.other_predicted == row.label]
        assert (
            row.kind == {(1, 1): BOTH, (1, 0): "mouth", (0, 1): "frame", (0, 0): "both wrong"}[tuple(map(int, right))]
        )
    assert (table["region"] == "mouth").mean() > 0.9
    assert set(table["other_region"]) == {"background"}


def test_models_with_other_reasons_are_further_apart_than_faces_are(apart, profiles):
    table = face_table(apart, profiles)
    assert (table["apart"] > table["apart_chance"]).all()


def test_chance_of_being_apart_is_the_mean_over_other_faces_of_the_emotion(apart, profiles):
    table = face_table(apart, profiles)
    one, two = (profiles.level(model, "occlusion", "coarse").mass for model in apart.models)
    others = [j for j, label in enumerate(LABELS) if label == LABELS[3] and j != 3]
    by_hand = np.mean([np.abs(own[3] - own[j]).sum() / 2 for own in (one, two) for j in others])
    assert table["apart_chance"][3] == pytest.approx(by_hand)
    assert table["apart"][3] == pytest.approx(np.abs(one[3] - two[3]).sum() / 2)


def test_unrelated_maps_are_those_of_other_faces_of_the_emotion_by_the_other_model(apart, profiles):
    table = face_table(apart, profiles)
    one, two = (profiles.level(model, "occlusion", "coarse").mass for model in apart.models)
    others = [j for j, label in enumerate(LABELS) if label == LABELS[3] and j != 3]
    limit = table["apart_chance"][3]
    assert table["unrelated"][3] == np.mean([np.abs(one[3] - two[j]).sum() / 2 > limit for j in others])
    same = Matched.of({"a": apart.studies["mouth"], "b": apart.studies["mouth"]})
    twins = face_table(same, Profiles.measure(same))
    assert twins["apart"].max() == 0
    assert 0.2 < twins["unrelated"].mean() < 0.8, "a model's own maps of two faces are as often further apart as nearer"


def test_a_permuted_order_is_called_out():
    maps, p = on_region("mouth", 70, 0), answering(LABELS, 0.1, 0)
    order = ("sad", "angry", "happy", "fear", "neutral", "surprise", "disgust")
    right = PlantedStudy(LABELS, p, {"occlusion": maps})
    wrong = PlantedStudy(LABELS, p, {"occlusion": maps}, emotions=order)
    matched = Matched.of({"right": right, "wrong": wrong})
    twins = twins_table(matched).iloc[0]
    assert twins["same_net"]
    assert twins["renamed"].split() == [f"{a}→{b}" for a, b in zip(EMOTIONS, order, strict=True) if a != b]
    orders = orders_table(matched).set_index("model")["better"]
    assert not isinstance(orders["right"], str)
    assert orders["wrong"] == " ".join(EMOTIONS)


def test_different_nets_are_no_twins(apart):
    twins = twins_table(apart).iloc[0]
    assert not twins["same_net"]
    assert twins["renamed"] == ""


def test_unlabelled_faces_count_where_all_models_agree():
    labels: list[str | None] = [None] * 30
    studies = {
        name: PlantedStudy(labels, answering(labels, 0, seed), {"occlusion": on_region("mouth", 30, seed)})
        for seed, name in enumerate(("a", "b"))
    }
    matched = Matched.of(studies)
    alike = matched.answers("a") == matched.answers("b")
    assert 0 < alike.sum() < 30
    assert [emotion is not None for emotion in matched.grouped] == alike.tolist()
    found = region_differences(matched, Profiles.measure(matched))
    assert set(found["n"]) == {alike.sum()}
