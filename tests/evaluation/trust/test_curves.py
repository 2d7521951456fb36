"""Deletion and insertion: naive loops, closed forms, planted truth, and what is shared."""

from __future__ import annotations

import numpy as np
import pytest

from fer_xai.errors import InputError
from fer_xai.evaluation.trust import Units, deletion_insertion, draw_shifts, hiding_curves, joined
from fer_xai.faces.drawn import draw
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


def naive(function, face, fill, attribution, labels, steps):
    """Areas under both curves of one face, by a loop over steps and pixels."""
    numbers = np.unique(labels)
    means = [attribution[labels == number].mean() for number in numbers]
    order = [numbers[i] for i in np.argsort(means)[::-1]]
    steps = min(steps, len(order))
    areas, deleted, inserted = [], [], []
    for step in range(steps + 1):
        gone = order[: round(step * len(order) / steps)]
        hidden = np.isin(labels, gone)[..., None]
        areas.append(hidden.mean())
        deleted.append(function(np.where(hidden, fill, face)[None])[0, 0])
        inserted.append(function(np.where(hidden, face, fill)[None])[0, 0])
    return [
        sum((x1 - x0) * (y0 + y1) / 2 for x0, x1, y0, y1 in zip(areas, areas[1:], curve, curve[1:], strict=False))
        for curve in (deleted, inserted)
    ]


def units_named(name, count):
    rng = np.random.default_rng(3)
    return {
        "pixels": Units.pixels(count, SIZE),
        "cells": Units.cells(count, SIZE, across=4),
        # Faces with different numbers of segments, of unequal size, with gaps in their numbers.
        "ragged": Units.segments(
            "ragged", np.stack([3 * rng.integers(0, 7 + 4 * face, SIZE) for face in range(count)])
        ),
    }[name]


@pytest.mark.parametrize("name", ["pixels", "cells", "ragged"])
@pytest.mark.parametrize("fill", ["grey", "blur"])
def test_areas_and_their_chance_are_those_of_a_naive_loop(name, fill):
    """Quantus 0.6's PixelFlipping gives the same points of the curve of deletion on pixels."""
    faces, maps, units = bright_faces(3), noise(3), units_named(name, 3)
    rows = deletion_insertion(
        engine_of(curved), faces, happy(3), {"noise": maps}, seeds_of(3), units, fills=[fill], steps=5, draws=3
    )
    shifts, fills = draw_shifts(SIZE, seeds_of(3), 3), fill_faces(faces, fill)
    for face in range(3):
        own = naive(curved, faces[face], fills[face], maps[face], units.labels[face], 5)
        moved = [np.roll(maps[face], shift, axis=(0, 1)) for shift in shifts[face]]
        chance = np.mean([naive(curved, faces[face], fills[face], one, units.labels[face], 5) for one in moved], axis=0)
        found = rows[rows["row"] == face].set_index("metric")
        assert found.loc[["deletion", "insertion"], "value"].tolist() == pytest.approx(own, abs=1e-6)
        assert found.loc[["deletion", "insertion"], "chance"].tolist() == pytest.approx(chance.tolist(), abs=1e-6)
    assert set(rows["variant"]) == {name}
    assert set(rows["fill"]) == {fill}


def test_a_perfect_map_of_a_linear_classifier_has_the_closed_form():
    """With n pixels read and one hidden at a time the curve is the rest of the sorted contributions, then flat."""
    faces = bright_faces(4)
    maps = perfect_maps(faces)
    pixels = SIZE[0] * SIZE[1]
    found = hiding_curves(
        engine_of(linear), faces, happy(4), {"perfect": maps}, seeds_of(4), fills=["grey"], steps=pixels
    )[0]
    added = -np.sort(-maps.reshape(4, -1), axis=1)
    # 0.5 is what an all grey face scores.
    rest = 0.5 + added.sum(axis=1, keepdims=True) - np.concatenate([np.zeros((4, 1)), added.cumsum(axis=1)], axis=1)
    gained = 0.5 + np.concatenate([np.zeros((4, 1)), added.cumsum(axis=1)], axis=1)
    assert np.allclose(found.deletion[:, 0], rest, atol=1e-6)
    assert np.allclose(found.insertion[:, 0], gained, atol=1e-6)
    assert np.allclose(found.hidden[0, 0], np.arange(pixels + 1) / pixels)


