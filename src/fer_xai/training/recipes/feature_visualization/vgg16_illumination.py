"""VGG16 transfer on faces whose illumination is corrected first."""

from __future__ import annotations

import dataclasses
from functools import partial

from fer_xai.training.recipe import Reported
from fer_xai.training.recipes.feature_visualization.vgg16 import BINARY, build
from fer_xai.training.recipes.feature_visualization.vgg16 import RECIPE as VGG16

ILLUMINATION = "histogram"
RECIPE = dataclasses.replace(
    VGG16,
    name="features-vgg16-illumination",
    build=partial(build, illumination=ILLUMINATION, name="features_vgg16_illumination"),
    illumination=ILLUMINATION,
    reported=Reported(
        loss=1.1461,
        remarks=("It stopped at epoch 164; accuracy .8912, of which the document tells no other.", BINARY),
    ),
    choices=(*VGG16.choices, "Which correction is not told: histogram equalization, a part of the classifier."),
)
