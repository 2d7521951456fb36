"""The average of the document's four nets."""

from __future__ import annotations

import keras
from keras import layers

from fer_xai.training.recipe import Recipe, Reported
from fer_xai.training.recipes.feature_visualization import DOCUMENT, ccpccpccpff, cpcpcpfff, five_layers_long, vgg16

_MEMBERS = (cpcpcpfff.RECIPE, ccpccpccpff.RECIPE, five_layers_long.RECIPE, vgg16.RECIPE)


def build(classes: int) -> keras.Model:
    """Build the net: the mean of the members' probabilities."""
    face = layers.Input((48, 48, 1), name="face")
    answers = [member.build(classes)(face) for member in _MEMBERS]
    return keras.Model(face, layers.Average(dtype="float32", name="probabilities")(answers), name="features_ensemble")


RECIPE = Recipe(
    name="features-ensemble",
    document=DOCUMENT,
    build=build,
    members=tuple(member.name for member in _MEMBERS),
    reported=Reported(test=0.6863),
    choices=("Which nets are averaged is not told: one of each kind.",),
    parameters=18_642_812,
)
