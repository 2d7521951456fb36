"""The document's failed first experiment: a rate of 0.1, at which nothing is learned."""

from __future__ import annotations

import dataclasses

from fer_xai.training.recipe import Phase, Reported
from fer_xai.training.recipes.feature_visualization.vgg16 import RECIPE as VGG16

RECIPE = dataclasses.replace(
    VGG16,
    name="features-failed-first",
    phases=(Phase(epochs=600, learning_rate=0.1, patience=20, frozen=15),),
    reported=Reported(remarks=("Stopped at epoch 25, underfit; the document gives no accuracy.",)),
    choices=(*VGG16.choices, "The net is that of features-vgg16; the rate stays at 0.1."),
)
