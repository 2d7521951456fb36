"""Faithfulness correlation and region agreement: naive loops, exact answers of a linear classifier, and chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from fer_xai.errors import InputError
from fer_xai.evaluation.trust import Units, draw_shifts, faithfulness_correlation, region_agreement
from fer_xai.evaluation.trust.nulls import draw_subsets
from fer_xai.faces.fills import fill_faces
from tests.evaluation.trust.stage import (
    SIZE,
    Counting,
    bright_faces,
    curved,
    engine_of,
    happy,
    linear,
    noise,
    perfect_maps,
    seeds_of,
)


@pytest.mark.parametrize("fill", ["grey", "blur"])
@pytest.mark.parametrize("across", [None, 4])
def test_the_correlation_is_that_of_a_naive_loop(fill, across):
    """Quantus 0.6's FaithfulnessCorrelation gives the same figure for the same sets of pixels."""
    faces, maps = bright_faces(2), noise(2)
    units = Units.cells(2, SIZE, across) if across else Units.pixels(2, SIZE)
    rows = faithfulness_correlation(
        engine_of(curved), faces, happy(2), {"noise": maps}, seeds_of(2), units, [fill], share=0.3, samples=12, draws=2
    )
    sets, fills = draw_subsets(units.counts, 0.3, 12, seeds_of(2)), fill_faces(faces, fill)
    assert set(rows["metric"]) == {"faithfulness_correlation"}
    shifts = draw_shifts(SIZE, seeds_of(2), 2)
    for face in range(2):
        moved = [maps[face], *(np.roll(maps[face], shift, axis=(0, 1)) for shift in shifts[face])]
        drops, sums = [], [[] for _ in moved]
        for chosen in sets[face]:
            hidden = np.isin(units.labels[face], np.flatnonzero(chosen))
            after = curved(np.where(hidden[..., None], fills[face], faces[face])[None])[0, 0]
            drops.append(curved(faces[face : face + 1])[0, 0] - after)
            for total, one in zip(sums, moved, strict=True):
                total.append(one[hidden].sum())
        own, *chance = (pearsonr(total, drops).statistic for total in sums)
        found = rows.iloc[face]
        assert (found["value"], found["chance"]) == pytest.approx((own, np.mean(chance)), abs=1e-4)


def test_sets_are_of_the_share_asked_for_and_their_passes_are_shared():
    faces, engine = bright_faces(2), Counting(engine_of(linear))
    maps = {name: noise(2, seed) for seed, name in enumerate("abcd")}
    faithfulness_correlation(engine, faces, happy(2), maps, seeds_of(2), samples=30)
    assert (engine.calls, engine.passes) == (2, 2 * 30)
    sets = draw_subsets(np.array([10, 4]), 0.3, 500, seeds_of(2))
    assert set(sets[0].sum(axis=1)) == {3}
    assert set(sets[1].sum(axis=1)) == {1}
    assert not sets[1, :, 4:].any()
    assert np.allclose(sets[0].mean(axis=0), 0.3, atol=0.07)


def test_a_perfect_map_correlates_wholly_and_random_ones_as_chance():
    count = 40
    faces = bright_faces(count)
    maps = {"perfect": perfect_maps(faces), "against": -3 * perfect_maps(faces), "random": noise(count)}
    maps["flat"] = np.ones((count, *SIZE))
    rows = faithfulness_correlation(engine_of(linear), faces, happy(count), maps, seeds_of(count), fills=["grey"])
    value = {method: part["value"].to_numpy() for method, part in rows.groupby("method")}
    assert np.allclose(value["perfect"], 1, atol=1e-4)
    assert np.allclose(value["against"], -1, atol=1e-4)
    # Every set of pixels has the same sum of a flat map: it says nothing.
    assert np.isnan(value["flat"]).all()
    apart = (rows["value"] - rows["chance"])[rows["method"] == "random"]
    assert abs(apart.mean()) < 3 * apart.std() / np.sqrt(count)
    perfect = rows[rows["method"] == "perfect"]
    assert (perfect["value"] - perfect["chance"]).min() > 0.5


def stripes(count):
    """Four regions: three bands of rows, unequal, and one that only the first face has."""
    masks = np.zeros((count, 4, *SIZE), np.float32)
    masks[:, 0, :3] = masks[:, 1, 3:5] = masks[:, 2, 5:] = 1
    masks[0, 3, :, :5] = 0.5
    return masks


