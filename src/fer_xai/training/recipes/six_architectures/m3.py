"""M3: M2 with a wider dense layer, less dropout and larger batches."""

from __future__ import annotations

import dataclasses
from functools import partial

from fer_xai.training.recipes.six_architectures import BY_ACCURACY, reported
from fer_xai.training.recipes.six_architectures.m2 import RECIPE as M2
from fer_xai.training.recipes.six_architectures.m2 import build

RECIPE = dataclasses.replace(
    M2,
    name="six-m3",
    build=partial(build, units=512, dropout=0.25, name="six_m3"),
    batch_size=128,
    watch="val_accuracy",
    choices=(*M2.choices[:-1], BY_ACCURACY),
    reported=reported(0.85, 0.62, 0.56, (0.50, 0.42, 0.80, 0.56, 0.73, 0.53)),
    parameters=3_345_510,
)
