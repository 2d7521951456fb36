"""M4: M3 with augmentation and early stopping."""

from __future__ import annotations

import dataclasses
from functools import partial

from fer_xai.training.augmentation import documents_pose
from fer_xai.training.recipes.six_architectures import reported
from fer_xai.training.recipes.six_architectures.m2 import build
from fer_xai.training.recipes.six_architectures.m3 import RECIPE as M3

RECIPE = dataclasses.replace(
    M3,
    name="six-m4",
    build=partial(build, units=512, dropout=0.25, name="six_m4"),
    augment=partial(documents_pose, shear=0.1),
    reported=reported(0.55, 0.61, 0.61, (0.55, 0.27, 0.79, 0.54, 0.75, 0.68)),
    choices=(*M3.choices, "How much shear is not told: a tenth of the side."),
)
