"""Drawn faces: a parametric generator whose expressions are action units alone, with the exact pixels of each."""

from fer_xai.faces.drawn.action_units import EMOTION_UNITS, UNITS
from fer_xai.faces.drawn.drawing import SEEN, Drawing, draw

__all__ = ["EMOTION_UNITS", "SEEN", "UNITS", "Drawing", "draw"]
