"""Which engine runs a classifier."""

from __future__ import annotations

from typing import Any

from fer_xai.classifier import Classifier
from fer_xai.engine.blackbox import BlackBoxEngine
from fer_xai.engine.engine import Engine
from fer_xai.engine.traced import TracedEngine


def engine_for(classifier: Classifier) -> Engine:
    """The classifier's engine, made once and kept with it, so that nothing is traced twice."""
    engine: Any = classifier.__dict__.get("_engine")
    if engine is None:
        engine = BlackBoxEngine(classifier) if classifier.function else TracedEngine(classifier)
        classifier.__dict__["_engine"] = engine
    return engine
