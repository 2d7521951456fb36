"""CCPCCPCCPFF: pairs of convolutions with pooling between them, then two dense layers."""

from __future__ import annotations

import dataclasses

from fer_xai.training.recipe import Reported
from fer_xai.training.recipes.feature_visualization import CHOICES, lettered
from fer_xai.training.recipes.feature_visualization.cpcpcpfff import RECIPE as CPCPCPFFF
from fer_xai.training.recipes.feature_visualization.cpcpcpfff import WIDTHS

RECIPE = dataclasses.replace(
    CPCPCPFFF,
    name="features-ccpccpccpff",
    build=lettered("CCPCCPCCPFF", (32, 32, 64, 64, 128, 128), (256,), "features_ccpccpccpff"),
    reported=Reported(test=0.5929),
    choices=(*CHOICES, "Widths: pairs of 32, 64 and 128, dense 256, output; batch 128.", WIDTHS),
    parameters=1_469_927,
)
