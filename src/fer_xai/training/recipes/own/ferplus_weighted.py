"""The net of ``ferplus`` with classes weighted so that all weigh the same; nothing else differs."""

from __future__ import annotations

import dataclasses

from fer_xai.training.recipes.own.ferplus import RECIPE as FERPLUS

RECIPE = dataclasses.replace(
    FERPLUS,
    name="ferplus-weighted",
    balance="class weights",
)
