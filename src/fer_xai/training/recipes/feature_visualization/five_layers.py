"""The five-layer CNN."""

from __future__ import annotations

import dataclasses

from fer_xai.training.augmentation import documents_pose
from fer_xai.training.recipe import Reported
from fer_xai.training.recipes.feature_visualization import CHOICES, lettered
from fer_xai.training.recipes.feature_visualization.cpcpcpfff import RECIPE as CPCPCPFFF
from fer_xai.training.recipes.feature_visualization.cpcpcpfff import WIDTHS

RECIPE = dataclasses.replace(
    CPCPCPFFF,
    name="features-five-layers",
    build=lettered("CPCPCPCPCFF", (32, 64, 128, 128, 256), (256,), "features_five_layers"),
    augment=documents_pose,
    reported=Reported(test=0.6339),
    choices=(
        *CHOICES,
        "Five layers are read as five convolutions: 32, 64, 128, 128, 256, pooling between them, dense 256; batch 128.",
        WIDTHS,
        "The document augments without telling how: rotation 10°, shifts and zoom of a tenth, flips.",
    ),
    parameters=1_129_735,
)