@pytest.mark.parametrize("fill", ["grey", "blur"])
def test_region_agreement_is_the_rank_correlation_of_a_naive_loop(fill):
    faces, maps, masks = bright_faces(3), noise(3), stripes(3)
    rows = region_agreement(
        engine_of(curved), faces, happy(3), {"noise": maps}, seeds_of(3), masks, "bands", [fill], draws=2
    )
    fills, shifts = fill_faces(faces, fill), draw_shifts(SIZE, seeds_of(3), 2)
    for face in range(3):
        regions = [mask for mask in masks[face] if mask.any()]
        drops = [
            curved(faces[face : face + 1])[0, 0]
            - curved((faces[face] * (1 - m[..., None]) + fills[face] * m[..., None])[None])[0, 0]
            for m in regions
        ]
        moved = [maps[face], *(np.roll(maps[face], shift, axis=(0, 1)) for shift in shifts[face])]
        shares = [[(np.maximum(one, 0) * m).sum() / np.maximum(one, 0).sum() for m in regions] for one in moved]
        own, *chance = (spearmanr(one, drops).statistic for one in shares)
        assert (rows["value"][face], rows["chance"][face]) == pytest.approx((own, np.mean(chance)))
    assert set(rows["variant"]) == {"bands"}


def test_maps_that_rank_regions_as_hiding_them_does_agree_wholly():
    count = 40
    faces = bright_faces(count)
    maps = {"perfect": perfect_maps(faces), "random": noise(count), "blank": np.zeros((count, *SIZE))}
    masks = np.zeros((count, 6, *SIZE), np.float32)
    for region, (rows_, columns) in enumerate([(3, 4), (3, 6), (4, 4), (4, 6), (5, 4), (5, 6)]):
        masks[:, region, rows_, columns : columns + 2] = 1
    engine = Counting(engine_of(linear))
    rows = region_agreement(engine, faces, happy(count), maps, seeds_of(count), masks, fills=["grey"])
    assert (engine.calls, engine.passes) == (1, 6)
    assert np.allclose(rows.loc[rows["method"] == "perfect", "value"], 1)
    assert rows.loc[rows["method"] == "blank", "value"].isna().all()
    apart = (rows["value"] - rows["chance"])[rows["method"] == "random"]
    assert abs(apart.mean()) < 3 * apart.std() / np.sqrt(count)


def test_large_regions_make_chance_high_and_a_flat_map_is_not_above_it():
    """Every pixel counts alike: larger regions hold more of any map and cost more. Place has no part in it."""

    def everywhere(images):
        light = images.mean(axis=(1, 2, 3))
        return np.stack([light, 1 - light], axis=1)

    faces = bright_faces(10)
    masks = np.zeros((10, 4, *SIZE), np.float32)
    masks[:, 0, :1] = masks[:, 1, 1:3] = masks[:, 2, 3:6] = masks[:, 3, 6:] = 1
    rows = region_agreement(
        engine_of(everywhere), faces, happy(10), {"flat": np.ones((10, *SIZE))}, seeds_of(10), masks, fills=["black"]
    )
    assert np.allclose(rows["value"], 1)
    assert np.allclose(rows["chance"], 1)


def test_what_does_not_fit_is_refused():
    faces, engine = bright_faces(2), engine_of(linear)
    with pytest.raises(InputError, match=r"received masks of shape \(3, 4, 12, 12\)"):
        region_agreement(engine, faces, happy(2), {"a": noise(2)}, seeds_of(2), stripes(3))
    with pytest.raises(InputError, match="unknown fill 'tartan'"):
        region_agreement(engine, faces, happy(2), {"a": noise(2)}, seeds_of(2), stripes(2), fills=["tartan"])
    with pytest.raises(InputError, match="unknown fill 'tartan'"):
        faithfulness_correlation(engine, faces, happy(2), {"a": noise(2)}, seeds_of(2), fills=["tartan"])
    assert faithfulness_correlation(engine, faces, happy(2), {}, seeds_of(2)).empty
    assert region_agreement(engine, faces, happy(2), {}, seeds_of(2), stripes(2)).empty
    two = region_agreement(engine, faces, happy(2), {"a": noise(2)}, seeds_of(2), stripes(2)[:, :2])
    assert two["value"].isna().all()
