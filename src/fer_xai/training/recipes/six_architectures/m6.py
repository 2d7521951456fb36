"""M6: M5 with RMSprop."""

from __future__ import annotations

import dataclasses
from functools import partial

import keras

from fer_xai.training.recipes.six_architectures import reported
from fer_xai.training.recipes.six_architectures.m2 import build
from fer_xai.training.recipes.six_architectures.m5 import RECIPE as M5

RECIPE = dataclasses.replace(
    M5,
    name="six-m6",
    build=partial(build, units=512, dropout=0.25, l2=0.001, name="six_m6"),
    optimizer=keras.optimizers.RMSprop,
    reported=reported(0.72, 0.59, 0.59, (0.50, 0.29, 0.83, 0.42, 0.82, 0.63)),
)
