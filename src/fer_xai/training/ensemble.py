"""A recipe that is the average of others: its members are trained one by one, each resumable, then averaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fer_xai.atomic import partial_file
from fer_xai.classifier import load_classifier
from fer_xai.classifier.ensemble import ensemble
from fer_xai.errors import InputError
from fer_xai.training.recipe import Recipe, list_recipes


def member_recipes(recipe: Recipe) -> list[Recipe]:
    """The recipes that are averaged.

    Raises
    ------
    InputError
        If their heads do not have the same emotions in the same order.
    """
    known = list_recipes()
    members = [known[name] for name in recipe.members]
    if any(member.emotions != recipe.emotions for member in members):
        raise InputError(f"the members of {recipe.name} do not answer with the same emotions: nothing to average")
    return members


def train_members(recipe: Recipe, out: Path, train_one: Callable[[Recipe, Path], object]) -> None:
    """Train each member into the folder ``OUT.members``, each resumable, and write their average to `out`."""
    folder = out.with_name(out.stem + ".members")
    folder.mkdir(parents=True, exist_ok=True)
    members = []
    for member in member_recipes(recipe):
        path = folder / f"{member.name}.keras"
        train_one(member, path)
        members.append(load_classifier(path, emotions=member.emotions, scaling="unit"))
    with partial_file(out, ".keras") as partial:
        ensemble(members, name=recipe.name.replace("-", "_")).model.save(partial)