@pytest.mark.parametrize("name", ["pixels", "cells"])
def test_the_perfect_map_scores_best_and_random_ones_as_chance(name):
    count = 40
    faces = bright_faces(count)
    maps = {"perfect": perfect_maps(faces), "opposite": -perfect_maps(faces), "random": noise(count)}
    maps["half"] = np.where(np.arange(SIZE[1]) < 6, maps["perfect"], 0)
    units = units_named(name, count)
    rows = deletion_insertion(engine_of(linear), faces, happy(count), maps, seeds_of(count), units, fills=["grey"])
    value = rows.pivot_table(index="metric", columns="method", values="value")
    assert value.loc["deletion"].idxmin() == "perfect"
    assert value.loc["insertion"].idxmax() == "perfect"
    assert value.loc["deletion"].idxmax() == "opposite"
    assert value.loc["insertion", "half"] > value.loc["insertion", "random"]
    for method, sign in (("perfect", 1), ("random", 0), ("opposite", -1)):
        part = rows[(rows["method"] == method) & (rows["metric"] == "insertion")]
        apart = part["value"] - part["chance"]
        z = apart.mean() / (apart.std() / np.sqrt(count))
        assert (z > 8, abs(z) < 3, z < -8)[1 - sign]


def test_the_truth_of_drawn_faces_scores_best():
    """A classifier that knows the drawing asks how much of its expression is still to be seen."""
    drawing = draw(9)
    images, told = drawing.faces.images(), np.flatnonzero(drawing.truth.any(axis=(1, 2)))
    found = []
    for face in told:
        image, truth = images[face], drawing.truth[face]

        def unhurt(shown, image=image, truth=truth):
            seen = 1 - np.abs(shown - image)[:, truth].mean(axis=(1, 2))
            return np.stack([seen, 1 - seen], axis=1)

        edges = np.abs(np.diff(image[..., 0], axis=0, append=0))
        planes = {"truth": truth, "edges": edges, "elsewhere": np.roll(truth, 24, axis=1), "upright": truth[::-1]}
        maps = {name: plane[None].astype(np.float64) for name, plane in planes.items()}
        found.append(
            deletion_insertion(
                engine_of(unhurt), image[None], happy(1), maps, [[0, int(face)]], fills=["grey"], draws=4
            )
        )
    for rows in found:
        value = rows.pivot_table(index="metric", columns="method", values="value")
        assert value.loc["insertion"].idxmax() == value.loc["deletion"].idxmin() == "truth"
    rows = joined(found)
    apart = (rows["value"] - rows["chance"])[rows["method"] == "truth"].groupby(rows["metric"]).mean()
    assert apart["deletion"] < 0 < apart["insertion"]
    assert len(told) > 5


def test_passes_are_shared_and_as_many_as_is_said():
    faces, engine = bright_faces(2), Counting(engine_of(linear))
    maps = {"a": noise(2, 1), "b": noise(2, 2), "c": noise(2, 3)}
    deletion_insertion(engine, faces, happy(2), maps, seeds_of(2), steps=6, draws=2)
    assert engine.calls == 2  # one for each fill
    assert engine.passes == 2 * (2 + 2 * 5 * 3 * 3)


def test_what_several_orders_hide_alike_is_asked_once():
    """Four regions have sixteen sets, however many methods there are."""
    faces, engine = bright_faces(3), Counting(engine_of(curved))
    units = Units.cells(3, SIZE, across=2)
    maps = {f"method {i}": noise(3, i) for i in range(12)}
    rows = deletion_insertion(engine, faces, happy(3), maps, seeds_of(3), units, fills=["grey"])
    assert engine.passes == 16
    for method, planes in maps.items():
        for face in range(3):
            own = naive(curved, faces[face], np.full((*SIZE, 1), 0.5), planes[face], units.labels[face], 10)
            found = rows[(rows["method"] == method) & (rows["row"] == face)].set_index("metric")["value"]
            assert found[["deletion", "insertion"]].tolist() == pytest.approx(own, abs=1e-6)


