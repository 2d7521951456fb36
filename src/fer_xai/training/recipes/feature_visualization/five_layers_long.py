"""The five-layer CNN, trained longer at a lower rate."""

from __future__ import annotations

import dataclasses

from fer_xai.training.recipe import Phase, Reported
from fer_xai.training.recipes.feature_visualization.five_layers import RECIPE as FIVE_LAYERS
from fer_xai.training.schedules import Plateau

RECIPE = dataclasses.replace(
    FIVE_LAYERS,
    name="features-five-layers-long",
    phases=(Phase(epochs=1000, learning_rate=3e-4, schedule=Plateau(factor=0.5, patience=15), patience=60),),
    reported=Reported(test=0.6682, remarks=("The document let it run for 1,000 epochs.",)),
    choices=(*FIVE_LAYERS.choices[1:], "Rate 0.0003, halved after 15 epochs without a better loss; stopped after 60."),
)
