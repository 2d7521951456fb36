"""The own codebook: a planted one is read back, unit by unit, and is closest to itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fer_xai.facs import (
    Codebook,
    FaceMasks,
    RegionProfile,
    count_regions,
    list_codebooks,
    load_codebook,
    own_codebook,
    own_codebook_from_profile,
    own_codebook_table,
)
from fer_xai.facs.own_codebook import codebook_table, double_centred
from tests.facs.profile_stubs import REGIONS, SIX, drawn_profile

FACE = REGIONS[1:]


def following(book: Codebook, faces: int = 40, seed: int = 0) -> RegionProfile:
    """Profiles whose mass is doubled where a codebook's units show."""
    table = codebook_table(book, SIX, REGIONS)
    planted = {
        e: [r for r, part in zip(REGIONS, row, strict=True) if part == 1] for e, row in zip(SIX, table, strict=True)
    }
    return drawn_profile(faces, seed, planted, 2.0)


@pytest.mark.parametrize("name", ["facs2002", "du2014", "ckplus"])
def test_a_planted_codebook_is_the_closest(name: str) -> None:
    own = own_codebook_from_profile(following(load_codebook(name)), resamples=199)
    assert own.closest == name
    best = own.correlations.iloc[0]
    assert best["correlation"] > 0.75
    assert 0.5 < best["low"] < best["slope"] < best["high"] < 1.2, "planted: twice the mass, a log2 of 1"
    assert best["correlation"] == pytest.approx(best["ceiling"], abs=0.06), "only noise is between them"
    assert best["p"] == pytest.approx(1 / 200)
    assert own.correlations["correlation"].is_monotonic_decreasing
    assert own.correlations["closest_share"].sum() == pytest.approx(1)
    assert best["closest_share"] > 0.5
    assert set(own.correlations["codebook"]) == set(list_codebooks())


def test_planted_units_are_candidates_and_others_are_not() -> None:
    planted = {"happy": ["lip_corner", "nasolabial"], "surprise": ["mouth_inner", "lower_lip", "chin", "jaw"]}
    own = own_codebook_from_profile(drawn_profile(40, 1, planted, 2.5), resamples=99)
    out = own.regions[own.regions["stands_out"]]
    assert {e: set(rows["region"]) for e, rows in out.groupby("emotion")} == {e: set(r) for e, r in planted.items()}
    full = own.units[own.units["support"] == 1]
    assert set(full.loc[full["emotion"] == "happy", "unit"]) == {12, 13, 14}
    assert {26, 27} <= set(full.loc[full["emotion"] == "surprise", "unit"])
    assert set(own.units["emotion"]) == {"happy", "surprise"}
    twelve = own.units[(own.units["unit"] == 12) & (own.units["emotion"] == "happy")].iloc[0]
    assert twelve["same_regions"] == "13", "the sharp lip puller shows in the same regions"
    assert twelve["name"] == "Lip corner puller"
    assert (own.units["support"] > 0.5).all()


def test_effects_of_emotion_and_region_are_removed() -> None:
    profile = drawn_profile(20, 2)
    same = own_codebook_from_profile(profile, resamples=9).regions["value"]
    # All maps prefer the eyes, whatever the emotion: no emotion's own.
    eyes = np.where(np.array(REGIONS) == "eye", 4.0, 1.0)
    mass = profile.mass * eyes
    loved = own_codebook_from_profile(
        replace(profile, mass=mass / mass.sum(axis=1, keepdims=True)), resamples=9
    ).regions
    np.testing.assert_allclose(loved["value"], same, atol=0.15)
    assert not loved["stands_out"].any()
    # Angry faces have half of their mass in the background: the face's regions lose alike.
    mass = profile.mass.copy()
    mass[:20, 1:] *= 0.5
    fled = own_codebook_from_profile(replace(profile, mass=_shares(mass)), resamples=9).regions
    np.testing.assert_allclose(fled["value"], same, atol=0.1)
    table = loved.pivot_table(index="emotion", columns="region", values="value")
    np.testing.assert_allclose(table.sum(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(table.sum(axis=1), 0, atol=1e-9)
    assert "background" not in set(loved["region"])


def _shares(mass: np.ndarray) -> np.ndarray:
    shares: np.ndarray = mass / mass.sum(axis=1, keepdims=True)
    return shares


def test_blind_maps_have_no_codebook() -> None:
    results = [
        own_codebook_from_profile(drawn_profile(15, seed), resamples=39, codebooks=["du2014"]) for seed in range(40)
    ]
    p = np.array([own.correlations["p"].iloc[0] for own in results])
    assert p.mean() == pytest.approx(0.5, abs=0.15)
    assert np.mean(p <= 0.05) <= 0.15
    assert np.mean([own.regions["stands_out"].any() for own in results]) <= 0.15
    assert np.mean([len(own.units) for own in results]) < 0.2
    assert np.mean([own.correlations["ceiling"].iloc[0] for own in results]) < 0.4


def test_a_turned_codebook_is_anticorrelated() -> None:
    book = load_codebook("du2014")
    forward = following(book, 30)
    table = codebook_table(book, SIX, REGIONS)
    away = {
        e: [r for r, part in zip(FACE, row[1:], strict=True) if not part] for e, row in zip(SIX, table, strict=True)
    }
    backward = drawn_profile(30, 0, away, 2.0)
    r = [own_codebook_from_profile(p, resamples=19, codebooks=[book]).correlations.iloc[0] for p in (forward, backward)]
    assert r[0]["correlation"] == pytest.approx(-r[1]["correlation"], abs=0.15)
    assert r[1]["p"] == 1


def test_a_codebook_s_table_by_hand() -> None:
    table = codebook_table(load_codebook("facs2002"), ["happy", "sad"], ["lip_corner", "forehead", "chin"])
    np.testing.assert_allclose(table, [[1, 0, 0], [1, 1 / 3, 1]])  # unit 1 moves the middle third of the forehead
    np.testing.assert_allclose(double_centred(np.array([[1.0, 2], [3, 8]])), [[1, -1], [-1, 1]])


def test_without_emotions_to_compare_there_is_none() -> None:
    profile = drawn_profile(4, 0)
    alone = own_codebook_from_profile(replace(profile, emotions=("sad",) * 24), resamples=9)
    assert alone.closest is None
    assert alone.correlations["correlation"].isna().all()
    assert alone.units.empty
    none = own_codebook_from_profile(replace(profile, emotions=(None,) * 24), resamples=9)
    assert none.n == 0
    assert none.regions.empty


def test_a_study_s_rows_give_what_its_maps_give(real_faces: np.ndarray, real_masks: FaceMasks) -> None:
    emotions = [(*SIX, "neutral")[i % 7] for i in range(100)]
    maps = real_faces * np.random.default_rng(0).random(real_faces.shape)
    rows = count_regions(real_faces, maps, masks=real_masks).assign(method="maps")
    rows["label"] = rows["face"].map(dict(zip(real_masks.ids, emotions, strict=True)))
    tables = own_codebook_table(rows, resamples=19)
    own = own_codebook(real_faces, maps, emotions, masks=real_masks, resamples=19)
    assert (tables["own_correlations"]["method"] == "maps").all()
    np.testing.assert_allclose(tables["own_correlations"]["correlation"], own.correlations["correlation"], atol=1e-6)
    np.testing.assert_allclose(tables["own_regions"]["p_holm"], own.regions["p_holm"])
    assert "neutral" in own.emotions, "neutral has no units, but its regions may stand out"
    assert "neutral" not in own.correlations["emotions"].iloc[0]
    assert list(tables["own_units"].columns[:2]) == ["method", "emotion"]
