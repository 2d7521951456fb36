"""VGG16 transfer with gradual unfreezing, from the head down to the first convolution."""

from __future__ import annotations

import dataclasses

from fer_xai.training.recipes.network_surgery import GRADUAL, GRADUALLY
from fer_xai.training.recipes.network_surgery.vgg16 import RECIPE as AT_ONCE

RECIPE = dataclasses.replace(
    AT_ONCE,
    name="surgery-vgg16-gradual",
    phases=GRADUAL,
    choices=(*AT_ONCE.choices, GRADUALLY),
)