def test_neither_the_company_nor_the_order_of_faces_matters():
    faces, maps, seeds = bright_faces(5), {"a": noise(5, 1), "b": np.round(noise(5, 2))}, seeds_of(5)
    rows = deletion_insertion(engine_of(curved), faces, happy(5), maps, seeds)
    alone = deletion_insertion(engine_of(curved), faces, happy(5), {"b": maps["b"]}, seeds)
    both = rows[rows["method"] == "b"].reset_index(drop=True)
    assert np.allclose(both[["value", "chance"]], alone[["value", "chance"]])
    turned = [3, 1, 4, 0, 2]
    moved = deletion_insertion(
        engine_of(curved), faces[turned], happy(5), {"b": maps["b"][turned]}, [seeds[i] for i in turned]
    )
    moved = moved.assign(row=np.array(turned)[moved["row"]]).sort_values(["metric", "fill", "row"])
    alone = alone.sort_values(["metric", "fill", "row"])
    assert np.allclose(moved[["value", "chance"]], alone[["value", "chance"]])


def test_a_face_alone_has_the_figures_it_has_among_others(monkeypatch):
    """Also where other faces have more units, ties are many, and faces go in small parts."""
    faces, maps, units = bright_faces(5), {"a": np.round(noise(5, 1)), "b": noise(5, 2)}, units_named("ragged", 5)
    rows = deletion_insertion(engine_of(curved), faces, happy(5), maps, seeds_of(5), units, steps=8)
    monkeypatch.setattr("fer_xai.evaluation.trust.curves._NUMBERS", 2 * 2 * 3 * SIZE[0] * SIZE[1])
    parted = deletion_insertion(engine_of(curved), faces, happy(5), maps, seeds_of(5), units, steps=8)
    assert np.allclose(rows[["value", "chance"]], parted[["value", "chance"]])
    # The first face has fewer units than there are steps.
    assert units.counts[0] < 8 < units.counts[1] < units.most
    for face in (0, 1):
        part = slice(face, face + 1)
        one = {name: planes[part] for name, planes in maps.items()}
        alone = deletion_insertion(
            engine_of(curved), faces[part], happy(1), one, seeds_of(5)[part], units[part], steps=8
        )
        among = rows[rows["row"] == face]
        assert np.allclose(among[["value", "chance"]], alone[["value", "chance"]])


def test_a_map_without_an_opinion_is_hidden_at_random():
    """Equal pixels do not go from the top down: the classifier reads only the upper rows."""

    def upper(images):
        light = images[:, :6].mean(axis=(1, 2, 3))
        return np.stack([light, 1 - light], axis=1)

    faces = np.ones((30, *SIZE, 1), np.float32)
    maps = {"flat": np.ones((30, *SIZE)), "unknown": np.full((30, *SIZE), np.nan)}
    rows = deletion_insertion(engine_of(upper), faces, happy(30), maps, seeds_of(30), fills=["black"])
    flat = rows[rows["method"] == "flat"]
    # From the top down deletion would have .25, at random it has .5.
    assert flat.groupby("metric")["value"].mean().tolist() == pytest.approx([0.5, 0.5], abs=0.02)
    assert np.array_equal(flat["value"], flat["chance"])
    assert rows.loc[rows["method"] == "unknown", ["value", "chance"]].isna().all(axis=None)


def test_one_unit_is_hidden_at_once():
    faces = bright_faces(2)
    units = Units.segments("whole", np.zeros((2, *SIZE), int))
    rows = deletion_insertion(engine_of(linear), faces, happy(2), {"a": noise(2)}, seeds_of(2), units, fills=["grey"])
    middle = (linear(faces)[:, 0] + 0.5) / 2
    assert rows["value"].tolist() == pytest.approx([*middle, *middle], abs=1e-6)


def test_what_does_not_fit_is_refused():
    faces, engine = bright_faces(2), engine_of(linear)
    with pytest.raises(InputError, match="unknown fill 'tartan'"):
        deletion_insertion(engine, faces, happy(2), {"a": noise(2)}, seeds_of(2), fills=["tartan"])
    with pytest.raises(InputError, match=r"a: received maps of shape \(3, 12, 12\) for 2 faces of 12×12"):
        deletion_insertion(engine, faces, happy(2), {"a": noise(3)}, seeds_of(2))
    with pytest.raises(InputError, match="received weights of 1 faces for 2 faces"):
        deletion_insertion(engine, faces, happy(1), {"a": noise(2)}, seeds_of(2))
    with pytest.raises(InputError, match="whole numbers"):
        Units.segments("soft", np.zeros((2, *SIZE)))
    assert deletion_insertion(engine, faces, happy(2), {}, seeds_of(2)).empty
