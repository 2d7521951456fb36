"""M5: M3 with a penalty on the dense layer's weights, and early stopping."""

from __future__ import annotations

import dataclasses
from functools import partial

from fer_xai.training.recipes.six_architectures import reported
from fer_xai.training.recipes.six_architectures.m2 import build
from fer_xai.training.recipes.six_architectures.m3 import RECIPE as M3

RECIPE = dataclasses.replace(
    M3,
    name="six-m5",
    build=partial(build, units=512, dropout=0.25, l2=0.001, name="six_m5"),
    reported=reported(
        0.73, 0.62, 0.59, (0.54, 0.25, 0.80, 0.53, 0.73, 0.60),
        "The document calls it the best of the six, though M4 tests higher.",
    ),
)  # fmt: skip
