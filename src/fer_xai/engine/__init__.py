"""The only room that knows graphs, gradients and batches."""

from fer_xai.engine.answers import answers, check_answers
from fer_xai.engine.blackbox import BlackBoxEngine
from fer_xai.engine.blas import calm_blas
from fer_xai.engine.choose import engine_for
from fer_xai.engine.engine import NEEDS, Engine
from fer_xai.engine.shared import SharedPasses
from fer_xai.engine.traced import TracedEngine

__all__ = [
    "NEEDS",
    "BlackBoxEngine",
    "Engine",
    "SharedPasses",
    "TracedEngine",
    "answers",
    "calm_blas",
    "check_answers",
    "engine_for",
]
