"""ResNet50 transfer with gradual unfreezing, from the head down to the first convolution."""

from __future__ import annotations

import dataclasses

from fer_xai.training.recipes.network_surgery import GRADUAL, GRADUALLY
from fer_xai.training.recipes.network_surgery.resnet50 import RECIPE as AT_ONCE

RECIPE = dataclasses.replace(
    AT_ONCE,
    name="surgery-resnet50-gradual",
    phases=GRADUAL,
    choices=(*AT_ONCE.choices, GRADUALLY),
)
