"""The net of ``ferplus`` with rare emotions drawn as often as frequent ones; nothing else differs."""

from __future__ import annotations

import dataclasses

from fer_xai.training.recipes.own.ferplus import RECIPE as FERPLUS

RECIPE = dataclasses.replace(
    FERPLUS,
    name="ferplus-oversampled",
    balance="oversampling",
)
