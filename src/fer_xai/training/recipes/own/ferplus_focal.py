"""The net of ``ferplus`` with the LIME document's focal loss, its α and γ; nothing else differs."""

from __future__ import annotations

import dataclasses

from fer_xai.training.recipes.lime import FOCAL
from fer_xai.training.recipes.own.ferplus import RECIPE as FERPLUS

RECIPE = dataclasses.replace(
    FERPLUS,
    name="ferplus-focal",
    loss=FOCAL,
)
