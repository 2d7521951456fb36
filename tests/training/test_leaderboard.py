"""The leaderboard: whole runs of known recipes, and no figure that was not measured."""

from __future__ import annotations

import pytest

from fer_xai.training.leaderboard import measured, runs, tries
from fer_xai.training.recipe import list_recipes


def entry(**changes: object) -> dict:
    return {"recipe": "a", "protocol": "standard", "limit": None, "test": {"accuracy": 0.5}} | changes


def test_the_standard_split_comes_first_and_parts_do_not_count():
    document = entry(protocol="document", test={"accuracy": 0.7})
    assert measured("a", [document, entry()]) == 0.5
    assert measured("a", [document]) == 0.7
    assert measured("a", [entry(limit=100), entry(test=None), entry(recipe="b")]) is None


@pytest.mark.parametrize("run", runs(), ids=lambda run: f"{run['recipe']} {run['protocol']}")
def test_published_runs_are_whole(run):
    recipe = list_recipes()[run["recipe"]]
    assert run["limit"] is None
    assert run["emotions"] == list(recipe.emotions)
    assert run["parameters"] == recipe.parameters
    assert run["test"]["low"] < run["test"]["accuracy"] < run["test"]["high"]
    reported = recipe.reported.test
    assert run["note"] or reported is None or run["test"]["accuracy"] >= reported - 0.01, "the gap needs its reason"


def test_every_recorded_try_succeeded_with_the_net_the_recipe_has_now():
    recipes = list_recipes()
    for row in tries():
        assert row["parameters"] == str(recipes[row["recipe"]].parameters)
        assert float(row["overfitted"]) >= 0.95
        assert row["report"] == "written"
